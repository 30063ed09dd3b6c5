// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WordVocabularyTest {

    private static final Tokenizer SPACES = Tokenizers.WHITESPACE;

    /**
     * Words from a small set, so that some counts are equal and others differ. Two are beyond the Basic Multilingual
     * Plane.
     */
    @Provide
    Arbitrary<List<String>> wordLists() {
        return Arbitraries.of("a", "b", "B", "crow", "é", "\uE000", "\uD83D\uDE00", "\uD83D\uDE00x", "7", "z")
                .list()
                .ofMinSize(1)
                .ofMaxSize(60);
    }

    @Test
    void specialTokensComeFirstThenWordsByCodePoint() {
        WordVocabulary vocabulary = WordVocabulary.of(SPACES, "the crow The \uD83D\uDE00 \uE000 crow");

        assertThat(vocabulary.tokens())
                .containsExactly("<SOS>", "<EOS>", "<UNK>", "The", "crow", "the", "\uE000", "\uD83D\uDE00");
        assertThat(vocabulary.id(WordVocabulary.SOS)).isEqualTo(WordVocabulary.SOS_ID);
        assertThat(vocabulary.id(WordVocabulary.EOS)).isEqualTo(WordVocabulary.EOS_ID);
        assertThat(vocabulary.id(WordVocabulary.UNK)).isEqualTo(WordVocabulary.UNK_ID);
    }

    @Property(tries = 100)
    void decodeUndoesEncode(@ForAll("wordLists") List<String> words) {
        String text = String.join(" ", words);
        WordVocabulary vocabulary = WordVocabulary.of(SPACES, text);

        assertThat(vocabulary.decode(vocabulary.encode(text))).isEqualTo(text);
        assertThat(vocabulary.encode(text)).hasSize(words.size()).doesNotContain(WordVocabulary.UNK_ID);
    }

    @Property(tries = 200)
    void keepsTheMostFrequentWords(
            @ForAll("wordLists") List<String> words, @ForAll @IntRange(min = 4, max = 12) int maxSize) {
        WordVocabulary vocabulary = WordVocabulary.of(SPACES, String.join(" ", words), 1, maxSize);
        Map<String, Integer> counts = new HashMap<>();
        words.forEach(word -> counts.merge(word, 1, Integer::sum));
        List<String> kept = vocabulary.tokens().subList(3, vocabulary.size());

        assertThat(vocabulary.size()).isEqualTo(Math.min(maxSize, 3 + counts.size()));
        assertThat(kept).isSortedAccordingTo(CodePoints.ORDER);
        for (String word : kept) {
            int count = Collections.frequency(words, word);
            counts.forEach((other, otherCount) -> assertThat(kept.contains(other)
                            || count > otherCount
                            || (count == otherCount && CodePoints.ORDER.compare(word, other) < 0))
                    .as("%s (%d) is kept before %s (%d)", word, count, other, otherCount)
                    .isTrue());
        }
    }

    @Test
    void rareWordsBecomeUnknown() {
        String text = "the crow saw the jug";
        WordVocabulary vocabulary = WordVocabulary.of(SPACES, text, 2, WordVocabulary.UNLIMITED);

        assertThat(vocabulary.tokens()).containsExactly("<SOS>", "<EOS>", "<UNK>", "the");
        assertThat(vocabulary.encode(text)).containsExactly(3, 2, 2, 3, 2);
        assertThat(vocabulary.decode(3, 2)).isEqualTo("the <UNK>");
    }

    @Test
    void unknownWordsFollowTheRule() {
        WordVocabulary vocabulary = WordVocabulary.of(SPACES, "the crow");

        assertThat(vocabulary.encode("the wet crow", UnknownRule.skip())).containsExactly(4, 3);
        assertThat(vocabulary.encode("the wet crow", UnknownRule.replaceWith("the")))
                .containsExactly(4, 4, 3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> vocabulary.encode("the wet crow", UnknownRule.fail()))
                .withMessageStartingWith("WordVocabulary.encode: \"wet\" at word 2 of 3 is not among the 5 tokens");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> vocabulary.id("wet"))
                .withMessageContaining("\"wet\" is not among the 5 tokens");
    }

    @Test
    void aWordThatIsSpeltLikeASpecialTokenIsAWord() {
        String text = "<UNK> crow <EOS>";
        WordVocabulary vocabulary = WordVocabulary.of(SPACES, text);

        assertThat(vocabulary.tokens()).containsExactly("<SOS>", "<EOS>", "<UNK>", "<EOS>", "<UNK>", "crow");
        assertThat(vocabulary.encode(text)).containsExactly(4, 5, 3);
        assertThat(vocabulary.decode(4, 5, 3)).isEqualTo(text);
        assertThat(vocabulary.id("<EOS>")).isEqualTo(WordVocabulary.EOS_ID);
        assertThat(vocabulary.contains("<SOS>")).isTrue();
        assertThat(vocabulary.encode("<SOS> wet"))
                .as("words that it does not have")
                .containsExactly(WordVocabulary.UNK_ID, WordVocabulary.UNK_ID);
        assertThat(WordVocabulary.ofTokens(SPACES, vocabulary.tokens()).encode(text))
                .containsExactly(4, 5, 3);
    }

    @Test
    void aTokenizerThatMarksSpecialTokensMakesThemSpecial() {
        Tokenizer marking = Tokenizers.WHITESPACE_WITH_SPECIALS;
        WordVocabulary vocabulary = WordVocabulary.of(marking, "<UNK> crow <EOS>");

        assertThat(vocabulary.tokens()).containsExactly("<SOS>", "<EOS>", "<UNK>", "crow");
        assertThat(vocabulary.encode("crow <EOS>")).containsExactly(3, WordVocabulary.EOS_ID);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVocabulary.of(marking, "<EOS>"))
                .withMessageContaining("tokenizer whitespace-with-specials finds no word");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVocabulary.ofTokens(marking, List.of("<SOS>", "<EOS>", "<UNK>", "<EOS>")))
                .withMessageContaining("has both id 1 and id 3");
    }

    @Test
    void storedTokensKeepTheirOrder() {
        List<String> tokens = List.of("<SOS>", "<EOS>", "<UNK>", "z", "a");
        WordVocabulary vocabulary = WordVocabulary.ofTokens(SPACES, tokens);

        assertThat(vocabulary.tokens()).isEqualTo(tokens);
        assertThat(vocabulary.encode("a z q")).containsExactly(4, 3, 2);
        assertThat(vocabulary.tokenizer()).isSameAs(SPACES);
    }

    @Test
    void refusesStoredTokensWithoutSpecials() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVocabulary.ofTokens(SPACES, List.of("a", "b", "c", "d")))
                .withMessageContaining("the first tokens are [a, b, c], expected [<SOS>, <EOS>, <UNK>]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVocabulary.ofTokens(SPACES, List.of("a")))
                .withMessageContaining("the first tokens are [a]");
    }

    @Test
    void refusesTextWithoutWords() {
        for (String blank : List.of("", " \n\t ", "\u00A0")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> WordVocabulary.of(SPACES, blank))
                    .withMessageContaining("tokenizer whitespace finds no word");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVocabulary.of(SPACES, "a\uDE00"))
                .withMessageContaining("unpaired surrogate");
    }

    @Test
    void refusesLimitsThatLeaveNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVocabulary.of(SPACES, "b a a b", 3, 10))
                .withMessageContaining("no word occurs at least 3 times, the most frequent, 'a' (U+0061 LATIN SMALL"
                        + " LETTER A), occurs 2 times");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVocabulary.of(SPACES, "a", 0, 10))
                .withMessageContaining("minimum count is 0, expected at least 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVocabulary.of(SPACES, "a", 1, 3))
                .withMessageContaining("maximum size is 3, expected at least 4");
    }

    @Test
    @SuppressWarnings("NullAway") // what the contract excludes
    void refusesTokenizersThatCannotBeStoredOrReturnEmptyWords() {
        Tokenizer splitsBadly = text -> Arrays.asList(text.split(" ", -1));
        assertThatIllegalStateException()
                .isThrownBy(() -> WordVocabulary.of(splitsBadly, "the  crow"))
                .withMessageContaining("tokenizer custom returned an empty word at position 1");

        Tokenizer nothing = text -> null;
        assertThatIllegalStateException()
                .isThrownBy(() -> WordVocabulary.of(nothing, "the crow"))
                .withMessageContaining("tokenizer custom returned null, expected a list of words");
        Tokenizer nulls = text -> Arrays.asList("the", null);
        assertThatIllegalStateException()
                .isThrownBy(() -> WordVocabulary.of(nulls, "the crow"))
                .withMessageContaining("tokenizer custom returned null at position 1");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVocabulary.of(misnamed(Vocabulary.CHARACTERS), "a"))
                .withMessageContaining("the tokenizer's name is \"characters\"");
    }

    private static Tokenizer misnamed(String name) {
        return new Tokenizer() {
            @Override
            public List<String> tokenize(String text) {
                return List.of(text);
            }

            @Override
            public String name() {
                return name;
            }
        };
    }

    // under it a stored model would find the built-in one, and split texts another way
    @Test
    void aTokenizerOfOnesOwnHasANameOfItsOwn() {
        for (String name : List.of("whitespace", "notebook-lower")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> WordVocabulary.of(misnamed(name), "a"))
                    .withMessageContaining("WordVocabularyTest")
                    .withMessageContaining("has the name \"" + name + "\", expected another");
        }
        Tokenizer lowerCased = misnamed("whitespace").lowerCased();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVocabulary.of(lowerCased, "a"))
                .withMessageContaining("has the name \"whitespace-lower\", expected another");
    }

    @Test
    void refusesIdsOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVocabulary.of(SPACES, "crow").decode(4))
                .withMessageStartingWith("WordVocabulary: id is 4, expected 0..3");
    }

    @Test
    void severalTextsAreSplitEachOnItsOwn() {
        List<String> lines = List.of("ab", "ba b");

        assertThat(WordVocabulary.of(Tokenizers.WHITESPACE, lines, 1, WordVocabulary.UNLIMITED)
                        .tokens())
                .containsExactly("<SOS>", "<EOS>", "<UNK>", "ab", "b", "ba");
        assertThat(WordVocabulary.of(Tokenizers.CODE_POINTS, lines, 2, WordVocabulary.UNLIMITED)
                        .tokens())
                .as("counted together, no line end among them")
                .containsExactly("<SOS>", "<EOS>", "<UNK>", "a", "b");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> WordVocabulary.of(Tokenizers.WHITESPACE, List.of(" ", ""), 1, WordVocabulary.UNLIMITED))
                .withMessageContaining("finds no word in a text of 1 characters");
    }
}
