// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Figures of the "Sequence Modeling from Scratch" notebooks, recorded from their runs. */
class NotebookFiguresTest {

    private static final int STEPS = 25;

    @Test
    void charactersOfTheCrow() {
        String text = SharedSeed.text("thirsty_crow.txt");
        CharVocabulary vocabulary = CharVocabulary.of(text);
        int[] ids = vocabulary.encode(text);

        assertThat(ids).hasSize(677);
        assertThat(vocabulary.size()).isEqualTo(33);
        assertThat(vocabulary.decode(ids)).isEqualTo(text);
        // The pointer visits 0, 25, …, 650; 650 + 26 is still below 677.
        assertThat(Windows.notebook(ids, STEPS).perEpoch()).isEqualTo(27);
        assertThat(Windows.notebook(ids, STEPS).at(27).resets()).containsExactly(true);
        // One more character is trained if nothing is dropped.
        assertThat(Windows.of(ids, STEPS).at(27).steps()).isEqualTo(1);
    }

    @Test
    void wordsOfTheCrow() {
        String text = SharedSeed.text("thirsty_crow.txt");
        WordVocabulary vocabulary = WordVocabulary.of(Tokenizers.NOTEBOOK, text);
        int[] ids = vocabulary.encode(text);

        assertThat(ids).hasSize(148).doesNotContain(WordVocabulary.UNK_ID);
        assertThat(vocabulary.size()).isEqualTo(90);
        assertThat(Windows.notebook(ids, STEPS).perEpoch()).isEqualTo(5);
        // The source of the first pair of the encoder-decoder notebook is the first sentence.
        assertThat(ids).startsWith(54, 85, 6, 78, 4, 53, 6, 86, 39, 22, 4, 6, 76, 21, 87, 32, 41, 65, 52, 88, 5);
    }

    @Test
    void wordsOfTheSecondText() {
        WordVocabulary vocabulary = WordVocabulary.of(Tokenizers.NOTEBOOK, SharedSeed.text("thirsty_crow_v2.txt"));

        assertThat(vocabulary.size()).isEqualTo(82);
    }
}
