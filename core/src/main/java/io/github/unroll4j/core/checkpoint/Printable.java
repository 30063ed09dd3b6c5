// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import java.util.Locale;

/**
 * Makes a sentence about a file fit to be printed. Names and texts of a file may be of any length and hold what a
 * terminal obeys.
 */
final class Printable {
    private static final int LONGEST = 2000;
    /** Long enough for the likely cause, which ends a sentence. */
    private static final int END = 400;

    private Printable() {}

    /** Shows control characters and those that turn the direction of writing as Unicode escapes; cuts long texts. */
    static String of(String text) {
        if (text.length() > LONGEST) {
            int left = text.length() - LONGEST;
            String begin = text.substring(0, LONGEST - END);
            return of(begin) + " ... (" + left + " more characters) ... " + of(text.substring(text.length() - END));
        }
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isObeyed(c) || isHalf(text, i)) {
                shown.append("\\u").append(String.format(Locale.ROOT, "%04X", (int) c));
            } else {
                shown.append(c);
            }
        }
        return shown.toString();
    }

    private static boolean isObeyed(char c) {
        return Character.isISOControl(c)
                || (c >= '\u2028' && c <= '\u202E') // separators of lines and paragraphs, directions
                || (c >= '\u2066' && c <= '\u2069'); // isolated directions
    }

    /** Whether a surrogate stands without the other half. */
    private static boolean isHalf(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }
}
