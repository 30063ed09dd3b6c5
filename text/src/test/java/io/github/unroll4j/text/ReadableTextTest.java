// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadableTextTest {

    /** Sentences with the usual spaces come back unchanged. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "At last, the crow could drink: cool, clear water! Wasn't it? Yes; it was.",
                "He said \"come here\" and \"go\", then left.",
                "She called it 'luck' twice (once [sic] too often).",
                "¿Qué? ¡Nada! «Rien» — “nothing” at all…",
                "A well-known and/or 50% case of 3.14, or 1,000.",
                "你好。世界，再见！",
                "ひらがなカタカナ漢字「かぎ」です。",
            })
    void sentencesReadAsTheyWereWritten(String sentence) {
        Tokenizer tokenizer = Tokenizers.UNICODE_WORDS;

        assertThat(tokenizer.join(tokenizer.tokenize(sentence))).isEqualTo(sentence);
    }

    @Test
    void notebookApostrophesAreInsideWords() {
        Tokenizer tokenizer = Tokenizers.NOTEBOOK;

        assertThat(tokenizer.join(tokenizer.tokenize("The crow didn't stop; \"why?\" it said.")))
                .isEqualTo("the crow didn't stop; \"why?\" it said.");
    }

    @Test
    void specialTokensStandApart() {
        assertThat(ReadableText.of(List.of("<SOS>", "the", "<UNK>", ",", "<EOS>"), ReadableText.Apostrophe.QUOTE))
                .isEqualTo("<SOS> the <UNK>, <EOS>");
    }

    @Test
    void anOwnTokenizerGetsTheSameRule() {
        Tokenizer own = text -> List.of(text.split(" "));

        assertThat(own.join(List.of("Stop", ",", "please", "!"))).isEqualTo("Stop, please!");
    }
}
