// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the file of {@link WordVectors} once. */
final class WordVectorReader {
    private static final Predicate<String> NUMBER =
            Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?").asMatchPredicate();

    private final Path file;
    private final Vocabulary vocabulary;
    private final CharsetDecoder utf8 = UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final float[] @Nullable [] vectors;
    private int found;
    private int line;
    private long count;
    private long announced = -1;
    /**
     * Where each number of the current line begins, and in {@link #stop} where it ends: an entry for each number of a
     * vector.
     */
    private int[] begin = {};

    private int[] stop = {};
    private int vectorSize;

    WordVectorReader(Path file, Vocabulary vocabulary) {
        this.file = file;
        this.vocabulary = vocabulary;
        vectors = new float[vocabulary.size()][];
    }

    WordVectors read(InputStream in) throws IOException {
        ByteLines lines = new ByteLines(in);
        while (lines.advance()) {
            line = lines.lineNumber();
            Line text = trimmed(lines);
            if (line > 1 || !isHeader(text)) {
                take(text);
            }
        }
        if (count == 0 || (announced >= 0 && count != announced)) {
            String expected = announced >= 0
                    ? announced + " as its first line says; likely cause: it was not copied whole"
                    : "a line for each word: the word, then its numbers";
            throw problem("holds " + count + " vectors, expected " + expected);
        }
        return new WordVectors(file, vectorSize, vectors, found);
    }

    /** One line: a range of bytes. */
    @SuppressWarnings("ArrayRecordComponent") // the array belongs to the lines, never compared
    private record Line(byte[] bytes, int start, int end) {
        boolean separatorAt(int i) {
            return bytes[i] == ' ' || bytes[i] == '\t';
        }

        /** The number of fields between separators. */
        int fields() {
            int fields = 0;
            for (int i = start; i < end; i++) {
                if (!separatorAt(i) && (i == start || separatorAt(i - 1))) {
                    fields++;
                }
            }
            return fields;
        }

        String ascii(int from, int to) {
            return new String(bytes, from, to - from, ISO_8859_1);
        }
    }

    /** The line without a byte order mark, a carriage return and the space with which word2vec ends each line. */
    private Line trimmed(ByteLines lines) {
        byte[] bytes = lines.bytes();
        int start = lines.start();
        int end = lines.end();
        boolean marked = line == 1 && end - start >= 3 && (bytes[start] & 0xFF) == 0xEF;
        if (marked && (bytes[start + 1] & 0xFF) == 0xBB && (bytes[start + 2] & 0xFF) == 0xBF) {
            start += 3;
        }
        while (end > start && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t' || bytes[end - 1] == '\r')) {
            end--;
        }
        return new Line(bytes, start, end);
    }

    /**
     * Whether the first line is a header: two whole numbers. If not, it is a vector. Either says how long vectors are.
     */
    private boolean isHeader(Line text) {
        int fields = text.fields();
        String[] words = text.ascii(text.start, text.end).split("[ \t]+", 3);
        boolean header = fields == 2 && words[0].matches("\\d{1,18}") && words[1].matches("[1-9]\\d{0,8}");
        int size = header ? Integer.parseInt(words[1]) : fields - 1;
        if (size < 1) {
            throw problem("line 1 has " + fields
                    + " fields, expected a word and its numbers, or the number of vectors and" + " their size");
        }
        announced = header ? Long.parseLong(words[0]) : -1;
        vectorSize = size;
        return header;
    }

    private void take(Line text) {
        int wordEnd = locate(text);
        if (count++ < 2) {
            requireNoMore(text, wordEnd);
        }
        String word = decode(text, wordEnd);
        if (vocabulary.contains(word)) {
            int id = vocabulary.id(word);
            if (vectors[id] == null) {
                vectors[id] = numbers(text, word);
                found++;
            }
        }
    }

    /** Finds the numbers, from the end of the line backwards, and returns the end of the word. */
    private int locate(Line text) {
        if (begin.length < vectorSize) { // only now: line 1 may announce any size
            int fields = text.fields();
            if (fields < vectorSize) {
                throw tooFew(Math.max(0, fields - 1));
            }
            begin = new int[vectorSize];
            stop = new int[vectorSize];
        }
        int at = text.end;
        for (int i = vectorSize - 1; i >= 0; i--) {
            stop[i] = at;
            while (at > text.start && !text.separatorAt(at - 1)) {
                at--;
            }
            begin[i] = at;
            if (at == text.start) {
                throw tooFew(vectorSize - 1 - i);
            }
            while (at > text.start && text.separatorAt(at - 1)) {
                at--;
            }
        }
        return at;
    }

    /**
     * A word may have spaces in it. But one that ends in numbers, in one of the first two vectors, shows a file of
     * longer vectors, each of which would be taken for an unknown word.
     */
    private void requireNoMore(Line text, int wordEnd) {
        String[] fields = text.ascii(text.start, wordEnd).split("[ \t]+", -1);
        int numbers = 0;
        while (numbers < fields.length - 1 && NUMBER.test(fields[fields.length - 1 - numbers])) {
            numbers++;
        }
        if (numbers > 0) {
            throw problem("line " + line + " has " + (vectorSize + numbers) + " numbers, "
                    + (announced >= 0 ? "line 1 announces " : "line 1 has ") + vectorSize);
        }
    }

    private IllegalArgumentException tooFew(int numbers) {
        return problem("line " + line + " has " + numbers + " of the " + vectorSize + " numbers that "
                + (announced >= 0 ? "line 1 announces" : "line 1 has")
                + (line == 2 && announced >= 0
                        ? "; likely cause: the file is in the binary format of word2vec, save it as text"
                        : ""));
    }

    private String decode(Line text, int wordEnd) {
        try {
            return utf8.decode(ByteBuffer.wrap(text.bytes, text.start, wordEnd - text.start))
                    .toString();
        } catch (CharacterCodingException e) {
            String what = "line " + line
                    + " starts with a word that is not UTF-8; likely cause: the file has another encoding,"
                    + " convert it to UTF-8 first";
            throw new IllegalArgumentException(WordVectors.sentence(file, what), e);
        }
    }

    private float[] numbers(Line text, String word) {
        float[] vector = new float[begin.length];
        for (int i = 0; i < vector.length; i++) {
            String number = text.ascii(begin[i], stop[i]);
            try {
                vector[i] = Float.parseFloat(number);
            } catch (NumberFormatException e) {
                vector[i] = Float.NaN;
            }
            if (!Float.isFinite(vector[i])) {
                throw problem("line " + line + " has '" + number + "' for number " + (i + 1) + " of " + vector.length
                        + " of \"" + word + "\", expected a finite number");
            }
        }
        return vector;
    }

    private IllegalArgumentException problem(String what) {
        return new IllegalArgumentException(WordVectors.sentence(file, what));
    }
}
