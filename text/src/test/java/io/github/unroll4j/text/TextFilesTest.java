// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFilesTest {

    @TempDir
    private Path folder;

    private Path file(byte... bytes) throws IOException {
        return Files.write(folder.resolve("text.txt"), bytes);
    }

    private Path file(String text) throws IOException {
        return file(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsUtf8() throws IOException {
        String text = "crow é 你 \uD83D\uDE00\n\ttab";

        assertThat(TextFiles.read(file(text))).isEqualTo(text);
    }

    @Test
    void dropsTheByteOrderMarkAtTheStartOnly() throws IOException {
        assertThat(TextFiles.read(file("\uFEFFab\uFEFFc"))).isEqualTo("ab\uFEFFc");
    }

    @Test
    void normalisesLineEnds() throws IOException {
        assertThat(TextFiles.read(file("a\r\nb\rc\nd\r\r\n"))).isEqualTo("a\nb\nc\nd\n\n");
    }

    @Test
    void linesAreCountedAsOtherToolsDo() throws IOException {
        assertThat(TextFiles.lines(file("\uFEFFone\r\ntwo\rand\n\n\u2028\u0085\f\u001C\nlast")))
                .as("wc -l counts 4 line feeds, and there is one line more")
                .containsExactly("one", "two and", "", "\u2028\u0085\f\u001C", "last");
        assertThat(TextFiles.lines(file("a\n\n"))).containsExactly("a", "");
        assertThat(TextFiles.lines(file("a\r\r\n\r\n\rb\r"))).containsExactly("a", "", " b");
        assertThat(TextFiles.lines(file("a\r"))).containsExactly("a");
        assertThat(TextFiles.lines(file("\n"))).containsExactly("");
    }

    @Test
    void aFileWhoseLinesEndWithCarriageReturnsIsNoFileOfLines() throws IOException {
        Path old = file("one\rtwo\r");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> TextFiles.lines(old))
                .withMessage("TextFiles.read: " + old + " has a carriage return at line 1, column 4 and no line feed,"
                        + " expected lines that end with a line feed; likely cause: the line ends are those of an old"
                        + " Macintosh, convert them first");
        assertThat(TextFiles.read(old)).isEqualTo("one\ntwo\n");
        assertThat(TextFiles.lines(file("\uFEFF"))).as("no line at all").isEmpty();
    }

    @Test
    void aPlaceIsTheSameInEveryLocale() throws IOException {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            Path latin1 = file("café".getBytes(StandardCharsets.ISO_8859_1));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TextFiles.read(latin1))
                    .withMessageContaining("byte 0xE9 at offset 3, line 1");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void namesTheFirstByteThatIsNotUtf8() throws IOException {
        Path latin1 = file("one\ncafé".getBytes(StandardCharsets.ISO_8859_1));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> TextFiles.read(latin1))
                .withMessageStartingWith("TextFiles.read: " + latin1)
                .withMessageContaining("is not UTF-8: byte 0xE9 at offset 7, line 2; likely cause:")
                .withMessageContaining("ISO-8859-1");
    }

    @Test
    void refusesWhatOnlyLooksLikeUtf8() throws IOException {
        for (byte[] bad : new byte[][] {
            {'a', (byte) 0xC3}, // cut inside a character
            {'a', (byte) 0xED, (byte) 0xA0, (byte) 0x80}, // an encoded surrogate
            {'a', (byte) 0xC0, (byte) 0xAF}, // an overlong form
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TextFiles.read(file(bad)))
                    .withMessageContaining("at offset 1, line 1");
        }
    }

    @Test
    void knowsUtf16ByItsMark() throws IOException {
        Path utf16 = file("\uFEFFcrow".getBytes(StandardCharsets.UTF_16LE));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> TextFiles.read(utf16))
                .withMessageContaining("byte 0xFF at offset 0")
                .withMessageContaining("the file is UTF-16");
    }

    @Test
    void refusesEmptyFiles() throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TextFiles.read(file("")))
                .withMessageContaining("is empty, expected text");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TextFiles.read(file("\uFEFF")))
                .withMessageContaining("is empty");
    }

    @Test
    void refusesMissingFilesAndFolders() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TextFiles.read(folder.resolve("absent.txt")))
                .withMessageContaining("absent.txt does not exist; likely cause:");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TextFiles.read(folder))
                .withMessageContaining("is a folder, expected a text file");
    }

    @Test
    void refusesUnreadableFiles() throws IOException {
        Path secret = file("secret");
        boolean changed = secret.toFile().setReadable(false);
        assumeThat(changed && !Files.isReadable(secret))
                .as("this user may read every file, so the case cannot be made")
                .isTrue();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> TextFiles.read(secret))
                .withMessageContaining("may not be read by this user");
    }
}
