// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.ProjectedLstmCell;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.sequence.Bidirectional;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Sgd;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.Targets;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Window;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitectureTest {
    private static final CharVocabulary ABC = CharVocabulary.of("abcd");
    private static final int T = 4;
    private static final int B = 3;
    /** A row of no step, a padded one, tokens that occur twice, a target left out. */
    private static final Window WINDOW = new Window(
            T,
            B,
            new int[] {0, 3, 1, 2, 2, 0, 0, 3, 0, 1, 0, 0},
            new int[] {1, 2, 0, Targets.IGNORED, 3, 0, 1, 0, 0, 2, 0, 0},
            new int[] {4, 3, 0},
            new boolean[B]);

    private static LanguageModelConfig plain(String cell, int layers) {
        return new LanguageModelConfig(cell, 3, layers, Dtype.DOUBLE);
    }

    private static LanguageModel model(LanguageModelConfig config) {
        LanguageModel model = LanguageModel.create(ABC, config, Rng.seeded(1));
        LayerCase.shake(model.parameters(), Rng.seeded(2));
        return model;
    }

    private static Pass noisy(Window window, long seed) {
        return LanguageModel.pass(window).with(Noise.of(Rng.seeded(seed)));
    }

    private static SoftmaxCrossEntropy loss(Reduction reduction) {
        return new SoftmaxCrossEntropy(ABC.size(), reduction);
    }

    static Stream<LanguageModelConfig> configs() {
        RecurrentNoise recurrent = new RecurrentNoise(0.3, 0.3, 0.2, 0.2);
        Regularisation perStep = new Regularisation(0.3, false, 0.3, recurrent);
        Regularisation perSequence = new Regularisation(0.3, true, 0.3, recurrent);
        return Stream.of(
                plain("lstm", 3).embedding(3).tied(true).residual(true).with(perSequence),
                plain("lstm", 2).embedding(3).tied(true).residual(true).with(perStep),
                plain("gru", 2).embedding(3).tied(true).with(perStep),
                plain("rnn", 2).embedding(2).residual(true).with(perSequence),
                plain("gru-cho-2014", 2).embedding(5).with(Regularisation.dropout(0.3)),
                plain("lstm", 3).residual(true).with(new Regularisation(0.3, true, 0, recurrent)),
                plain("gru", 1).embedding(3).tied(true));
    }

    @ParameterizedTest
    @MethodSource("configs")
    void theGradientsOfTheWholeAreRightWithEveryMaskDrawn(LanguageModelConfig config) {
        try (LanguageModel model = model(config)) {
            checkGradients(model);
        }
    }

    private static void checkGradients(LanguageModel model) {
        State s0 = model.zeroState(B);
        s0.parts().forEach(part -> part.data().fill(0, part.data().length(), 0.3));
        SoftmaxCrossEntropy mean = loss(Reduction.MEAN);
        GradientCheck.of(
                        () -> model.learn(WINDOW, s0, mean, noisy(WINDOW, 7))
                                .loss()
                                .value(),
                        upstream -> {
                            Vec gradients = model.parameters().gradients();
                            Vec before = gradients.copy();
                            gradients.clear();
                            model.learn(WINDOW, s0, mean, noisy(WINDOW, 7));
                            gradients.scale(0, gradients.length(), upstream);
                            gradients.add(0, before, 0, before.length());
                        })
                .parameters(model.parameters())
                .full()
                .require(CellCheck.GRADIENT_TOLERANCE);
    }

    @Test
    void theSizeOfAProjectedLayersOutputIsThatOfTheNextOneAndOfTheHead() {
        LanguageModelConfig config = new LanguageModelConfig("lstm-projected", 4, 2, Dtype.DOUBLE)
                .embedding(3)
                .tied(true)
                .residual(true);
        LayerFactory projected = CellLayers.of(hidden -> new ProjectedLstmCell(hidden, 3));
        try (LanguageModel model = LanguageModel.create(ABC, config, projected, Rng.seeded(1))) {
            assertThat(model.layers().outputSize()).isEqualTo(3);
            assertThat(model.zeroState(2).names()).containsExactly("l0.h", "l0.c", "l1.h", "l1.c");
            checkGradients(model);
            Checkpoint.Builder checkpoint = Checkpoint.builder();
            model.writeTo(checkpoint);
            try (LanguageModel read = LanguageModelFile.read(checkpoint.build(), name -> projected, List.of())) {
                assertThat(read.evaluate(0, 2, 1, 3, 1)).isEqualTo(model.evaluate(0, 2, 1, 3, 1));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void noiseChangesTheLossInTrainingOnly(LanguageModelConfig config) {
        try (LanguageModel model = model(config);
                LanguageModel without = model(config.with(Regularisation.NONE))) {
            double noisy = model.learn(WINDOW, model.zeroState(B), loss(Reduction.SUM), noisy(WINDOW, 7))
                    .loss()
                    .nats();
            double still = model.learn(WINDOW, model.zeroState(B), loss(Reduction.SUM))
                    .loss()
                    .nats();

            assertThat(noisy != still).isEqualTo(!config.regularisation().equals(Regularisation.NONE));
            assertThat(model.learn(WINDOW, model.zeroState(B), loss(Reduction.SUM), noisy(WINDOW, 7))
                            .loss()
                            .nats())
                    .as("the same masks again")
                    .isEqualTo(noisy);
            if (config.regularisation().recurrent().zoneout() == 0) {
                assertThat(without.learn(WINDOW, model.zeroState(B), loss(Reduction.SUM))
                                .loss()
                                .nats())
                        .isEqualTo(still);
            }
        }
    }

    @Test
    void evaluationAfterTrainingWithNoiseIsThatOfTheSameWeightsWithoutRegularisers() {
        Regularisation all = new Regularisation(0.3, true, 0.3, new RecurrentNoise(0.3, 0.3, 0, 0));
        LanguageModelConfig config = plain("lstm", 2).embedding(3).tied(true).residual(true);
        int[] text = ABC.encode("abcdabdcbacdbacdabdcabcdcbadcbadcab");
        try (LanguageModel trained = model(config.with(all));
                LanguageModel plain = model(config);
                LanguageModel zonedOut =
                        model(config.with(new Regularisation(0, false, 0, new RecurrentNoise(0, 0, 0.2, 0))))) {
            Sgd sgd = new Sgd(trained.parameters());
            for (int i = 0; i < 5; i++) {
                trained.parameters().zeroGradients();
                trained.learn(WINDOW, trained.zeroState(B), loss(Reduction.MEAN), noisy(WINDOW, i));
                sgd.step(0.1);
            }
            for (LanguageModel other : new LanguageModel[] {plain, zonedOut}) {
                other.parameters()
                        .values()
                        .copy(
                                0,
                                trained.parameters().values(),
                                0,
                                plain.parameters().count());
                other.parameters().changed();
            }

            assertThat(trained.evaluate(text)).isEqualTo(plain.evaluate(text));
            assertThat(trained.score(text).logProbabilities())
                    .isEqualTo(plain.score(text).logProbabilities());
            assertThat(zonedOut.evaluate(text))
                    .as("zoneout takes the mean of its masks outside training")
                    .isNotEqualTo(plain.evaluate(text));
        }
    }

    /** The share of zeros among the numbers that leave the top layer, at real steps. */
    private static double zeros(Tensor H) {
        int zeros = 0;
        for (int i = 0; i < H.data().length(); i++) {
            zeros += H.data().get(i) == 0 ? 1 : 0;
        }
        return zeros / (double) H.data().length();
    }

    @Test
    void dropoutIsAroundTheLayersAndNotInside() {
        Window window = new Window(T, 1, new int[] {0, 3, 1, 2}, new int[T], new int[] {T}, new boolean[1]);
        Sequence ids = Sequence.ids(window.inputs(), T, 1);
        for (LanguageModelConfig config :
                new LanguageModelConfig[] {plain("lstm", 2), plain("lstm", 2).embedding(3)}) {
            try (LanguageModel model = model(config.with(Regularisation.dropout(0.5)))) {
                State s0 = model.zeroState(1);
                State still = model.layers().forward(ids, s0).last();
                Run run = model.layers().forward(ids, s0, noisy(window, 4));
                State noisy = run.last();

                assertThat(zeros(run.H().toTensor())).as("of the output").isGreaterThan(0.2);
                boolean lowest = Arrays.equals(
                        noisy.part("l0.h").data().toDoubles(),
                        still.part("l0.h").data().toDoubles());
                assertThat(lowest)
                        .as("ids are not dropped, rows of an embedding are")
                        .isEqualTo(config.embedding() == 0);
                assertThat(noisy.part("l1.h").data().toDoubles())
                        .isNotEqualTo(still.part("l1.h").data().toDoubles());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aVariationalMaskIsTheSameAtEveryStep(boolean variational) {
        int steps = 40;
        Window window = new Window(steps, 1, new int[steps], new int[steps], new int[] {steps}, new boolean[1]);
        LanguageModelConfig config = new LanguageModelConfig("lstm", 20, 1, Dtype.DOUBLE);
        try (LanguageModel model = model(config.with(new Regularisation(0.5, variational, 0, RecurrentNoise.NONE)))) {
            Tensor H = model.layers()
                    .forward(Sequence.ids(window.inputs(), steps, 1), model.zeroState(1), noisy(window, 4))
                    .H()
                    .toTensor();
            int changes = 0;
            for (int t = 1; t < steps; t++) {
                for (int j = 0; j < 20; j++) {
                    changes += (H.at(t, 0, j) == 0) != (H.at(t - 1, 0, j) == 0) ? 1 : 0;
                }
            }
            assertThat(zeros(H)).isBetween(0.2, 0.8);
            assertThat(changes > 0).isEqualTo(!variational);
        }
    }

    @Test
    void aLayerThatGivesNothingIsPassedByThroughItsResidualConnection() {
        try (LanguageModel model = model(plain("rnn", 3).embedding(2).residual(true))) {
            model.parameters().list().stream()
                    .filter(p -> p.name().startsWith("l1.") || p.name().startsWith("l2."))
                    .forEach(p -> p.set(new double[p.size()]));
            Run run = model.layers().forward(Sequence.ids(WINDOW.inputs(), T, B), model.zeroState(B));

            assertThat(run.H().toTensor().data().toDoubles()).doesNotContain(0);
            for (int t = 0; t < T; t++) {
                double[] below = run.state(t + 1).part("l0.h").data().toDoubles();
                for (int i = 0; i < below.length; i++) {
                    assertThat(run.H().toTensor().data().get(t * below.length + i))
                            .isEqualTo(below[i]);
                }
            }
        }
    }

    @Test
    void aTiedHeadMultipliesByTheEmbedding() {
        try (LanguageModel tied = model(plain("gru", 1).embedding(3).tied(true));
                LanguageModel own = model(plain("gru", 1).embedding(3))) {
            tied.parameters().list().forEach(p -> own.parameters().get(p.name()).set(p.valuesCopy()));
            double[] table = tied.parameters().get("embedding.W").valuesCopy();
            double[] W = new double[table.length];
            for (int v = 0; v < ABC.size(); v++) {
                for (int e = 0; e < 3; e++) {
                    W[e * ABC.size() + v] = table[v * 3 + e];
                }
            }
            own.parameters().get("head.W").set(W);
            double[] expected = own.score(0, 2, 1, 3, 1).logProbabilities();

            assertClose("ln p", tied.score(0, 2, 1, 3, 1).logProbabilities(), expected, 1e-14);
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "2", "4"})
    void aTiedHeadNeedsRowsOfTheTopLayersSize(int embedding) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model(plain("lstm", 1).embedding(embedding).tied(true)))
                .withMessage("LanguageModelConfig: a tied head was asked for with embedding " + embedding
                        + ", expected 3, the output size of the top layer, which the head multiplies by it.");
    }

    @Test
    void droppingRowsNeedsAnEmbedding() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model(plain("lstm", 1).with(new Regularisation(0, false, 0.1, RecurrentNoise.NONE))))
                .withMessage("LanguageModelConfig: embeddingDropout is 0.1 without an embedding, expected 0 or an"
                        + " embedding of 1 or more.");
    }

    @Test
    void layersThatAreNotMadeOfACellTakeNoRecurrentNoise() {
        RecurrentNoise noise = new RecurrentNoise(0.1, 0, 0, 0);
        LayerFactory others = (in, hidden, p) -> CellLayers.of(GruCell::new).create(in, hidden, p);
        LanguageModelConfig config = plain("mine", 1).with(new Regularisation(0, false, 0, noise));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LanguageModel.create(ABC, config, others, Rng.seeded(1)))
                .withMessageContaining(noise + " was asked for, expected none")
                .withMessageContaining("not made of a Cell");
    }

    @Test
    void aLayerThatHasSeenTheNextTokenIsRefused() {
        LayerFactory both = (in, hidden, p) -> new Bidirectional(
                CellLayers.of(GruCell::new).create(in, hidden, p.scope("fwd")),
                CellLayers.of(GruCell::new).create(in, hidden, p.scope("bwd")),
                Bidirectional.Merge.SUM);
        CharVocabulary letters = CharVocabulary.of("abc");
        LanguageModelConfig config = new LanguageModelConfig("both", 4, 2, Dtype.FLOAT);
        assertThatThrownBy(() -> LanguageModel.create(letters, config, both, Rng.seeded(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("LanguageModel: a layer reads both ways");
    }

    @Test
    void aLossOfOtherClassesIsRefused() {
        CharVocabulary letters = CharVocabulary.of("abc");
        try (LanguageModel model = LanguageModel.create(letters, new LanguageModelConfig("gru", 4), Rng.seeded(1))) {
            Window window = new Window(1, 1, new int[] {0}, new int[] {1}, new int[] {1}, new boolean[1]);
            assertThatThrownBy(
                            () -> model.learn(window, model.zeroState(1), new SoftmaxCrossEntropy(4, Reduction.MEAN)))
                    .hasMessage("LanguageModel.learn: the loss is for 4 classes, expected vocabulary().size() = 3.");
        }
    }
}
