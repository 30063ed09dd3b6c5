// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads text files strictly. A file that is not UTF-8 text is refused with its name, never read as garbage.
 *
 * @since 0.1.0
 */
public final class TextFiles {

    private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

    private TextFiles() {}

    /**
     * Reads a whole file as UTF-8.
     *
     * <p>A byte order mark at the start is dropped. Line ends are normalised as in Python's text mode: {@code \r\n} and
     * a lone {@code \r} become {@code \n}. Everything else is kept.
     *
     * @param file the file to read, up to 2 GB
     * @return its text, at least one character
     * @throws IllegalArgumentException if the file is missing, a folder, unreadable, too large or empty, or if it is
     *     not valid UTF-8. The message names the file and, for bad UTF-8, the offset of the first bad byte
     */
    public static String read(Path file) {
        String text = text(file);
        if (text.isEmpty()) {
            throw problem(file, "is empty, expected text");
        }
        return text.replace("\r\n", "\n").replace('\r', '\n');
    }

    /**
     * Reads the lines of a file as UTF-8, for lines that belong to those of another file or to answers.
     *
     * <p>Lines are counted as {@code wc -l} and sacrebleu count them: each ends at a line feed, or at the end of the
     * file. What a line is says {@link #nextLine}. A byte order mark at the start is dropped.
     *
     * @param file the file to read, up to 2 GB
     * @return its lines, none if the file is empty
     * @throws IllegalArgumentException if the file cannot be read as {@link #read} says, or has carriage returns and no
     *     line feed: then no other tool would see more than one line
     */
    public static List<String> lines(Path file) {
        String text = text(file);
        int cr = text.indexOf('\r');
        if (cr >= 0
                && text.indexOf('\n') < 0
                && !text.substring(cr).replace("\r", "").isEmpty()) {
            throw problem(
                    file,
                    "has a carriage return at " + CodePoints.position(text, cr) + " and no line feed, expected lines"
                            + " that end with a line feed; likely cause: the line ends are those of an old Macintosh,"
                            + " convert them first");
        }
        List<String> lines = new ArrayList<>();
        Reader in = new StringReader(text);
        try {
            for (String line = nextLine(in); line != null; line = nextLine(in)) {
                lines.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot be read", e);
        }
        return lines;
    }

    /**
     * Reads one line. It ends at a line feed or at the end of the text. Carriage returns before the line feed are no
     * part of it. One inside the line is read as a blank, because other tools take it for one.
     *
     * @param in where from; buffered, as it is read character by character
     * @return the line, or null after the last one
     * @throws IOException if the reader cannot be read
     */
    public static @Nullable String nextLine(Reader in) throws IOException {
        int c = in.read();
        if (c < 0) {
            return null;
        }
        StringBuilder line = new StringBuilder();
        for (; c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        int end = line.length();
        while (end > 0 && line.charAt(end - 1) == '\r') {
            end--;
        }
        return line.substring(0, end).replace('\r', ' ');
    }

    /** The text of a file without its byte order mark. */
    private static String text(Path file) {
        String text = decode(file, readBytes(file));
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static byte[] readBytes(Path file) {
        if (Files.isDirectory(file)) {
            throw problem(file, "is a folder, expected a text file");
        }
        if (!Files.exists(file)) {
            throw problem(
                    file,
                    "does not exist; likely cause: a misspelt name, or a path relative to another folder than "
                            + Path.of("").toAbsolutePath());
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw problem(file, "has " + Files.size(file) + " bytes, expected at most 2 GB");
            }
            return Files.readAllBytes(file);
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException(sentence(file, "may not be read by this user"), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(sentence(file, "cannot be read: " + e.getMessage()), e);
        }
    }

    private static String decode(Path file, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(in, out, true);
        if (result.isError()) {
            int offset = in.position();
            String where = String.format(
                    Locale.ROOT, "byte 0x%02X at offset %d, line %d", bytes[offset], offset, line(bytes, offset));
            throw problem(
                    file,
                    "is not UTF-8: " + where + "; likely cause: " + likelyEncoding(bytes)
                            + ", convert it to UTF-8 first");
        }
        return out.flip().toString();
    }

    private static String likelyEncoding(byte[] bytes) {
        boolean utf16 = bytes.length >= 2
                && ((bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE)
                        || (bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF));
        return utf16
                ? "the file is UTF-16 (it starts with that byte order mark)"
                : "the file has another encoding such as ISO-8859-1 or Windows-1252, or is not text at all";
    }

    private static int line(byte[] bytes, int offset) {
        int line = 1;
        for (int i = 0; i < offset; i++) {
            if (bytes[i] == '\n') {
                line++;
            }
        }
        return line;
    }

    private static IllegalArgumentException problem(Path file, String what) {
        return new IllegalArgumentException(sentence(file, what));
    }

    private static String sentence(Path file, String what) {
        return "TextFiles.read: " + file + " " + what;
    }
}
