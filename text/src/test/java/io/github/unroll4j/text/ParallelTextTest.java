// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
