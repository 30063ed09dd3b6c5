// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CharVocabularyTest {

    private static final String SMILE = "\uD83D\uDE00";

    @Provide
    Arbitrary<String> texts() {
        return Texts.unicode();
    }

    @Property(tries = 200)
    void decodeUndoesEncode(@ForAll("texts") String text) {
        Assume.that(!text.isEmpty());
        CharVocabulary vocabulary = CharVocabulary.of(text);

        int[] ids = vocabulary.encode(text);

        assertThat(ids).hasSize(text.codePointCount(0, text.length()));
        assertThat(vocabulary.decode(ids)).isEqualTo(text);
    }

    @Property(tries = 100)
    void idsFollowTheOrderOfCodePoints(@ForAll("texts") String text) {
        Assume.that(!text.isEmpty());
        CharVocabulary vocabulary = CharVocabulary.of(text);

        assertThat(vocabulary.tokens())
                .containsExactlyElementsOf(text.codePoints()
                        .distinct()
                        .sorted()
                        .mapToObj(Character::toString)
                        .toList());
        for (int id = 0; id < vocabulary.size(); id++) {
            assertThat(vocabulary.id(vocabulary.token(id))).isEqualTo(id);
        }
    }

    @Test
    void aSurrogatePairIsOneSymbol() {
        CharVocabulary vocabulary = CharVocabulary.of("b" + SMILE + "ab");

        assertThat(vocabulary.tokens()).containsExactly("a", "b", SMILE);
        assertThat(vocabulary.encode("a" + SMILE)).containsExactly(0, 2);
        assertThat(vocabulary.contains(SMILE)).isTrue();
        assertThat(vocabulary.contains(SMILE.substring(0, 1))).isFalse();
        assertThat(vocabulary.contains("ab")).isFalse();
    }

    @Test
    void storedTokensKeepTheirOrder() {
        CharVocabulary vocabulary = CharVocabulary.ofTokens(List.of("z", SMILE, "a"));

        assertThat(vocabulary.encode("az" + SMILE)).containsExactly(2, 0, 1);
        assertThat(vocabulary.decode(1, 0)).isEqualTo(SMILE + "z");
    }

    @Test
    void anUnknownCharacterIsNamedWithItsPlace() {
        CharVocabulary vocabulary = CharVocabulary.of("abc\n");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> vocabulary.encode("abc\nab" + SMILE))
                .withMessageStartingWith("CharVocabulary.encode: '" + SMILE + "' (U+1F600 GRINNING FACE) at line 2,"
                        + " column 3 is not among the 4 tokens of the vocabulary; likely cause: ");
    }

    @Test
    void unknownCharactersAreSkippedOrReplacedByRule() {
        CharVocabulary vocabulary = CharVocabulary.of("ab?");

        assertThat(vocabulary.encode("axb" + SMILE, UnknownRule.skip())).containsExactly(1, 2);
        assertThat(vocabulary.encode("axb" + SMILE, UnknownRule.replaceWith("?")))
                .containsExactly(1, 0, 2, 0);
        assertThat(vocabulary.encode("xyz", UnknownRule.skip())).isEmpty();
    }

    @Test
    void aReplacementMustBeKnown() {
        CharVocabulary vocabulary = CharVocabulary.of("ab");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> vocabulary.encode("ab", UnknownRule.replaceWith("?")))
                .withMessageContaining("'?' (U+003F QUESTION MARK) is not among the 2 characters");
    }

    @Test
    void theEmptyTextHasNoIds() {
        assertThat(CharVocabulary.of("ab").encode("")).isEmpty();
        assertThat(CharVocabulary.of("ab").decode()).isEmpty();
    }

    @Test
    void refusesToBuildFromNothingOrFromBrokenText() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CharVocabulary.of(""))
                .withMessageContaining("the text is empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CharVocabulary.of("a\uD83D"))
                .withMessageContaining("unpaired surrogate U+D83D");
    }

    @Test
    void refusesTokensThatAreNotCharacters() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CharVocabulary.ofTokens(List.of("a", "word")))
                .withMessageContaining("token 1 is \"word\", expected exactly one character");
    }

    @Test
    void refusesIdsOutOfRange() {
        CharVocabulary vocabulary = CharVocabulary.of("abc");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> vocabulary.decode(0, 3))
                .withMessageStartingWith("CharVocabulary: id is 3, expected 0..2; likely cause: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> vocabulary.token(-1))
                .withMessageContaining("id is -1");
    }
}
