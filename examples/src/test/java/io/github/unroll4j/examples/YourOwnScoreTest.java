// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.io.IOException;
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
