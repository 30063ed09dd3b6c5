// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageModelConfigTest {
    private static final Regularisation NOISE =
            new Regularisation(0.1, true, 0.2, new RecurrentNoise(0.3, 0.4, 0.5, 0.6));

    @ParameterizedTest
    @CsvSource({"'', 3, 1", "rnn, 0, 1", "rnn, 3, 0"})
    void badSizesAreRefused(String cell, int hidden, int layers) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LanguageModelConfig(cell, hidden, layers, Dtype.FLOAT))
                .withMessage("LanguageModelConfig: cell is '" + cell + "', hidden " + hidden + ", layers " + layers
                        + "; expected the name of a cell and sizes of 1 or more.");
    }

    @Test
    void aConfigurationOfTwoNumbersIsOneLayerInFloatWithoutAnythingElse() {
        assertThat(new LanguageModelConfig("rnn", 7))
                .isEqualTo(new LanguageModelConfig(
                        "rnn",
                        7,
                        1,
                        Dtype.FLOAT,
                        0,
                        false,
                        false,
                        new Regularisation(0, false, 0, RecurrentNoise.NONE)));
    }

    @Test
    void eachCopyChangesOneThing() {
        LanguageModelConfig config = new LanguageModelConfig("lstm", 6, 2, Dtype.DOUBLE);

        assertThat(config.embedding(6).tied(true).residual(true).with(NOISE))
                .isEqualTo(new LanguageModelConfig("lstm", 6, 2, Dtype.DOUBLE, 6, true, true, NOISE));
        assertThat(config.tied(true).tied(false)).isEqualTo(config);
    }

    @Test
    void aNegativeEmbeddingIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LanguageModelConfig("rnn", 7).embedding(-1))
                .withMessage("LanguageModelConfig: embedding is -1, expected 0 (none) or the size of a row.");
    }

    @Test
    void oneLayerHasNothingToGoAround() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LanguageModelConfig("rnn", 7).residual(true))
                .withMessageContaining("with 1 layer, expected 2 or more");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, Double.NaN})
    void aRateIsAProbabilityBelowOne(double rate) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Regularisation.dropout(rate))
                .withMessage("Regularisation: dropout is " + rate + ", expected 0 (off) or more and below 1.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Regularisation(0, true, rate, RecurrentNoise.NONE))
                .withMessage("Regularisation: embeddingDropout is " + rate + ", expected 0 (off) or more and below 1.");
    }
}
