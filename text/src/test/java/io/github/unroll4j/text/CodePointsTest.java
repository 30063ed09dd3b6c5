// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CodePointsTest {

    @Provide
    Arbitrary<String> texts() {
        return Texts.unicode();
    }

    @Property(tries = 200)
    void orderIsThatOfTheCodePoints(@ForAll("texts") String a, @ForAll("texts") String b) {
        int expected = Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());

        assertThat(Integer.signum(CodePoints.ORDER.compare(a, b))).isEqualTo(Integer.signum(expected));
    }

    @Test
    void orderPutsCharactersBeyondTheBasicPlaneLast() {
        String privateUse = "\uE000";
        String emoji = "\uD83D\uDE00";

        assertThat(CodePoints.ORDER.compare(privateUse, emoji)).isNegative();
        assertThat(privateUse.compareTo(emoji)).as("String.compareTo disagrees").isPositive();
    }

    @Test
    void describesVisibleCharactersWithGlyphNumberAndName() {
        assertThat(CodePoints.describe("é")).isEqualTo("'é' (U+00E9 LATIN SMALL LETTER E WITH ACUTE)");
        assertThat(CodePoints.describe("\uD83D\uDE00")).isEqualTo("'\uD83D\uDE00' (U+1F600 GRINNING FACE)");
    }

    @Test
    void describesInvisibleCharactersByNumberAndNameOnly() {
        assertThat(CodePoints.describe("\n")).isEqualTo("U+000A LINE FEED (LF)");
        assertThat(CodePoints.describe("\u00A0")).isEqualTo("U+00A0 NO-BREAK SPACE");
        assertThat(CodePoints.describe("\u0301")).isEqualTo("U+0301 COMBINING ACUTE ACCENT");
    }

    @Test
    void describesWordsInQuotesWithEscapes() {
        assertThat(CodePoints.describe("ab c\n")).isEqualTo("\"ab c\\u{A}\"");
        assertThat(CodePoints.describe("")).isEqualTo("\"\"");
    }

    @Test
    void positionCountsLinesAndCodePointsFromOne() {
        String text = "ab\ncd\r\ne\rf\uD83D\uDE00g";

        assertThat(CodePoints.position(text, 0)).isEqualTo("line 1, column 1");
        assertThat(CodePoints.position(text, text.indexOf('d'))).isEqualTo("line 2, column 2");
        assertThat(CodePoints.position(text, text.indexOf('e'))).isEqualTo("line 3, column 1");
        assertThat(CodePoints.position(text, text.indexOf('g'))).isEqualTo("line 4, column 3");
    }

    @Property(tries = 100)
    void wellFormedTextHasNoUnpairedSurrogate(@ForAll("texts") String text) {
        assertThat(CodePoints.unpairedSurrogate(text)).isEqualTo(-1);
        assertThat(CodePoints.unpairedSurrogate(text + "\uD83D")).isEqualTo(text.length());
        assertThat(CodePoints.unpairedSurrogate("\uDE00" + text)).isZero();
    }

    @Test
    void refusesHalfASurrogatePair() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CodePoints.requireWellFormed("Here", "ok\nab\uD83D!"))
                .withMessageStartingWith("Here: unpaired surrogate U+D83D")
                .withMessageContaining("line 2, column 3")
                .withMessageContaining("likely cause");
    }
}
