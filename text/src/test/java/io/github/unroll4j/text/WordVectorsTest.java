// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordVectorsTest {
    /** Ids 0 to 6. */
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final Vocabulary WORDS =
            Vocabulary.of("whitespace", List.of("<SOS>", "<EOS>", "<UNK>", "cat", "the", "straße", "7"));

    @TempDir
    private Path folder;

    private Path file(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("vectors.txt"), bytes);
    }

    private WordVectors read(String text) throws IOException {
        return WordVectors.read(file(text.getBytes(UTF_8)), WORDS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "the 1 -2.5e-1\ndog 3 4\ncat 0.125 6\n", // GloVe
                "3 2\nthe 1 -0.25 \ndog 3 4 \ncat 0.125 6 \n", // word2vec: a header, and a space at each end
                "\uFEFFthe 1 -0.25\r\ndog 3 4\r\ncat 0.125 6\r\n",
                "the\t1\t-0.25\ndog\t3\t4\ncat\t0.125\t6",
                "the  1  -0.25\ndog  3  4\ncat 0.125   6\ncat 9 9\n", // the first vector of a word counts
            })
    void readsTheWordsOfTheVocabulary(String text) throws IOException {
        WordVectors vectors = read(text);

        assertThat(vectors.size()).isEqualTo(2);
        assertThat(vectors.tokens()).isEqualTo(7);
        assertThat(vectors.found()).isEqualTo(2);
        assertThat(vectors.vector(WORDS.id("the"))).containsExactly(1, -0.25f);
        assertThat(vectors.vector(WORDS.id("cat"))).containsExactly(0.125f, 6);
        assertThat(vectors.has(WORDS.id("7"))).isFalse();
        assertThat(vectors).hasToString(folder.resolve("vectors.txt") + ": vectors of size 2 for 2 of 7 tokens");
    }

    @Test
    void countsTheNumbersFromTheEndOfTheLine() throws IOException {
        WordVectors vectors = read("the 1 2\n. . . 3 4\n7 5 6\nat name@domain.com 7 8\nstraße 9 10\n<UNK> 0 1\n 5 5\n");

        assertThat(vectors.found()).isEqualTo(4);
        assertThat(vectors.vector(WORDS.id("7"))).containsExactly(5, 6);
        assertThat(vectors.vector(WORDS.id("straße"))).containsExactly(9, 10);
        assertThat(vectors.vector(WORDS.id("<UNK>"))).containsExactly(0, 1);
    }

    /** A word may contain characters that are white space in Unicode, or line ends for Java's readers. */
    @Test
    void onlySpacesAndTabsPartFieldsAndOnlyLineFeedsPartLines() throws IOException {
        Vocabulary odd = Vocabulary.of("whitespace", List.of("<SOS>", "<EOS>", "<UNK>", "a\u00A0b", "c\u0085d"));

        WordVectors vectors = WordVectors.read(file("a\u00A0b 1 2\nc\u0085d 3 4\n".getBytes(UTF_8)), odd);

        assertThat(vectors.found()).isEqualTo(2);
    }

    @Test
    void twoWholeNumbersOnTheFirstLineAreAHeader() throws IOException {
        assertThat(read("1 3\n7 5 6 7\n").size()).isEqualTo(3);
        assertThat(read("7 1.5\nthe 2\n").size()).isEqualTo(1);
        assertThat(read("7 1 2\nthe 2 3\n").found()).isEqualTo(2);
    }

    @Test
    void aVectorIsACopy() throws IOException {
        WordVectors vectors = read("the 1 2\n");
        vectors.vector(4)[0] = 9;

        assertThat(vectors.vector(4)).containsExactly(1, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> vectors.vector(3))
                .withMessageEndingWith("vectors.txt has no vector for the token of id 3");
        for (int id : new int[] {-1, vectors.tokens()}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> vectors.vector(id))
                    .withMessageContaining("the id is " + id + ", expected 0 to " + (vectors.tokens() - 1));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "the 1~a 2 3 4~      | line 2 has 3 numbers, line 1 has 1",
                "2 2000000000~a 1 2~ | line 2 has 2 numbers, line 1 has 1",
                "2 2~the 1 2 -3e5~   | line 2 has 3 numbers, line 1 announces 2",
                "the 1 2~dog 3~      | line 2 has 1 of the 2 numbers that line 1 has",
                "the 1 2~~cat 3 4~   | line 2 has 0 of the 2 numbers that line 1 has",
                "2 3~the 1 2 3~cat 4 | line 3 has 1 of the 3 numbers that line 1 announces",
                "2 3~the 1 2~cat 4~ | line 2 has 2 of the 3 numbers that line 1 announces; likely cause: the file"
                        + " is in the binary format of word2vec, save it as text",
                "the 1 2~cat 3 x4~   | line 2 has 'x4' for number 2 of 2 of \"cat\", expected a finite number",
                "the 1 2~cat NaN 4~  | line 2 has 'NaN' for number 1 of 2 of \"cat\", expected a finite number",
                "the 1 2~cat 1e99 4~ | line 2 has '1e99' for number 1 of 2 of \"cat\", expected a finite number",
                "the~cat 3 4~ | line 1 has 1 fields, expected a word and its numbers, or the number of vectors and their size",
                "5 2~the 1 2~cat 3 4~ | holds 2 vectors, expected 5 as its first line says; likely cause: it was not copied"
                        + " whole",
                "1 2~the 1 2~cat 3 4~ | holds 2 vectors, expected 1 as its first line says; likely cause: it was not copied"
                        + " whole",
            })
    void whatIsNotInTheFormatIsRefusedByLine(String text, String message) throws IOException {
        Path file = file(text.replace('~', '\n').getBytes(UTF_8));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVectors.read(file, WORDS))
                .withMessage("WordVectors.read: " + file + " " + message);
    }

    @Test
    void anEmptyFileIsRefused() throws IOException {
        Path file = file(new byte[0]);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVectors.read(file, WORDS))
                .withMessage("WordVectors.read: " + file
                        + " holds 0 vectors, expected a line for each word: the word, then its numbers");
    }

    @Test
    void anotherEncodingIsRefusedByLine() throws IOException {
        Path file = file("the 1 2\nstraße 3 4\n".getBytes(ISO_8859_1));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVectors.read(file, WORDS))
                .withMessage("WordVectors.read: " + file + " line 2 starts with a word that is not UTF-8; likely cause:"
                        + " the file has another encoding, convert it to UTF-8 first");
    }

    @Test
    void aFileThatIsNotThereIsRefusedByName() {
        Path missing = folder.resolve("none.txt");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVectors.read(missing, WORDS))
                .withMessageStartingWith(
                        "WordVectors.read: " + missing + " does not exist; likely cause: a misspelt name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVectors.read(folder, WORDS))
                .withMessageStartingWith("WordVectors.read: " + folder + " cannot be read: ");
    }

    @Test
    void aLineWithoutEndIsRefusedBeforeItFillsTheMemory() throws IOException {
        byte[] endless = new byte[3 * ByteLines.LONGEST];
        Arrays.fill(endless, (byte) 'x');
        System.arraycopy("2 2\n".getBytes(UTF_8), 0, endless, 0, 4);
        Path file = file(endless);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVectors.read(file, WORDS))
                .withMessage("WordVectors.read: " + file
                        + " cannot be read: line 2 is longer than 1048576 bytes, expected text");
    }

    /** Lines may have any length, and the stream may return pieces of any size. */
    @Property(tries = 100)
    void linesAreWhatStandsBetweenLineFeeds(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(8); n > 0; n--) {
            text.append("ab ".repeat(random.nextInt(5) == 0 ? random.nextInt(60_000) : random.nextInt(4)))
                    .append('\n');
        }
        text.append(random.nextBoolean() ? "last" : "");
        ByteArrayInputStream in = new ByteArrayInputStream(text.toString().getBytes(UTF_8)) {
            @Override
            public synchronized int read(byte[] to, int at, int n) {
                return super.read(to, at, Math.min(n, 1 + random.nextInt(50_000)));
            }
        };

        ByteLines lines = new ByteLines(in);
        List<String> expected = text.toString().lines().toList();
        for (String line : expected) {
            assertThat(lines.advance()).isTrue();
            assertThat(new String(lines.bytes(), lines.start(), lines.end() - lines.start(), UTF_8))
                    .isEqualTo(line);
        }
        assertThat(lines.advance()).isFalse();
        assertThat(lines.lineNumber()).isEqualTo(expected.size());
    }

    @Test
    void aSizeThatIsOnlyAnnouncedCostsNoMemory() {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("1 999999999\nthe 1 2\n"))
                .withMessageContaining("line 2 has 2 of the 999999999 numbers that line 1 announces");
        // a reader's buffer and some strings; the numbers of one such line would be found at two places of 4 GB each
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(16 << 20);
    }
}
