// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import java.util.List;
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
        LanguageModelConfig config = new LanguageModelConfig("rnn", 7);

        assertThat(config).isEqualTo(new LanguageModelConfig("rnn", 7, 1, Dtype.FLOAT));
        assertSettings(config, 0, false, false, new Regularisation(0, false, 0, RecurrentNoise.NONE), false);
        assertThat(config.cell()).isEqualTo("rnn");
        assertThat(config.hidden()).isEqualTo(7);
        assertThat(config.layers()).isEqualTo(1);
        assertThat(config.dtype()).isEqualTo(Dtype.FLOAT);
    }

    private static void assertSettings(
            LanguageModelConfig config,
            int embedding,
            boolean tied,
            boolean residual,
            Regularisation regularisation,
            boolean plain) {
        assertThat(config.embedding()).isEqualTo(embedding);
        assertThat(config.tied()).isEqualTo(tied);
        assertThat(config.residual()).isEqualTo(residual);
        assertThat(config.regularisation()).isEqualTo(regularisation);
        assertThat(config.plain()).isEqualTo(plain);
    }

    @Test
    void eachCopyChangesOneThing() {
        LanguageModelConfig config = new LanguageModelConfig("lstm", 6, 2, Dtype.DOUBLE);

        Regularisation none = Regularisation.NONE;
        assertSettings(config.embedding(5), 5, false, false, none, false);
        assertSettings(config.tied(true), 0, true, false, none, false);
        assertSettings(config.residual(true), 0, false, true, none, false);
        assertSettings(config.with(NOISE), 0, false, false, NOISE, false);
        assertSettings(config.plain(true), 0, false, false, none, true);
        LanguageModelConfig all =
                config.embedding(6).tied(true).residual(true).with(NOISE).plain(true);
        assertSettings(all, 6, true, true, NOISE, true);
        for (LanguageModelConfig each : List.of(config, all)) {
            assertThat(each.cell()).isEqualTo("lstm");
            assertThat(each.hidden()).isEqualTo(6);
            assertThat(each.layers()).isEqualTo(2);
            assertThat(each.dtype()).isEqualTo(Dtype.DOUBLE);
        }
        assertThat(config.tied(true).tied(false)).isEqualTo(config).hasSameHashCodeAs(config);
        assertThat(all).isNotEqualTo(config).isNotEqualTo(all.plain(false));
        assertThat(config)
                .hasToString("LanguageModelConfig[cell=lstm, hidden=6, layers=2, dtype=DOUBLE, embedding=0,"
                        + " tied=false, residual=false, regularisation=" + none + ", plain=false]");
    }

    @Test
    void aNegativeEmbeddingIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LanguageModelConfig("rnn", 7).embedding(-1))
                .withMessage("LanguageModelConfig: embedding is -1, expected 0 (none) or the size of a row.");
    }

    /** Before a loop over them begins. */
    @Test
    void moreLayersThanAnybodyHasAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LanguageModelConfig("rnn", 7, 1_000_000_000, Dtype.FLOAT))
                .withMessage("LanguageModelConfig: layers is 1000000000, expected at most 1000.");
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
