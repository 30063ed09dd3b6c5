// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class StoredVocabularyTest {

    private static final List<String> WORDS = List.of("<SOS>", "<EOS>", "<UNK>", "crow", "the");

    private static Vocabulary rebuilt(Vocabulary vocabulary, Tokenizer... own) {
        return Vocabulary.of(vocabulary.splitting(), vocabulary.tokens(), own);
    }

    @Provide
    Arbitrary<String> texts() {
        return Texts.unicode();
    }

    @Property(tries = 100)
    void charactersAreRebuilt(@ForAll("texts") String text) {
        Assume.that(!text.isEmpty());
        Vocabulary vocabulary = CharVocabulary.of(text);

        Vocabulary rebuilt = rebuilt(vocabulary);

        assertThat(rebuilt).isInstanceOf(CharVocabulary.class);
        assertThat(rebuilt.encode(text)).isEqualTo(vocabulary.encode(text));
        assertThat(rebuilt.hash()).isEqualTo(vocabulary.hash());
        assertThat(rebuilt.splitting()).isEqualTo(vocabulary.splitting());
        assertThat(rebuilt.tokens()).isEqualTo(vocabulary.tokens());
    }

    @Test
    void wordsAreRebuiltWithTheirTokenizer() {
        String text = "The crow didn't stop.";
        for (Tokenizer tokenizer : List.of(
                Tokenizers.NOTEBOOK,
                Tokenizers.WHITESPACE,
                Tokenizers.WHITESPACE_WITH_SPECIALS,
                Tokenizers.UNICODE_WORDS,
                Tokenizers.CODE_POINTS)) {
            Vocabulary vocabulary = WordVocabulary.of(tokenizer, text);

            Vocabulary rebuilt = rebuilt(vocabulary);

            assertThat(rebuilt.splitting()).isEqualTo(vocabulary.splitting());
            assertThat(rebuilt.tokens()).isEqualTo(vocabulary.tokens());
            assertThat(rebuilt.encode(text)).isEqualTo(vocabulary.encode(text));
            assertThat(((WordVocabulary) rebuilt).tokenizer()).isSameAs(tokenizer);
        }
    }

    @Test
    void anOwnTokenizerIsFoundByItsName() {
        Tokenizer commas = text -> List.of(text.split(","));
        Vocabulary vocabulary = WordVocabulary.of(commas, "the crow,the jug");

        assertThat(vocabulary.splitting()).isEqualTo("custom");
        assertThat(rebuilt(vocabulary, commas).encode("the jug,the crow")).containsExactly(4, 3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rebuilt(vocabulary))
                .withMessageContaining("there is no built-in tokenizer \"custom\", expected one of [notebook,"
                        + " whitespace, whitespace-with-specials, unicode-words, code-points]");
    }

    @Test
    void tokensAreCopied() {
        List<String> tokens = new ArrayList<>(WORDS);
        Vocabulary vocabulary = Vocabulary.of("whitespace", tokens);
        tokens.clear();

        assertThat(vocabulary.tokens()).isEqualTo(WORDS);
    }

    @Test
    void refusesListsThatNoVocabularyHas() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Vocabulary.of(Vocabulary.CHARACTERS, List.of()))
                .withMessageContaining("the list of tokens is empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Vocabulary.of(Vocabulary.CHARACTERS, List.of("a", "b", "a")))
                .withMessageContaining("has both id 0 and id 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Vocabulary.of(Vocabulary.CHARACTERS, List.of("a", "\uD83D")))
                .withMessageContaining("token 1: unpaired surrogate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Vocabulary.of(Vocabulary.CHARACTERS, List.of("a", "")))
                .withMessageContaining("token 1 is empty");
        List<String> withNull = Arrays.asList("<SOS>", "<EOS>", "<UNK>", null);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordVocabulary.ofTokens(Tokenizers.WHITESPACE, withNull))
                .withMessageContaining("token 3 is null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Vocabulary.of(Vocabulary.CHARACTERS, WORDS))
                .withMessageContaining("expected exactly one character");
    }
}
