// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.List;
import java.util.regex.Pattern;

/** Splits a text of a Western language into tokens as the script {@code mteval-v13a} of NIST does. */
final class Mteval13a {
    private static final Pattern MARK = Pattern.compile("[\\p{Punct}&&[^'\\-,.]]");
    private static final Pattern AFTER_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
    private static final Pattern BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
    private static final Pattern HYPHEN_AFTER_DIGIT = Pattern.compile("([0-9])-");

    private Mteval13a() {}

    static List<String> tokenize(String text) {
        String line = " " + withoutMarkup(text) + " ";
        line = MARK.matcher(line).replaceAll(" $0 ");
        // Each match consumes its two characters. Of two marks side by side, the second is therefore left to the other
        // rule.
        line = AFTER_NO_DIGIT.matcher(line).replaceAll("$1 $2 ");
        line = BEFORE_NO_DIGIT.matcher(line).replaceAll(" $1 $2");
        line = HYPHEN_AFTER_DIGIT.matcher(line).replaceAll("$1 - ");
        return Tokenizers.runs(line, c -> !isBlank(c));
    }

    /** What Python's {@code str.split} and {@code str.rstrip} take for white space: four separators, too. */
    private static boolean isBlank(int c) {
        return Unicode.isWhiteSpace(c) || (c >= 0x1C && c <= 0x1F);
    }

    private static String withoutMarkup(String text) {
        int end = text.length();
        while (end > 0 && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end)
                .replace("<skipped>", "")
                .replace("-\n", "")
                .replace("\n", " ")
                .replace("&quot;", "\"")
                .replace("&amp;", "&") // before the next two: text that was escaped twice is unescaped twice
                .replace("&lt;", "<")
                .replace("&gt;", ">");
    }
}
