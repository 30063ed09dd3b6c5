// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.plots;

import java.awt.FontMetrics;
import java.text.BreakIterator;
import java.util.Locale;
import java.util.PrimitiveIterator;

/**
 * Tokens as they are written beside a picture: every one visible, in letters that the font has, no wider than there is
 * room.
 *
 * <p>White space is drawn as ␣ and a mark that stands alone under or over ◌, as Unicode's own charts do; what cannot be
 * seen or is not in the font is named by its number, U+200F.
 */
final class Labels {
    private static final String ELLIPSIS = "…";

    private Labels() {}

    /** The token, made visible and cut to a width in pixels. */
    static String of(String token, FontMetrics metrics, int width) {
        return shortened(visible(token, metrics), metrics, width);
    }

    private static String visible(String token, FontMetrics metrics) {
        StringBuilder label = new StringBuilder();
        PrimitiveIterator.OfInt codePoints = token.codePoints().iterator();
        while (codePoints.hasNext()) {
            int c = codePoints.nextInt();
            if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
                label.append(metrics.getFont().canDisplay('␣') ? "␣" : "_");
            } else if (isHidden(c, token) || !metrics.getFont().canDisplay(c)) {
                label.append(String.format(Locale.ROOT, "U+%04X", c));
            } else {
                label.append(label.length() == 0 && isMark(c) ? "◌" : "").appendCodePoint(c);
            }
        }
        return label.toString();
    }

    /** A joiner or a direction mark does its work inside a word and is seen there; alone it would be nothing. */
    private static boolean isHidden(int c, String token) {
        int type = Character.getType(c);
        boolean alone = token.codePointCount(0, token.length()) == 1;
        return type == Character.CONTROL
                || type == Character.UNASSIGNED
                || type == Character.SURROGATE
                || (alone && type == Character.FORMAT);
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    /** Cuts between letters as a reader sees them, never through a surrogate pair or before a mark. */
    static String shortened(String text, FontMetrics metrics, int width) {
        if (metrics.stringWidth(text) <= width) {
            return text;
        }
        BreakIterator letters = BreakIterator.getCharacterInstance(Locale.ROOT);
        letters.setText(text);
        String longest = ELLIPSIS;
        for (int end = letters.next(); end != BreakIterator.DONE; end = letters.next()) {
            String cut = text.substring(0, end) + ELLIPSIS;
            if (metrics.stringWidth(cut) > width) {
                return longest;
            }
            longest = cut;
        }
        return longest;
    }
}
