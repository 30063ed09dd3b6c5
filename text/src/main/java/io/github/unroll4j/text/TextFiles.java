// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Reads text files strictly. A file that is not UTF-8 text is refused with its name, never read as garbage. */
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
        byte[] bytes = readBytes(file);
        String text = decode(file, bytes);
        int start = text.startsWith("\uFEFF") ? 1 : 0;
        String normalised = text.substring(start).replace("\r\n", "\n").replace('\r', '\n');
        if (normalised.isEmpty()) {
            throw problem(file, "is empty, expected text");
        }
        return normalised;
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
