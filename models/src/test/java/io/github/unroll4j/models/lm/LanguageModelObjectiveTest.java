// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.checkpoint.ParameterTensors;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Sgd;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.Targets;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Window;
import io.github.unroll4j.text.Windows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageModelObjectiveTest {
    private static final CharVocabulary ABC = CharVocabulary.of("abcd");
    private static final int K1 = 3;
    private static final int B = 2;
    /** Two streams of 11 and 10 pairs: windows of 3, 3, 3 and 2, the last one padded. */
    private static final Windows WINDOWS = Windows.of(text(), K1, B);

    private final LanguageModel model = model();

    private static int[] text() {
        Rng rng = Rng.seeded(1);
        return IntStream.range(0, 22).map(i -> rng.nextInt(4)).toArray();
    }

    private static LanguageModel model() {
        LanguageModelConfig config = new LanguageModelConfig("lstm", 5, 2, Dtype.DOUBLE);
        LanguageModel model = LanguageModel.create(ABC, config, Rng.seeded(2));
        LayerCase.shake(model.parameters(), Rng.seeded(3));
        return model;
    }

    @AfterEach
    void close() {
        model.close();
    }

    private static SoftmaxCrossEntropy loss(Reduction reduction) {
        return new SoftmaxCrossEntropy(ABC.size(), reduction);
    }

    private static LanguageModelObjective objective(LanguageModel model, int k2) {
        return new LanguageModelObjective(model, WINDOWS, Reduction.MEAN, k2);
    }

    /** The gradient that one iteration adds. */
    private static double[] gradient(LanguageModel model, LanguageModelObjective objective, long iteration) {
        model.parameters().zeroGradients();
        objective.gradients(iteration);
        return model.parameters().gradients().toDoubles();
    }

    /** Loss and gradient over a window by hand. */
    private double[] byHand(Window window, State s0) {
        model.parameters().zeroGradients();
        model.learn(window, s0, loss(Reduction.MEAN));
        return model.parameters().gradients().toDoubles();
    }

    /** The state after some windows. */
    private State after(int windows) {
        State state = model.zeroState(B);
        for (int i = 0; i < windows; i++) {
            state = model.learn(WINDOWS.at(i), state, loss(Reduction.MEAN))
                    .run()
                    .last();
        }
        return state;
    }

    @Test
    void aWindowStartsWhereTheOneBeforeEnded() {
        LanguageModelObjective objective = new LanguageModelObjective(model, WINDOWS, Reduction.MEAN);
        for (int i = 0; i < WINDOWS.perEpoch(); i++) {
            double[] found = gradient(model, objective, i);
            assertThat(found).as("window " + i).isEqualTo(byHand(WINDOWS.at(i), after(i)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {K1, K1 + 2, 100})
    void anEpochStartsFromZero(int k2) {
        LanguageModelObjective objective = objective(model, k2);
        double[] first = gradient(model, objective, 0);
        for (int i = 1; i < WINDOWS.perEpoch(); i++) {
            objective.gradients(i);
        }

        assertThat(gradient(model, objective, WINDOWS.perEpoch())).isEqualTo(first);
    }

    @Test
    void gradientsAreAddedAndTheLossIsThatOfTheWindow() {
        LanguageModelObjective objective = new LanguageModelObjective(model, WINDOWS, Reduction.SUM);
        Loss loss = objective.gradients(0);
        double[] once = model.parameters().gradients().toDoubles();
        new LanguageModelObjective(model, WINDOWS, Reduction.SUM).gradients(0);

        double[] twice = Arrays.stream(once).map(g -> 2 * g).toArray();
        assertClose("gradients", model.parameters().gradients().toDoubles(), twice, 1e-13);
        assertThat(loss)
                .isEqualTo(model.learn(WINDOWS.at(0), after(0), loss(Reduction.SUM))
                        .loss());
    }

    /**
     * The inputs of windows first to last in one, the losses of the last alone, all but k2 of the steps cut off in
     * front.
     */
    private static Window joined(int last, int k2) {
        int first = Math.max(0, last - 10);
        int steps = 0;
        for (int i = first; i <= last; i++) {
            steps += WINDOWS.at(i).steps();
        }
        int before = Math.min(k2 - K1, steps - WINDOWS.at(last).steps());
        int start = steps - WINDOWS.at(last).steps() - before;
        int[] inputs = IntStream.rangeClosed(first, last)
                .flatMap(i -> Arrays.stream(WINDOWS.at(i).inputs()))
                .skip((long) start * B)
                .toArray();
        int[] targets = new int[inputs.length];
        Arrays.fill(targets, 0, before * B, Targets.IGNORED);
        int[] own = WINDOWS.at(last).targets();
        System.arraycopy(own, 0, targets, before * B, own.length);
        int[] lengths =
                Arrays.stream(WINDOWS.at(last).lengths()).map(n -> n + before).toArray();
        return new Window(inputs.length / B, B, inputs, targets, lengths, new boolean[B]);
    }

    @ParameterizedTest
    @ValueSource(ints = {K1, K1 + 1, K1 + 2, 2 * K1, 2 * K1 + 2, 3 * K1, 100})
    void theGradientReachesBackThroughK2Steps(int k2) {
        LanguageModelObjective objective = objective(model, k2);
        for (int i = 0; i < WINDOWS.perEpoch(); i++) {
            double[] found = gradient(model, objective, i);
            Window window = joined(i, k2);
            State start =
                    stateAfterSteps(K1 * i - (window.steps() - WINDOWS.at(i).steps()));
            // the states of the context were computed in windows of another length, by other routines of BLAS
            assertClose("window " + i, found, byHand(window, start), 1e-12);
        }
    }

    /** The state after a number of steps from the start of the text. */
    private State stateAfterSteps(int steps) {
        State state = model.zeroState(B);
        for (int t = 0; t < steps; t++) {
            Window window = WINDOWS.at(t / K1);
            int[] ids = Arrays.copyOfRange(window.inputs(), t % K1 * B, (t % K1 + 1) * B);
            state = model.layers().forward(Sequence.ids(ids, 1, B), state).last();
        }
        return state;
    }

    /** Documents of 1 to 9 pairs, some of them whole windows, read in two streams. */
    private static List<int[]> documents() {
        Rng rng = Rng.seeded(4);
        return IntStream.of(10, 4, 2, 7, 8, 3, 6, 5)
                .mapToObj(n -> IntStream.range(0, n).map(i -> rng.nextInt(4)).toArray())
                .toList();
    }

    /**
     * The gradient of one row of a window by hand: its document's inputs so far, all but k2 steps of them a constant.
     */
    private void addRow(List<Integer> before, Window window, int b, int k2) {
        int reach = Math.min(k2 - K1, before.size());
        int length = window.lengths()[b];
        State start = model.zeroState(1);
        for (int id : before.subList(0, before.size() - reach)) {
            start = model.layers()
                    .forward(Sequence.ids(new int[] {id}, 1, 1), start)
                    .last();
        }
        int[] inputs = new int[reach + length];
        int[] targets = new int[reach + length];
        for (int t = 0; t < reach; t++) {
            inputs[t] = before.get(before.size() - reach + t);
            targets[t] = Targets.IGNORED;
        }
        for (int t = 0; t < length; t++) {
            inputs[reach + t] = window.inputs()[t * B + b];
            targets[reach + t] = window.targets()[t * B + b];
            before.add(inputs[reach + t]);
        }
        Window own = new Window(inputs.length, 1, inputs, targets, new int[] {inputs.length}, new boolean[1]);
        model.learn(own, start, loss(Reduction.SUM));
    }

    @ParameterizedTest
    @ValueSource(ints = {K1, K1 + 1, K1 + 2, 2 * K1, 2 * K1 + 1, 100})
    void aDocumentStartsFromZeroWhileTheOtherRowGoesOn(int k2) {
        Windows windows = Windows.ofDocuments(documents(), K1, B);
        LanguageModelObjective objective = new LanguageModelObjective(model, windows, Reduction.SUM, k2);
        List<List<Integer>> before = new ArrayList<>(List.of(new ArrayList<>(), new ArrayList<>()));
        int mixed = 0;
        for (int i = 0; i < 2 * windows.perEpoch(); i++) {
            Window window = windows.at(i);
            double[] found = gradient(model, objective, i);
            model.parameters().zeroGradients();
            for (int b = 0; b < B; b++) {
                if (window.resets()[b]) {
                    before.set(b, new ArrayList<>());
                }
                if (window.lengths()[b] > 0) {
                    addRow(before.get(b), window, b, k2);
                }
            }
            mixed += window.resets()[0] != window.resets()[1] ? 1 : 0;
            assertClose("window " + i, found, model.parameters().gradients().toDoubles(), 1e-12);
        }
        assertThat(mixed).as("windows in which one row alone is reset").isGreaterThan(4);
    }

    @Test
    void aLongerReachGivesAnotherGradient() {
        LanguageModelObjective shorter = objective(model, K1);
        LanguageModelObjective longer = objective(model, 2 * K1);

        assertThat(gradient(model, longer, 0)).isEqualTo(gradient(model, shorter, 0));
        assertThat(gradient(model, longer, 1)).isNotEqualTo(gradient(model, shorter, 1));
    }

    private static void train(LanguageModel model, LanguageModelObjective objective, int from, int to) {
        Sgd sgd = new Sgd(model.parameters());
        for (int i = from; i < to; i++) {
            model.parameters().zeroGradients();
            objective.gradients(i);
            sgd.step(0.1);
        }
    }

    @ParameterizedTest
    @CsvSource({"3, 1", "3, 2", "3, 4", "5, 2", "7, 3", "100, 3", "100, 6"})
    void aResumedRunIsTheUninterruptedOneToTheBit(int k2, int savedAfter) {
        int iterations = 2 * WINDOWS.perEpoch() + 1;
        train(model, objective(model, k2), 0, iterations);
        Checkpoint.Builder checkpoint = Checkpoint.builder();
        try (LanguageModel first = model()) {
            LanguageModelObjective objective = objective(first, k2);
            train(first, objective, 0, savedAfter);
            objective.writeTo(checkpoint);
            ParameterTensors.toTensors("w.", first.parameters()).forEach(checkpoint::put);
        }
        try (LanguageModel second = model()) {
            LanguageModelObjective objective = objective(second, k2);
            ParameterTensors.load(checkpoint.build(), "w.", second.parameters());
            objective.restore(checkpoint.build());
            train(second, objective, savedAfter, iterations);

            assertThat(second.parameters().values().toDoubles())
                    .isEqualTo(model.parameters().values().toDoubles());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {K1, K1 + 2, 100})
    void aRunOverDocumentsIsResumedToTheBit(int k2) {
        Windows windows = Windows.ofDocuments(documents(), K1, B);
        for (int savedAfter = 1; savedAfter < windows.perEpoch(); savedAfter++) {
            try (LanguageModel whole = model();
                    LanguageModel halves = model()) {
                train(whole, new LanguageModelObjective(whole, windows, Reduction.MEAN, k2), 0, windows.perEpoch());
                LanguageModelObjective first = new LanguageModelObjective(halves, windows, Reduction.MEAN, k2);
                train(halves, first, 0, savedAfter);
                Checkpoint.Builder checkpoint = Checkpoint.builder();
                first.writeTo(checkpoint);
                LanguageModelObjective second = new LanguageModelObjective(halves, windows, Reduction.MEAN, k2);
                second.restore(checkpoint.build());
                train(halves, second, savedAfter, windows.perEpoch());

                assertThat(halves.parameters().values().toDoubles())
                        .isEqualTo(whole.parameters().values().toDoubles());
            }
        }
    }

    private static LanguageModel regularised() {
        Regularisation noise = new Regularisation(0.3, true, 0.3, new RecurrentNoise(0.2, 0.2, 0.1, 0.1));
        LanguageModelConfig config = new LanguageModelConfig("lstm", 5, 2, Dtype.DOUBLE)
                .embedding(5)
                .tied(true)
                .with(noise);
        return LanguageModel.create(ABC, config, Rng.seeded(2));
    }

    private static LanguageModelObjective noisy(LanguageModel model, long seed) {
        return new LanguageModelObjective(model, WINDOWS, Reduction.MEAN, K1 + 2, Rng.seeded(seed));
    }

    @Test
    void aResumedRunDrawsTheMasksOfTheUninterruptedOne() {
        try (LanguageModel whole = regularised();
                LanguageModel halves = regularised();
                LanguageModel redrawn = regularised()) {
            train(whole, noisy(whole, 6), 0, 6);
            LanguageModelObjective first = noisy(halves, 6);
            train(halves, first, 0, 3);
            Checkpoint.Builder checkpoint = Checkpoint.builder();
            first.writeTo(checkpoint);
            redrawn.parameters()
                    .values()
                    .copy(
                            0,
                            halves.parameters().values(),
                            0,
                            halves.parameters().count());
            redrawn.parameters().changed();

            LanguageModelObjective second = noisy(halves, 99);
            second.restore(checkpoint.build());
            train(halves, second, 3, 6);
            train(redrawn, noisy(redrawn, 6), 3, 6);

            assertThat(halves.parameters().values().toDoubles())
                    .isEqualTo(whole.parameters().values().toDoubles());
            assertThat(redrawn.parameters().values().toDoubles())
                    .as("with the masks of the first half drawn again")
                    .isNotEqualTo(whole.parameters().values().toDoubles());
        }
    }

    @Test
    void masksAreDrawnAnewForEachWindow() {
        try (LanguageModel model = regularised()) {
            LanguageModelObjective objective = noisy(model, 6);
            double first = objective.gradients(0).nats();

            assertThat(objective.gradients(WINDOWS.perEpoch()).nats())
                    .as("the same window, the same weights, the state reset")
                    .isNotEqualTo(first);
            assertThat(noisy(model, 6).gradients(0).nats()).isEqualTo(first);
        }
    }

    @Test
    void aModelWithRegularisersNeedsAGenerator() {
        try (LanguageModel model = regularised()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new LanguageModelObjective(model, WINDOWS, Reduction.MEAN))
                    .withMessageStartingWith("LanguageModelObjective: the model has Regularisation[dropout=0.3")
                    .withMessageEndingWith("expected a generator for its masks as the last argument.");
        }
    }

    @Test
    void aRunSavedWithoutMasksCannotGoOnWithThem() {
        Checkpoint.Builder checkpoint = Checkpoint.builder();
        objective(model, K1).writeTo(checkpoint);
        LanguageModelObjective noisy = new LanguageModelObjective(model, WINDOWS, Reduction.MEAN, K1, Rng.seeded(1));

        assertThatThrownBy(() -> noisy.restore(checkpoint.build()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("the metadata has no entry carried.noise");
    }

    @Test
    void carriedInputsThatAreNoWholeStepsAreRefused() {
        Checkpoint.Builder checkpoint = Checkpoint.builder();
        State zero = model.zeroState(B);
        for (int i = 0; i < zero.names().size(); i++) {
            checkpoint.put("carried." + zero.names().get(i), zero.parts().get(i));
        }
        checkpoint.put("carried.inputs", new int[] {1, 2, 3});

        assertThatThrownBy(() -> objective(model, K1).restore(checkpoint.build()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("carried.inputs are 3, expected a multiple of B=2");
    }

    @ParameterizedTest
    @CsvSource({"-2", "4", "2147483647"})
    void carriedIdsThatAreNoTokensAreRefusedAndChangeNothing(int id) {
        LanguageModelObjective objective = noisyOfOnes();
        objective.gradients(0);
        Checkpoint.Builder right = Checkpoint.builder();
        objective.writeTo(right);
        Checkpoint.Builder wrong = Checkpoint.builder();
        State zero = model.zeroState(B);
        for (int i = 0; i < zero.names().size(); i++) {
            wrong.put("carried." + zero.names().get(i), zero.parts().get(i));
        }
        wrong.put("carried.inputs", new int[] {0, id})
                .metadata("carried.noise", Rng.seeded(77).saveState());

        assertThatThrownBy(() -> objective.restore(wrong.build()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("carried.inputs have the id " + id + ", expected 0 to 3, or -1 for none");
        assertUnchanged(objective, right);
    }

    @Test
    void anotherTypeOrGeneratorIsRefusedAndChangesNothing() {
        LanguageModelObjective objective = noisyOfOnes();
        objective.gradients(0);
        Checkpoint.Builder right = Checkpoint.builder();
        objective.writeTo(right);
        State zero = model.zeroState(B);
        Checkpoint.Builder narrow = Checkpoint.builder();
        Checkpoint.Builder drawn = Checkpoint.builder();
        for (int i = 0; i < zero.names().size(); i++) {
            String name = "carried." + zero.names().get(i);
            narrow.put(name, Tensor.zeros(Dtype.FLOAT, zero.parts().get(i).shape()));
            drawn.put(name, zero.parts().get(i));
        }
        narrow.put("carried.inputs", new int[0])
                .metadata("carried.noise", Rng.seeded(77).saveState());
        drawn.put("carried.inputs", new int[0]).metadata("carried.noise", "L64X128Mix:????");

        assertThatThrownBy(() -> objective.restore(narrow.build()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("carried.l0.h is FLOAT[2, 5], expected DOUBLE[2, 5]");
        assertThatThrownBy(() -> objective.restore(drawn.build()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("carried.noise: Rng.restored");
        assertUnchanged(objective, right);
    }

    private LanguageModelObjective noisyOfOnes() {
        return new LanguageModelObjective(model, WINDOWS, Reduction.MEAN, K1 + 2, Rng.seeded(1));
    }

    private static void assertUnchanged(LanguageModelObjective objective, Checkpoint.Builder right) {
        Checkpoint.Builder now = Checkpoint.builder();
        objective.writeTo(now);
        Checkpoint expected = right.build();
        Checkpoint found = now.build();
        assertThat(found.metadata()).isEqualTo(expected.metadata());
        assertThat(found.ints("carried.inputs")).isEqualTo(expected.ints("carried.inputs"));
        assertThat(found.tensor("carried.l0.h").data().toDoubles())
                .isEqualTo(expected.tensor("carried.l0.h").data().toDoubles());
    }

    @ParameterizedTest
    @CsvSource({"3, 5", "5, 3", "9, 4"})
    void aRunMayBeResumedWithAnotherReach(int saved, int resumed) {
        LanguageModelObjective objective = objective(model, saved);
        objective.gradients(0);
        objective.gradients(1);
        Checkpoint.Builder checkpoint = Checkpoint.builder();
        objective.writeTo(checkpoint);
        LanguageModelObjective other = objective(model, resumed);
        other.restore(checkpoint.build());
        other.gradients(2);

        // one window on, the state that is carried is that of the text so far
        model.parameters().zeroGradients();
        Loss found = other.gradients(3);
        Loss expected =
                model.learn(WINDOWS.at(3), after(3), loss(Reduction.MEAN)).loss();
        assertThat(found.nats()).isCloseTo(expected.nats(), within(1e-12));
    }

    @Test
    void aStateOfAnotherBatchIsRefused() {
        Checkpoint.Builder checkpoint = Checkpoint.builder();
        new LanguageModelObjective(model, Windows.of(text(), K1, 3), Reduction.MEAN).writeTo(checkpoint);

        assertThatThrownBy(() -> objective(model, K1).restore(checkpoint.build()))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(
                        "the checkpoint: the carried state carried.l0.h is DOUBLE[3, 5], expected DOUBLE[2, 5]; likely"
                                + " cause: the batch size differs from the one that was saved.");
    }

    @Test
    void aReachShorterThanTheWindowIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> objective(model, K1 - 1))
                .withMessage("LanguageModelObjective: k2 is 2, expected at least k1=3, the length of a window.");
    }

    @Test
    void epochsAreCountedInWindows() {
        LanguageModelObjective objective = objective(model, K1);

        assertThat(WINDOWS.perEpoch()).isEqualTo(4);
        assertThat(objective.epochs(0)).isZero();
        assertThat(objective.epochs(6)).isEqualTo(1.5);
        assertThat(objective.parameters()).isSameAs(model.parameters());
    }
}
