// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Arbitrary texts for property tests. */
final class Texts {

    private Texts() {}

    /** Well-formed text of characters from all of Unicode, half of them beyond U+FFFF, with repetitions. */
    static Arbitrary<String> unicode() {
        Arbitrary<Integer> ascii = Arbitraries.integers().between(0, 127);
        Arbitrary<Integer> basicPlane = Arbitraries.integers()
                .between(0, Character.MAX_VALUE)
                .filter(c -> !Character.isSurrogate((char) (int) c));
        Arbitrary<Integer> astral =
                Arbitraries.integers().between(Character.MIN_SUPPLEMENTARY_CODE_POINT, Character.MAX_CODE_POINT);
        return Arbitraries.oneOf(ascii, basicPlane, astral, astral)
                .list()
                .ofMaxSize(200)
                .map(points -> points.stream()
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString());
    }

    /**
     * Text of characters that tokenizers treat differently: letters of several scripts, marks, digits, punctuation,
     * spaces, emoji.
     */
    static Arbitrary<String> prose() {
        String symbols = "aZéß\u0301я你ひカ\u0E01\uD835\uDD387²_'’\".,;-—(]«¿。€\u200D\u200B\uFE0F\u0600"
                + "\uD83D\uDC69\uD83C\uDFFD\uD83C\uDDE9 \n\t\u00A0\u3000\u0085\0";
        return Arbitraries.of(symbols.codePoints().mapToObj(Character::toString).toList())
                .list()
                .ofMaxSize(60)
                .map(parts -> String.join("", parts));
    }
}
