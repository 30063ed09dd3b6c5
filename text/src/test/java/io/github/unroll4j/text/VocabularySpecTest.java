// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class VocabularySpecTest {

    private static final List<String> WORDS = List.of("<SOS>", "<EOS>", "<UNK>", "crow", "the");

    @Provide
    Arbitrary<String> texts() {
        return Texts.unicode();
    }

    @Property(tries = 100)
    void charactersAreRebuilt(@ForAll("texts") String text) {
        Assume.that(!text.isEmpty());
        Vocabulary vocabulary = CharVocabulary.of(text);

        Vocabulary rebuilt = vocabulary.spec().build();

        assertThat(rebuilt).isInstanceOf(CharVocabulary.class);
        assertThat(rebuilt.encode(text)).isEqualTo(vocabulary.encode(text));
        assertThat(rebuilt.hash()).isEqualTo(vocabulary.hash());
        assertThat(rebuilt.spec()).isEqualTo(vocabulary.spec());
    }

    @Test
    void wordsAreRebuiltWithTheirTokenizer() {
        String text = "The crow didn't stop.";
        for (Tokenizer tokenizer :
                List.of(Tokenizers.NOTEBOOK, Tokenizers.WHITESPACE, Tokenizers.UNICODE_WORDS, Tokenizers.CODE_POINTS)) {
            Vocabulary vocabulary = WordVocabulary.of(tokenizer, text);

            Vocabulary rebuilt = vocabulary.spec().build();

            assertThat(rebuilt.spec()).isEqualTo(vocabulary.spec());
            assertThat(rebuilt.encode(text)).isEqualTo(vocabulary.encode(text));
            assertThat(((WordVocabulary) rebuilt).tokenizer()).isSameAs(tokenizer);
        }
    }

    @Test
    void anOwnTokenizerIsFoundByItsName() {
        Tokenizer commas = text -> List.of(text.split(","));
        Vocabulary vocabulary = WordVocabulary.of(commas, "the crow,the jug");

        assertThat(vocabulary.spec().tokenizer()).isEqualTo("custom");
        assertThat(vocabulary.spec().build(commas).encode("the jug,the crow")).containsExactly(4, 3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> vocabulary.spec().build())
                .withMessageContaining("there is no built-in tokenizer \"custom\", expected one of [notebook,"
                        + " whitespace, unicode-words, code-points]");
    }

    @Test
    void tokensAreCopied() {
        List<String> tokens = new ArrayList<>(WORDS);
        VocabularySpec spec = new VocabularySpec("whitespace", tokens);
        tokens.clear();

        assertThat(spec.tokens()).isEqualTo(WORDS);
    }

    @Test
    void refusesListsThatNoVocabularyHas() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new VocabularySpec(VocabularySpec.CHARACTERS, List.of()).build())
                .withMessageContaining("the list of tokens is empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new VocabularySpec(VocabularySpec.CHARACTERS, List.of("a", "b", "a")).build())
                .withMessageContaining("has both id 0 and id 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new VocabularySpec(VocabularySpec.CHARACTERS, List.of("a", "\uD83D")).build())
                .withMessageContaining("token 1: unpaired surrogate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new VocabularySpec(VocabularySpec.CHARACTERS, List.of("a", "")).build())
                .withMessageContaining("token 1 is empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new VocabularySpec(VocabularySpec.CHARACTERS, WORDS).build())
                .withMessageContaining("expected exactly one character");
    }
}
