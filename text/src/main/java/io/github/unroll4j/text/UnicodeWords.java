// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The scanner behind {@link Tokenizers#UNICODE_WORDS}. A hand-written loop, because a regular expression with a
 * repeated group recurses once for each repetition and overflows the stack on a long enough run of letters.
 */
final class UnicodeWords {

    private static final Pattern GRAPHEME_CLUSTER = Pattern.compile("\\X");
    private static final int ZERO_WIDTH_SPACE = 0x200B;

    private UnicodeWords() {}

    /** Appends the tokens of a run without white space. */
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

    /** End of the word that starts at an index, or the index itself if none does. */
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

    /** End of a grapheme cluster, or of its part before a letter: an Arabic number sign clings to what follows it. */
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

    /** Scripts without spaces, whose words could be found only by a dictionary. */
    private static boolean standsAlone(int c) {
        return Character.isIdeographic(c) || Character.UnicodeScript.of(c) == Character.UnicodeScript.HIRAGANA;
    }

    /** Marks, and invisible format characters such as the joiners that Persian and Indic spelling needs. */
    private static boolean extendsWord(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            case Character.FORMAT -> c != ZERO_WIDTH_SPACE;
            default -> false;
        };
    }

    /** Whether a punctuation mark has on both sides what makes it part of one word. */
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
