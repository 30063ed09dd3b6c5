// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class VocabularyTest {

    @Provide
    Arbitrary<String> texts() {
        return Texts.unicode();
    }

    /** The expected digits are those of {@code printf '1:a1:b4:\xf0\x9f\x98\x80' | sha256sum}. */
    @Test
    void hashIsSha256OverLengthsAndUtf8() {
        assertThat(CharVocabulary.of("ba\uD83D\uDE00").hash())
                .isEqualTo("476255d9d14a1be156d09271d363fe8014e363c97415f05c11d8a8f71ef9cd21");
    }

    @Test
    void hashTellsTokenBoundariesAndOrderApart() {
        String joined = WordVocabulary.ofTokens(Tokenizers.WHITESPACE, List.of("<SOS>", "<EOS>", "<UNK>", "a1:b"))
                .hash();
        String apart = WordVocabulary.ofTokens(Tokenizers.WHITESPACE, List.of("<SOS>", "<EOS>", "<UNK>", "a", "b"))
                .hash();
        assertThat(joined).isNotEqualTo(apart);
        assertThat(CharVocabulary.ofTokens(List.of("a", "b")).hash())
                .isNotEqualTo(CharVocabulary.ofTokens(List.of("b", "a")).hash());
    }

    @Property(tries = 200)
    void hashAndDifferenceAgree(@ForAll("texts") String a, @ForAll("texts") String b) {
        Assume.that(!a.isEmpty() && !b.isEmpty());
        Vocabulary first = CharVocabulary.of(a);
        Vocabulary second = CharVocabulary.of(b);

        assertThat(first.differenceFrom(second).isEmpty())
                .isEqualTo(first.hash().equals(second.hash()))
                .isEqualTo(first.tokens().equals(second.tokens()));
        assertThat(first.differenceFrom(CharVocabulary.ofTokens(first.tokens())))
                .isEmpty();
    }

    @Test
    void differenceNamesTheFirstDifferingToken() {
        assertThat(CharVocabulary.of("abx").differenceFrom(CharVocabulary.of("aby")))
                .hasValue("id 2 is 'x' (U+0078 LATIN SMALL LETTER X) here and 'y' (U+0079 LATIN SMALL LETTER Y) there");
    }

    @Test
    void differenceNamesTheFirstExtraToken() {
        String expected = "the first extra one is id 2, 'c' (U+0063 LATIN SMALL LETTER C)";

        assertThat(CharVocabulary.of("abcd").differenceFrom(CharVocabulary.of("ab")))
                .hasValue("4 tokens here and 2 there, " + expected);
        assertThat(CharVocabulary.of("ab").differenceFrom(CharVocabulary.of("abc")))
                .hasValue("2 tokens here and 3 there, " + expected);
    }
}
