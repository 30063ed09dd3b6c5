// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.List;

/**
 * The scanner behind {@link Tokenizers#UNICODE_WORDS}. It is a loop written by hand. A regular expression with a
 * repeated group would recurse once for each repetition, and a long run of letters would overflow the stack.
 */
final class UnicodeWords {

    private static final int ZERO_WIDTH_SPACE = 0x200B;

    private UnicodeWords() {}

    /** Appends the tokens of a run of characters that has no white space. */
    static void splitInto(List<String> tokens, String run) {
        int start = 0;
        while (start < run.length()) {
            int end = wordEnd(run, start);
            if (end == start) {
                end = Unicode.symbolEnd(run, start);
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
        boolean alone = Unicode.standsAlone(first);
        while (end < run.length()) {
            int next = run.codePointAt(end);
            boolean continues = extendsWord(next)
                    || (!alone && ((isWordPart(next) && !Unicode.standsAlone(next)) || isInsideWord(run, end)));
            if (!continues) {
                break;
            }
            end += Character.charCount(next);
        }
        return end;
    }

    private static boolean isWordPart(int c) {
        return Unicode.isLetter(c) || Unicode.isNumber(c) || c == '_';
    }

    /**
     * Whether a character continues any word: marks, and invisible format characters such as joiners, which the
     * spelling of Persian and of Indic languages needs.
     */
    private static boolean extendsWord(int c) {
        return Unicode.isMark(c) || (Unicode.isFormat(c) && c != ZERO_WIDTH_SPACE);
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
        return (Unicode.isLetter(before) || extendsWord(before))
                && Unicode.isLetter(after)
                && !Unicode.standsAlone(after);
    }

    private static boolean joinsDigits(int before, int after) {
        return Unicode.isDigit(before) && Unicode.isDigit(after);
    }
}
