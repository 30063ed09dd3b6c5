// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Splits a text of a Western language into tokens as the script {@code mteval-v13a} of NIST does. */
final class Mteval13a {
    private static final Pattern MARK = Pattern.compile("[\\p{Punct}&&[^'\\-,.]]");
    private static final Pattern AFTER_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
    private static final Pattern BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
    private static final Pattern HYPHEN_AFTER_DIGIT = Pattern.compile("([0-9])-");
    private static final Pattern WHITE_SPACE = Pattern.compile("\\p{IsWhite_Space}+");

    private Mteval13a() {}

    static List<String> tokenize(String text) {
        String line = " " + withoutMarkup(text) + " ";
        line = MARK.matcher(line).replaceAll(" $0 ");
        // Each match consumes its two characters. Of two marks side by side, the second is therefore left to the other
        // rule.
        line = AFTER_NO_DIGIT.matcher(line).replaceAll("$1 $2 ");
        line = BEFORE_NO_DIGIT.matcher(line).replaceAll(" $1 $2");
        line = HYPHEN_AFTER_DIGIT.matcher(line).replaceAll("$1 - ");
        List<String> tokens = new ArrayList<>(List.of(WHITE_SPACE.split(line)));
        tokens.removeIf(String::isEmpty); // the empty one before the first space
        return tokens;
    }

    private static String withoutMarkup(String text) {
        return text.stripTrailing()
                .replace("<skipped>", "")
                .replace("-\n", "")
                .replace("\n", " ")
                .replace("&quot;", "\"")
                .replace("&amp;", "&") // before the next two: text that was escaped twice is unescaped twice
                .replace("&lt;", "<")
                .replace("&gt;", ">");
    }
}
