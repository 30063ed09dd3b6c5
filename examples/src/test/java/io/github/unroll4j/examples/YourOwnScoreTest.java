// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.Pairs;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.attention.ScoreLayout;
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
                        Snippets.region("ScaledDot.java", "layout"),
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

    /** Section 6: (2) r = v ⊙ q / √A, (3) e_s = ⟨r, key_s⟩. */
    private static final class WeightedDot implements Score {
        private final ScoreLayout layout;
        private final ScoreLayout.Vector V;
        private final ScoreLayout.Scratch R;

        WeightedDot(int size) {
            layout = new ScoreLayout("weighted", size)
                    .query("W_q", Init.glorotUniform())
                    .key("W_k", Init.glorotUniform());
            V = layout.vector("v", Init.glorotUniform());
            R = layout.scratch("r");
        }

        @Override
        public ScoreLayout layout() {
            return layout;
        }

        private Vec r(Pairs p) {
            Vec r = p.scratch(R).product(p.p(V), p.q());
            return r.product(1 / Math.sqrt(p.size()), r);
        }

        @Override
        public void forward(Pairs p) {
            Vec r = r(p);
            for (int s = 0; s < p.positions(); s++) {
                p.e(s).dots(r, p.key(s));
            }
        }

        @Override
        public void backward(Pairs p) {
            Vec r = r(p);
            Vec dr = p.d(R);
            dr.clear();
            for (int s = 0; s < p.positions(); s++) {
                dr.addProduct(p.de(s), p.key(s));
                p.dKey(s).addProduct(p.de(s), r);
            }
            dr.product(1 / Math.sqrt(p.size()), dr);
            p.dp(V).addProduct(dr, p.q());
            p.dq().addProduct(dr, p.p(V));
        }
    }

    @Test
    void aParameterOfTheScoreIsReadAndLearntAsItIsWritten() throws IOException {
        assertThat(ScoreCheck.verify(4, 6, () -> new WeightedDot(3)).toString())
                .startsWith("ScoreCheck of weighted: passed");
        assertThat(Files.readString(Path.of("..").resolve(DOCUMENT)))
                .contains("layout.vector(\"v\", Init.glorotUniform())", "p.dp(V).addProduct(dr, p.q())");
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
