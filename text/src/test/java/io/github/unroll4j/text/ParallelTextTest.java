// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParallelTextTest {
    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void linesOfTheSameNumberArePairs() throws IOException {
        ParallelText read = ParallelText.read(file("a", "one\r\ntwo\nthree"), file("b", "eins\nzwei\ndrei\n"));

        assertThat(read)
                .isEqualTo(new ParallelText(List.of("one", "two", "three"), List.of("eins", "zwei", "drei"), 0));
    }

    @Test
    void aPairWithABlankSideIsLeftOutAndCounted() throws IOException {
        ParallelText read =
                ParallelText.read(file("a", "one\n\nthree\n \nfive\n"), file("b", "eins\nzwei\n\t\n\nfünf\n"));

        assertThat(read.sources()).containsExactly("one", "five");
        assertThat(read.targets()).containsExactly("eins", "fünf");
        assertThat(read.skipped()).isEqualTo(3);
        assertThat(read.size()).isEqualTo(2);
    }

    @Test
    void aCarriageReturnInsideALineShiftsNothing() throws IOException {
        List<String> a = new ArrayList<>();
        List<String> b = new ArrayList<>();
        for (int i = 1; i <= 60; i++) {
            a.add(i == 2 ? "s2 with\rmore" : "s" + i);
            b.add(i == 5 ? "t5 with\rmore" : "t" + i);
        }

        ParallelText read = ParallelText.read(file("a", String.join("\n", a)), file("b", String.join("\n", b) + "\n"));

        assertThat(read.size()).isEqualTo(60);
        for (int i = 1; i <= 60; i++) {
            assertThat(read.sources().get(i - 1)).isEqualTo("s" + i + (i == 2 ? " with more" : ""));
            assertThat(read.targets().get(i - 1)).isEqualTo("t" + i + (i == 5 ? " with more" : ""));
        }
    }

    /** White space is empty for every tokenizer; what else is, each tokenizer says. */
    @Test
    void aPairWithoutATokenIsEmptyWhateverTheTokenizer() {
        List<String> lines = List.of("one", "\u00A0", "\u2028\u3000", "\uD83D\uDE42", "\u200B", "-", "two");
        ParallelText text = ParallelText.of(lines, lines);
        assertThat(text.size()).isEqualTo(5);
        assertThat(text.skipped()).isEqualTo(2);
        for (Tokenizer tokenizer :
                List.of(Tokenizers.NOTEBOOK, Tokenizers.WHITESPACE, Tokenizers.UNICODE_WORDS, Tokenizers.CODE_POINTS)) {
            WordVocabulary words = WordVocabulary.of(tokenizer, "one two");
            ParallelText kept = text.withTokens(words, words);
            int left = tokenizer == Tokenizers.NOTEBOOK ? 2 : 5;
            assertThat(kept.sources()).as(tokenizer.name()).hasSize(left).contains("one", "two");
            assertThat(kept.targets()).isEqualTo(kept.sources());
            assertThat(kept.skipped()).isEqualTo(7 - left);
            assertThat(text.encode(words, words))
                    .hasSize(left)
                    .noneMatch(pair -> pair.source().length == 0 || pair.target().length == 0);
        }
    }

    @Test
    void aSideWithoutTokensIsEnough() {
        ParallelText text =
                ParallelText.of(List.of("one", "\uD83D\uDE42", "two"), List.of("eins", "zwei", "\uD83D\uDE42"));
        WordVocabulary words = WordVocabulary.of(Tokenizers.NOTEBOOK, "one two");

        assertThat(text.withTokens(words, words)).isEqualTo(new ParallelText(List.of("one"), List.of("eins"), 2));
        ParallelText signs = ParallelText.of(List.of("\uD83D\uDE42"), List.of("one"));
        for (Runnable use : List.<Runnable>of(() -> signs.withTokens(words, words), () -> signs.encode(words, words))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(use::run)
                    .withMessage(
                            "ParallelText: of 1 pairs none has a token on both sides, as notebook and notebook split"
                                    + " them; likely cause: a tokenizer for texts of another kind");
        }
        assertThat(ParallelText.none().withTokens(words, words)).isEqualTo(ParallelText.none());
    }

    @Test
    void filesOfDifferentLengthAreRefusedByName() throws IOException {
        Path a = file("a", "one\ntwo\n");
        Path b = file("b", "eins\n");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ParallelText.read(a, b))
                .withMessage("ParallelText.read: " + a + " has 2 lines and " + b + " has 1, expected as many: line i of"
                        + " one belongs to line i of the other; likely cause: one file was cut, or lines are missing in"
                        + " only one of them");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ParallelText.of(List.of("one"), List.of()))
                .withMessageContaining("1 sources and 0 targets");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ParallelText(List.of(), List.of("eins"), 0))
                .withMessageContaining("0 sources and 1 targets");
    }

    @Test
    void filesWithoutAPairAreRefused() throws IOException {
        Path a = file("a", "one\n \n");
        Path b = file("b", "\nzwei\n");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ParallelText.read(a, b))
                .withMessage(
                        "ParallelText.read: of the 2 lines of " + a + " and " + b + " none has words on both sides");
    }

    @Test
    void aFileThatCannotBeReadIsRefused() throws IOException {
        Path a = file("a", "one\n");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ParallelText.read(a, file("b", "")))
                .withMessageContaining("is empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ParallelText.read(a, folder.resolve("none")))
                .withMessageContaining("does not exist");
    }

    @Test
    void eachSideIsEncodedByItsVocabulary() {
        ParallelText text = ParallelText.of(List.of("a b", "b"), List.of("x", "y x"));
        WordVocabulary source = WordVocabulary.of(Tokenizers.WHITESPACE, text.sources(), 1, WordVocabulary.UNLIMITED);
        WordVocabulary target = WordVocabulary.of(Tokenizers.WHITESPACE, text.targets(), 2, WordVocabulary.UNLIMITED);

        List<Pair> pairs = text.encode(source, target);

        assertThat(pairs.get(0).source()).containsExactly(3, 4);
        assertThat(pairs.get(1).source()).containsExactly(4);
        assertThat(pairs.get(1).target()).as("y is seen once").containsExactly(WordVocabulary.UNK_ID, 3);
        assertThat(ParallelText.none().encode(source, target)).isEmpty();
    }
}
