// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What tokenizers must know of each code point, as Unicode 13 has it. {@link Character} and regular expressions know
 * more characters with every JDK, and a model would then split a text in another way than where it was trained.
 *
 * <p>The table is a resource that {@code tools/generate/UnicodeTable.java} wrote; docs/adr/0009 says why.
 */
final class Unicode {
    private static final String TABLE = "unicode.txt";
    private static final int DOTTED_CAPITAL_I = 0x130;
    private static final int CAPITAL_SIGMA = 0x3A3;
    private static final int FINAL_SIGMA = 0x3C2;
    private static final int ZERO_WIDTH_JOINER = 0x200D;

    private static final int[] STARTS;
    private static final String[] PROPERTIES;
    /** Ranges of code points that have a small letter: first, last, distance of these, distance to that letter. */
    private static final int[][] CAPITALS;

    static {
        List<Integer> starts = new ArrayList<>();
        List<String> properties = new ArrayList<>();
        List<int[]> capitals = new ArrayList<>();
        for (String line : lines()) {
            String[] fields = line.split(" ", -1);
            if (line.startsWith("#")) {
                continue;
            }
            int first = Integer.parseInt(fields[0], 16);
            if (fields.length == 2) {
                starts.add(first);
                properties.add(fields[1].intern());
            } else {
                int last = Integer.parseInt(fields[1], 16);
                capitals.add(new int[] {first, last, Integer.parseInt(fields[2]), Integer.parseInt(fields[3])});
            }
        }
        STARTS = starts.stream().mapToInt(c -> c).toArray();
        PROPERTIES = properties.toArray(String[]::new);
        CAPITALS = capitals.toArray(int[][]::new);
    }

    private Unicode() {}

    private static List<String> lines() {
        try (InputStream in = Objects.requireNonNull(Unicode.class.getResourceAsStream(TABLE), TABLE);
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(TABLE + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean is(int c, char property) {
        int at = Arrays.binarySearch(STARTS, c);
        return PROPERTIES[at < 0 ? -at - 2 : at].indexOf(property) >= 0;
    }

    /** General category L. */
    static boolean isLetter(int c) {
        return is(c, 'L');
    }

    /** General category N. */
    static boolean isNumber(int c) {
        return is(c, 'N');
    }

    /** General category Nd. */
    static boolean isDigit(int c) {
        return is(c, 'D');
    }

    /** General category M. */
    static boolean isMark(int c) {
        return is(c, 'M');
    }

    /** General category Cf: invisible, such as joiners. */
    static boolean isFormat(int c) {
        return is(c, 'F');
    }

    /** General category Ps or Pi. */
    static boolean opens(int c) {
        return is(c, '(');
    }

    /** General category Pe or Pf. */
    static boolean closes(int c) {
        return is(c, ')');
    }

    /** Whether it is an ideograph or a hiragana: of a script whose words only a dictionary could find. */
    static boolean standsAlone(int c) {
        return is(c, 'A');
    }

    /** Whether it is of a script, or of a block of punctuation, that is written without spaces. */
    static boolean isUnspaced(int c) {
        return is(c, 'U');
    }

    /** The property White_Space, which no version of Unicode since 6.3 has changed. */
    static boolean isWhiteSpace(int c) {
        return (c >= 0x9 && c <= 0xD)
                || c == ' '
                || c == 0x85
                || c == 0xA0
                || c == 0x1680
                || (c >= 0x2000 && c <= 0x200A)
                || c == 0x2028
                || c == 0x2029
                || c == 0x202F
                || c == 0x205F
                || c == 0x3000;
    }

    /**
     * Returns a text in small letters, by the rules that hold for all languages: the full mappings of Unicode, and a
     * sigma is a final one after a letter and before none.
     */
    static String lowerCase(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            if (c == DOTTED_CAPITAL_I) {
                lower.append("i\u0307");
            } else if (c == CAPITAL_SIGMA && endsWord(text, i, next)) {
                lower.appendCodePoint(FINAL_SIGMA);
            } else {
                lower.appendCodePoint(lowerCase(c));
            }
            i = next;
        }
        return lower.toString();
    }

    private static int lowerCase(int c) {
        if (c < 0x80) {
            return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
        }
        int low = 0;
        int high = CAPITALS.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int[] range = CAPITALS[middle];
            if (c < range[0]) {
                high = middle - 1;
            } else if (c > range[1]) {
                low = middle + 1;
            } else {
                return (c - range[0]) % range[2] == 0 ? c + range[3] : c;
            }
        }
        return c;
    }

    /** Whether a letter stands before a place and none after another, marks and apostrophes aside. */
    private static boolean endsWord(String text, int place, int after) {
        int before = place;
        while (before > 0 && is(text.codePointBefore(before), 'I')) {
            before -= Character.charCount(text.codePointBefore(before));
        }
        if (before == 0 || !is(text.codePointBefore(before), 'C')) {
            return false;
        }
        int next = after;
        while (next < text.length() && is(text.codePointAt(next), 'I')) {
            next += Character.charCount(text.codePointAt(next));
        }
        return next == text.length() || !is(text.codePointAt(next), 'C');
    }

    /**
     * Returns the end of what a reader takes for one symbol: the extended grapheme cluster of Unicode Standard Annex 29
     * that starts at an index, or its part before a letter or number.
     */
    static int symbolEnd(String text, int start) {
        int before = text.codePointAt(start);
        int end = start + Character.charCount(before);
        boolean pictograph = is(before, 'y');
        boolean halfFlag = is(before, 'r');
        while (end < text.length()) {
            int c = text.codePointAt(end);
            boolean extended = is(c, 'e') || is(c, 'z') || is(c, 's');
            boolean joined = extended
                    || is(before, 'p')
                    || (halfFlag && is(c, 'r'))
                    || (pictograph && before == ZERO_WIDTH_JOINER && is(c, 'y'));
            if (!joined || is(before, 'c') || is(c, 'c') || isLetter(c) || isNumber(c) || c == '_') {
                return end;
            }
            pictograph = is(c, 'y') || (pictograph && (is(c, 'e') || is(c, 'z')));
            halfFlag = is(c, 'r') && !is(before, 'r');
            before = c;
            end += Character.charCount(c);
        }
        return end;
    }
}
