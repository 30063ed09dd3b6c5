// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.Comparator;
import java.util.Locale;

/** Helpers for strings as sequences of Unicode code points. */
final class CodePoints {

    /**
     * Orders strings by code point. {@link String#compareTo} orders by UTF-16 unit: it puts characters beyond U+FFFF
     * before U+E000..U+FFFF. Python and the byte order of UTF-8 disagree with that.
     */
    static final Comparator<String> ORDER = CodePoints::compare;

    private CodePoints() {}

    private static int compare(String a, String b) {
        int shared = Math.min(a.length(), b.length());
        for (int i = 0; i < shared; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean bothOrNeither = Character.isSurrogate(x) == Character.isSurrogate(y);
                return bothOrNeither ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** Returns the index of the first UTF-16 surrogate without its partner, or -1. */
    static int unpairedSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    /**
     * Refuses text that is not well-formed Unicode. Half a surrogate pair cannot be stored in a file. And when decoded
     * tokens are joined, two halves side by side would become one character.
     */
    static void requireWellFormed(String where, String text) {
        int index = unpairedSurrogate(text);
        if (index >= 0) {
            throw new IllegalArgumentException(where + ": unpaired surrogate " + describe(text.codePointAt(index))
                    + " at " + position(text, index) + ", expected well-formed Unicode; likely cause: the text was cut"
                    + " inside a character beyond U+FFFF, or decoded with the wrong charset");
        }
    }

    /**
     * Describes a code point for a message: {@code 'é' (U+00E9 LATIN SMALL LETTER E WITH ACUTE)}. An invisible one is
     * described without the character in quotes.
     */
    static String describe(int codePoint) {
        String name = Character.getName(codePoint);
        String number = String.format(Locale.ROOT, "U+%04X", codePoint) + (name == null ? "" : " " + name);
        return isVisible(codePoint) ? "'" + Character.toString(codePoint) + "' (" + number + ")" : number;
    }

    /**
     * Describes a token for a message: one code point as {@link #describe(int)}, more in double quotes with escapes.
     */
    static String describe(String token) {
        if (token.codePointCount(0, token.length()) == 1) {
            return describe(token.codePointAt(0));
        }
        StringBuilder quoted = new StringBuilder("\"");
        token.codePoints().forEach(c -> {
            if (isVisible(c) || c == ' ') {
                quoted.appendCodePoint(c);
            } else {
                quoted.append(String.format(Locale.ROOT, "\\u{%X}", c));
            }
        });
        return quoted.append('"').toString();
    }

    /** Describes the place of a UTF-16 index: {@code line 3, column 14}. Both count from 1, columns in code points. */
    static String position(String text, int index) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < index; i++) {
            char c = text.charAt(i);
            if (c == '\n' || (c == '\r' && text.charAt(i + 1) != '\n')) {
                line++;
                lineStart = i + 1;
            }
        }
        return "line " + line + ", column " + (text.codePointCount(lineStart, index) + 1);
    }

    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR,
                    Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.COMBINING_SPACING_MARK -> false;
            default -> true;
        };
    }
}
