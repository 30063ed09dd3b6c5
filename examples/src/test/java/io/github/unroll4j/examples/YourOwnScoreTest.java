// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.models.attention.DoublePairs;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.attention.ScoreSpec;
import io.github.unroll4j.models.check.ScoreCheck;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What docs/your-own-score.md shows is what is compiled and run here. */
class YourOwnScoreTest {
    private static final String DOCUMENT = "docs/your-own-score.md";

    @RegisterExtension
    final Printed printed = new Printed();

    @TempDir
    Path folder;

    @Test
    void showsTheCompiledCodeAndNoOther() throws IOException {
        assertThat(Snippets.shownIn(DOCUMENT))
                .containsExactly(
                        Snippets.region("ScaledDot.java", "spec"),
                        Snippets.region("ScaledDot.java", "forward"),
                        Snippets.region("ScaledDot.java", "backward"),
                        Snippets.region("YourOwnScore.java", "check"),
                        Snippets.region("YourOwnScore.java", "train"),
                        Snippets.region("YourOwnScore.java", "load"));
    }

    @Test
    void hidesNothingOfTheScore() throws IOException {
        Snippets.requireWhole("ScaledDot.java", Snippets.shownIn(DOCUMENT).subList(0, 3));
    }

    @Test
    void theScoreKeepsTheContract() {
        YourOwnScore.check();

        assertThat(printed.text()).startsWith("ScoreCheck of scaled: passed").contains("padding changes nothing");
    }

    /** Section 6: (2) e_s = ⟨v ⊙ q, key_s⟩ / √A, v being read from p[0] and its gradient going to dp[0]. */
    private record WeightedDot(int size) implements Score {
        @Override
        public ScoreSpec spec() {
            ScoreSpec dot = new ScaledDot(size).spec();
            var v = new ScoreSpec.Vector("v", Init.glorotUniform());
            return new ScoreSpec("weighted", size, dot.query(), dot.key(), true, List.of(v));
        }

        @Override
        public void forward(DoublePairs p) {
            for (int b = 0; b < p.rows; b++) {
                for (int s = 0; s < p.positions; s++) {
                    double sum = 0;
                    for (int k = b * size; k < (b + 1) * size; k++) {
                        sum += p.p[0][k] * p.q[k] * p.key[s][k];
                    }
                    p.e[b * p.positions + s] = sum / Math.sqrt(size);
                }
            }
        }

        @Override
        public void backward(DoublePairs p) {
            for (int b = 0; b < p.rows; b++) {
                for (int s = 0; s < p.positions; s++) {
                    double de = p.de[b * p.positions + s] / Math.sqrt(size);
                    for (int k = b * size; k < (b + 1) * size; k++) {
                        p.dp[0][k] += de * p.q[k] * p.key[s][k];
                        p.dq[k] += de * p.p[0][k] * p.key[s][k];
                        p.dKey[s][k] += de * p.p[0][k] * p.q[k];
                    }
                }
            }
        }
    }

    @Test
    void aParameterOfTheScoreIsReadAndLearntAsItIsWritten() throws IOException {
        assertThat(ScoreCheck.verify(4, 6, () -> new WeightedDot(3)).toString())
                .startsWith("ScoreCheck of weighted: passed");
        assertThat(Files.readString(Path.of("..").resolve(DOCUMENT)))
                .contains("p.dp[0][k] += de * p.q[k] * p.key[s][k]");
    }

    @Test
    void theCommandsCannotLoadAModelWithIt() throws IOException, InterruptedException {
        Path file = folder.resolve("own.safetensors");
        WordVocabulary words = WordVocabulary.of(Tokenizers.WHITESPACE, "one two");
        YourOwnScore.train(words, words, List.of(new Pair(new int[] {3, 4}, new int[] {4, 3})), file);

        Process command = Ran.start("io.github.unroll4j.cli.Main", "translate-text", file.toString(), "--text=one");

        assertThat(Ran.until(command, "never printed")).hasLineCount(1).contains("a score of your own");
        assertThat(command.waitFor()).isEqualTo(1);
    }

    /** The task is to say the words in reverse, which nothing but a look at the right place can do. */
    @Test
    void trainsSavesLoadsAndTranslates() {
        List<String> words = List.of("one", "two", "three", "four", "five", "six");
        WordVocabulary vocabulary = WordVocabulary.of(Tokenizers.WHITESPACE, String.join(" ", words));
        List<Pair> pairs = new ArrayList<>();
        for (int a = 3; a < 9; a++) {
            for (int b = 3; b < 9; b++) {
                for (int c = 3; c < 9; c++) {
                    pairs.add(new Pair(new int[] {a, b, c}, new int[] {c, b, a}));
                }
            }
        }
        Path file = folder.resolve("model.safetensors");

        YourOwnScore.train(vocabulary, vocabulary, pairs, file);
        YourOwnScore.load(file, "one two six");

        assertThat(printed.text().strip()).endsWith("six two one");
        assertThatThrownBy(() -> Seq2Seq.load(file)).hasMessageContaining("a score of your own");
    }
}
