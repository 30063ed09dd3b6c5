// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Windows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model in the plain loop is the model in the engine: the same parameters, the same file, the same training. */
class PlainLoopTest {
    private static final String TEXT = "the crow flew over the brown field to find some water in a pitcher ".repeat(3);
    private static final CharVocabulary LETTERS = CharVocabulary.of(TEXT);

    @TempDir
    Path folder;

    private static LanguageModelConfig config(String cell) {
        RecurrentNoise recurrent = new RecurrentNoise(0.2, 0.1, 0.1, 0.1);
        return new LanguageModelConfig(cell, 6, 2, Dtype.DOUBLE)
                .embedding(5)
                .with(Regularisation.dropout(0.2).with(recurrent));
    }

    private static LanguageModel trained(LanguageModelConfig config) {
        LanguageModel model = LanguageModel.create(LETTERS, config, Rng.seeded(1));
        Windows windows = Windows.of(LETTERS.encode(TEXT), 7, 3);
        var objective = new LanguageModelObjective(model, windows, Reduction.MEAN, windows.steps(), Rng.seeded(2));
        new Trainer(objective, new TrainerConfig(new Adam(model.parameters()), Schedule.constant(1e-2), 10)).run();
        return model;
    }

    @ParameterizedTest
    @ValueSource(strings = {"lstm", "gru", "gru-cho-2014", "lstm-projected", "mgu-zhou-2016", "lstm-layer-norm"})
    void trainingIsTheSameNoiseIncluded(String cell) {
        try (LanguageModel engine = trained(config(cell));
                LanguageModel plain = trained(config(cell).plain(true))) {
            assertThat(plain.layers().name()).contains("Unrolled").doesNotContain("HoistedLayer");
            // two orders of sums, ten steps of Adam, whose first ones divide by roots of tiny numbers
            assertThat(plain.parameters().values().toDoubles())
                    .containsExactly(engine.parameters().values().toDoubles(), within(1e-6));
        }
    }

    @Test
    void theFileIsTheSameAndIsLoadedIntoEither() throws IOException {
        try (LanguageModel engine = LanguageModel.create(LETTERS, config("lstm"), Rng.seeded(1));
                LanguageModel plain = engine.inPlainLoop()) {
            Path one = folder.resolve("engine.safetensors");
            Path two = folder.resolve("plain.safetensors");
            engine.save(one);
            plain.save(two);

            assertThat(Files.readAllBytes(two)).isEqualTo(Files.readAllBytes(one));
            try (LanguageModel loaded = LanguageModel.load(two);
                    LanguageModel again = loaded.inPlainLoop()) {
                assertThat(loaded.config().plain()).isFalse();
                assertThat(again.score(TEXT).evaluation().nats())
                        .isCloseTo(engine.score(TEXT).evaluation().nats(), within(1e-12));
            }
        }
    }

    @Test
    void layersThatAreNotMadeOfACellAreRefused() {
        LayerFactory others = (inputSize, hidden, p) ->
                CellLayers.of(io.github.unroll4j.models.cells.RnnCell::new).create(inputSize, hidden, p);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> LanguageModel.create(
                        LETTERS, new LanguageModelConfig("mine", 4).plain(true), others, Rng.seeded(1)))
                .withMessageContaining("these layers are not made of a Cell");
    }
}
