// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.optim.Adadelta;
import io.github.unroll4j.optim.Adagrad;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.AdamW;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Optimizer;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.RmsProp;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.optim.Sgd;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Windows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Training 2N iterations equals training N, saving, loading and training N more, bit for bit. */
class ResumeTest {
    private static final String TEXT =
            "the quick brown fox jumps over the lazy dog and sits down by the river. ".repeat(4);
    private static final CharVocabulary VOCABULARY = CharVocabulary.of(TEXT);
    /** Not a multiple of the windows of an epoch, so that the state carried over is not the zero state. */
    private static final int N = 17;

    @TempDir
    Path folder;

    static Stream<Named<Function<Parameters, Optimizer>>> optimisers() {
        return Stream.of(
                Named.of("sgd", Sgd::new),
                Named.of("momentum", p -> new Sgd(p, 0.9, true, 0)),
                Named.of("adam", Adam::new),
                Named.of("adamw", AdamW::new),
                Named.of("rmsprop", RmsProp::new),
                Named.of("adagrad", Adagrad::new),
                Named.of("adadelta", Adadelta::new));
    }

    @ParameterizedTest
    @MethodSource("optimisers")
    void everyOptimiserGoesOn(Function<Parameters, Optimizer> optimiser) {
        resumesBitForBit(Dtype.FLOAT, 5, optimiser);
    }

    @Test
    void doublePrecisionGoesOn() {
        resumesBitForBit(Dtype.DOUBLE, 5, Adam::new);
    }

    @Test
    void inputsCarriedForLongerGradientsGoOn() {
        resumesBitForBit(Dtype.FLOAT, 9, Adam::new);
    }

    private void resumesBitForBit(Dtype dtype, int k2, Function<Parameters, Optimizer> optimiser) {
        Path file = folder.resolve("half.safetensors");
        List<Double> losses = new ArrayList<>();
        double[] expected;
        try (LanguageModel model = newModel(dtype)) {
            trainer(model, k2, optimiser, 2 * N, losses).run();
            expected = model.parameters().values().toDoubles();
        }
        List<Double> resumedLosses = new ArrayList<>();
        try (LanguageModel model = newModel(dtype)) {
            Trainer half = trainer(model, k2, optimiser, N, resumedLosses);
            half.run();
            Checkpoint.Builder saved = Checkpoint.builder();
            model.writeTo(saved);
            half.writeTo(saved);
            saved.build().save(file);
        }
        Checkpoint saved = Checkpoint.load(file);
        try (LanguageModel model = LanguageModel.read(saved)) {
            Trainer rest = trainer(model, k2, optimiser, 2 * N, resumedLosses);
            rest.restore(saved);
            // what a program does between saving and going on must leave no mark
            model.evaluate(VOCABULARY.encode(TEXT));
            model.generate("the", 20, SamplingPolicy.greedy(), Rng.seeded(3));
            rest.run();
            assertThat(model.parameters().values().toDoubles()).isEqualTo(expected);
        }
        assertThat(resumedLosses).isEqualTo(losses).hasSize(2 * N);
    }

    private static LanguageModel newModel(Dtype dtype) {
        return LanguageModel.create(VOCABULARY, new LanguageModelConfig("rnn", 12, 2, dtype), Rng.seeded(5));
    }

    private static Trainer trainer(
            LanguageModel model,
            int k2,
            Function<Parameters, Optimizer> optimiser,
            int iterations,
            List<Double> losses) {
        Windows windows = Windows.of(VOCABULARY.encode(TEXT), 5, 3);
        TrainerConfig config = new TrainerConfig(
                        optimiser.apply(model.parameters()), Schedule.cosine(0.01, 0, 2 * N), iterations)
                .with(GradientClip.byGlobalNorm(1));
        return new Trainer(new LanguageModelObjective(model, windows, Reduction.MEAN, k2), config)
                .listen(new TrainListener() {
                    @Override
                    public void onStep(TrainStep step) {
                        losses.add(step.loss().value());
                    }
                });
    }
}
