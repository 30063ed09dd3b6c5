// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The scanner behind {@link Tokenizers#UNICODE_WORDS}. It is a loop written by hand. A regular expression with a
 * repeated group would recurse once for each repetition, and a long run of letters would overflow the stack.
 */
final class UnicodeWords {

    private static final Pattern GRAPHEME_CLUSTER = Pattern.compile("\\X");
    private static final int ZERO_WIDTH_SPACE = 0x200B;

    private UnicodeWords() {}

    /** Appends the tokens of a run of characters that has no white space. */
    static void splitInto(List<String> tokens, String run) {
        Matcher cluster = GRAPHEME_CLUSTER.matcher(run);
        int start = 0;
        while (start < run.length()) {
            int end = wordEnd(run, start);
            if (end == start) {
                end = symbolEnd(run, start, cluster);
            }
            tokens.add(run.substring(start, end));
            start = end;
        }
    }

    /** Returns the end of the word that starts at an index, or the index itself if no word starts there. */
    private static int wordEnd(String run, int start) {
        int first = run.codePointAt(start);
        if (!isWordPart(first)) {
            return start;
        }
        int end = start + Character.charCount(first);
        boolean alone = standsAlone(first);
        while (end < run.length()) {
            int next = run.codePointAt(end);
            boolean continues = extendsWord(next)
                    || (!alone && ((isWordPart(next) && !standsAlone(next)) || isInsideWord(run, end)));
            if (!continues) {
                break;
            }
            end += Character.charCount(next);
        }
        return end;
    }

    /**
     * Returns the end of a grapheme cluster, or of its part before a word. Signs such as the Arabic number sign form
     * one cluster with what follows them.
     */
    private static int symbolEnd(String run, int start, Matcher cluster) {
        int limit = cluster.region(start, run.length()).lookingAt() ? cluster.end() : run.length();
        int end = start + Character.charCount(run.codePointAt(start));
        while (end < limit && !isWordPart(run.codePointAt(end))) {
            end += Character.charCount(run.codePointAt(end));
        }
        return end;
    }

    private static boolean isWordPart(int c) {
        return Character.isLetter(c) || isNumber(c) || c == '_';
    }

    private static boolean isNumber(int c) {
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    /** Whether a character belongs to a script without spaces, whose words only a dictionary could find. */
    private static boolean standsAlone(int c) {
        return Character.isIdeographic(c) || Character.UnicodeScript.of(c) == Character.UnicodeScript.HIRAGANA;
    }

    /**
     * Whether a character continues any word: marks, and invisible format characters such as joiners, which the
     * spelling of Persian and of Indic languages needs.
     */
    private static boolean extendsWord(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            case Character.FORMAT -> c != ZERO_WIDTH_SPACE;
            default -> false;
        };
    }

    /** Whether the characters on both sides of a punctuation mark make it part of a word. */
    private static boolean isInsideWord(String run, int index) {
        char mark = run.charAt(index);
        if (index + 1 >= run.length()) {
            return false;
        }
        int before = run.codePointBefore(index);
        int after = run.codePointAt(index + 1);
        return switch (mark) {
            case '\'', '’' -> joinsLetters(before, after) || joinsDigits(before, after);
            case '·' -> joinsLetters(before, after);
            case '.', ',' -> joinsDigits(before, after);
            default -> false;
        };
    }

    private static boolean joinsLetters(int before, int after) {
        return (Character.isLetter(before) || extendsWord(before)) && Character.isLetter(after) && !standsAlone(after);
    }

    private static boolean joinsDigits(int before, int after) {
        return Character.isDigit(before) && Character.isDigit(after);
    }
}
