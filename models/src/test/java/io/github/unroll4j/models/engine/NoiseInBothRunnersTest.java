// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import static io.github.unroll4j.models.testing.Numbers.array;
import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.management.ThreadMXBean;
import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.cells.ContextGruCell;
import io.github.unroll4j.models.cells.GruFormulation;
import io.github.unroll4j.models.cells.GruResetBeforeCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.ProjectedLstmCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.PlainNoisyLayer.Fault;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.CellCatalog;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.RecurrentCheck;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Recurrent dropout, weight drop and zoneout in both runners. */
class NoiseInBothRunnersTest {
    private static final int D = 3;
    private static final int H = 4;
    private static final long SEED = 3;
    private static final Lengths UNEQUAL = Lengths.of(5, 4, 0, 3);
    private static final RecurrentNoise DROPOUT = new RecurrentNoise(0.4, 0, 0, 0);
    private static final RecurrentNoise WEIGHT_DROP = new RecurrentNoise(0, 0.4, 0, 0);
    private static final RecurrentNoise MEMORY = new RecurrentNoise(0, 0, 0, 0.4);
    private static final RecurrentNoise ALL = new RecurrentNoise(0.3, 0.2, 0.4, 0.3);
    private static final List<RecurrentNoise> NOISES = List.of(
            DROPOUT, WEIGHT_DROP, new RecurrentNoise(0, 0, 0.4, 0), MEMORY, new RecurrentNoise(0, 0, 0.3, 0.5), ALL);

    private static Built<HoistedLayer> engine(Cell cell, RecurrentNoise noise) {
        return Built.of(Dtype.DOUBLE, 1, p -> new HoistedLayer(cell, D, noise, p));
    }

    private static Built<Unrolled> plainLoop(Cell cell, RecurrentNoise noise) {
        return Built.of(Dtype.DOUBLE, 1, p -> new Unrolled(cell, D, noise, p));
    }

    /** Every cell of the tests that take one, in both runners. */
    private static List<Built<? extends Recurrent>> inBoth(Supplier<? extends Cell> cell, RecurrentNoise noise) {
        return List.of(engine(cell.get(), noise), plainLoop(cell.get(), noise));
    }

    private static GruResetBeforeCell resetBefore() {
        return new GruResetBeforeCell(H, GruFormulation.NOTEBOOK_CHAR);
    }

    private static Built<PlainNoisyLayer> textbook(Cell cell, RecurrentNoise noise, Fault fault) {
        return Built.of(Dtype.DOUBLE, 1, p -> new PlainNoisyLayer(cell, D, noise, fault, p));
    }

    private static LayerCase random(Recurrent layer, Lengths lengths) {
        return LayerCase.random(layer, Dtype.DOUBLE, lengths, Rng.seeded(2));
    }

    static Stream<Arguments> cells() {
        return CellCatalog.all().stream().flatMap(cell -> NOISES.stream().map(noise -> arguments(cell, noise)));
    }

    @ParameterizedTest
    @MethodSource("cells")
    void gradientsAreRight(CellCatalog.Entry cell, RecurrentNoise noise) {
        for (Lengths lengths : List.of(UNEQUAL, Lengths.full(3, 1))) {
            for (Built<? extends Recurrent> built : inBoth(() -> cell.make().apply(H), noise)) {
                try (built) {
                    LayerCase pass = random(built.layer(), lengths);
                    for (LayerCase each : List.of(pass, pass.withNoise(SEED))) {
                        RecurrentCheck.of(built.layer(), built.parameters(), each)
                                .full()
                                .require(CellCheck.GRADIENT_TOLERANCE);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cells")
    void bothRunnersEqualTheTextbookWithTheSameMasks(CellCatalog.Entry cell, RecurrentNoise noise) {
        for (Lengths lengths : List.of(UNEQUAL, Lengths.full(4, 1), Lengths.full(1, 2))) {
            for (Built<? extends Recurrent> built : inBoth(() -> cell.make().apply(H), noise)) {
                try (built;
                        Built<PlainNoisyLayer> textbook = textbook(cell.make().apply(H), noise, Fault.NONE)) {
                    LayerCase pass = random(built.layer(), lengths);
                    for (LayerCase each : List.of(pass.withNoise(SEED), pass, pass.withNoise(SEED + 1))) {
                        assertClose(built.outcome(each), textbook.outcome(each), CellCheck.EQUAL_TOLERANCE);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cells")
    void theEngineEqualsThePlainLoopForEqualSeeds(CellCatalog.Entry cell, RecurrentNoise noise) {
        for (Lengths lengths : List.of(UNEQUAL, Lengths.full(4, 1), Lengths.full(3, 2), Lengths.of(2, 0, 0))) {
            try (Built<HoistedLayer> engine = engine(cell.make().apply(H), noise);
                    Built<Unrolled> plainLoop = plainLoop(cell.make().apply(H), noise)) {
                Sequence ids = LayerCase.randomIds(engine.layer(), lengths, Rng.seeded(4));
                LayerCase tokens = LayerCase.random(engine.layer(), Dtype.DOUBLE, ids, lengths, Rng.seeded(2));
                for (LayerCase pass : List.of(random(engine.layer(), lengths), tokens)) {
                    for (LayerCase each : List.of(pass.withNoise(SEED), pass, pass.withNoise(SEED + 1))) {
                        assertClose(engine.outcome(each), plainLoop.outcome(each), CellCheck.EQUAL_TOLERANCE);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cells")
    void otherSeedsDrawOtherMasks(CellCatalog.Entry cell, RecurrentNoise noise) {
        Cell made = cell.make().apply(H);
        // a context is the same before a step and after it, whichever is drawn
        boolean drawsNothing =
                noise.equals(MEMORY) && (made.layout().state().size() == 1 || made instanceof ContextGruCell);
        for (Built<? extends Recurrent> built : inBoth(() -> cell.make().apply(H), noise)) {
            try (built) {
                LayerCase pass = random(built.layer(), UNEQUAL);
                double[] one = array(built.outcome(pass.withNoise(SEED)), "H");

                assertThat(Arrays.equals(one, array(built.outcome(pass.withNoise(SEED)), "H")))
                        .isTrue();
                assertThat(Arrays.equals(one, array(built.outcome(pass.withNoise(SEED + 1)), "H")))
                        .isEqualTo(drawsNothing);
            }
        }
    }

    /**
     * dW_h = 0 exactly where a weight was dropped, so that the masks can be read off the gradients: U_n has one of its
     * own.
     */
    @Test
    void weightDropDropsWeightsOfAProductInsideTheStep() {
        for (Built<? extends Recurrent> built : inBoth(NoiseInBothRunnersTest::resetBefore, WEIGHT_DROP)) {
            try (built) {
                Map<String, double[]> outcome =
                        built.outcome(random(built.layer(), Lengths.full(4, 3)).withNoise(SEED));

                for (String name : List.of("W_h", "U_n")) {
                    double[] gradient = array(outcome, "gradient of gru." + name);
                    long dropped = Arrays.stream(gradient).filter(g -> g == 0).count();
                    // four standard deviations of the number of dropped weights
                    assertThat((double) dropped)
                            .isCloseTo(0.4 * gradient.length, within(4 * Math.sqrt(0.24 * gradient.length)))
                            .isPositive();
                }
                assertThat(array(outcome, "gradient of gru.W_x")).doesNotContain(0);
            }
        }
    }

    /**
     * Units of h_prev that are masked reach neither W_h nor U_n: their rows of both gradients are zeros, the same rows.
     */
    @Test
    void dropoutMasksTheOperandOfAProductInsideTheStepAsItMasksH() {
        for (Built<? extends Recurrent> built : inBoth(NoiseInBothRunnersTest::resetBefore, DROPOUT)) {
            try (built) {
                Map<String, double[]> outcome =
                        built.outcome(random(built.layer(), Lengths.full(4, 1)).withNoise(SEED));

                boolean[] ofW_h = zeroRows(array(outcome, "gradient of gru.W_h"));
                assertThat(zeroRows(array(outcome, "gradient of gru.U_n"))).isEqualTo(ofW_h);
                assertThat(ofW_h).contains(true, false);
            }
        }
    }

    private static boolean[] zeroRows(double[] gradient) {
        int columns = gradient.length / H;
        boolean[] zero = new boolean[H];
        for (int row = 0; row < H; row++) {
            zero[row] =
                    Arrays.stream(gradient, row * columns, (row + 1) * columns).allMatch(g -> g == 0);
        }
        return zero;
    }

    /** A projection of the output does not recur by itself, so nothing is masked there: W_h alone is. */
    @Test
    void aProductOffTheRecurrentPathIsLeftAlone() {
        for (Built<? extends Recurrent> built :
                inBoth(() -> new ProjectedLstmCell(H, 3), new RecurrentNoise(0.4, 0.4, 0, 0))) {
            try (built) {
                Map<String, double[]> outcome =
                        built.outcome(random(built.layer(), Lengths.full(4, 1)).withNoise(SEED));

                assertThat(array(outcome, "gradient of lstm-projected.W_p")).doesNotContain(0);
                assertThat(array(outcome, "gradient of lstm-projected.W_h")).contains(0);
            }
        }
    }

    static Stream<Arguments> faults() {
        return Stream.concat(
                faults(new LstmCell(H), "lstm.W_x lstm.W_h lstm.b x h0 c0", "lstm.W_h"),
                faults(resetBefore(), "gru.W_x gru.W_h gru.U_n gru.b x h0", "gru.W_h gru.U_n")
                        .filter(a -> a.get()[0] != Fault.ZONEOUT_MASK_OF_ANOTHER_PART)); // it has one part
    }

    private static Stream<Arguments> faults(Cell cell, String allBefore, String recurrentWeights) {
        return Stream.of(
                arguments(Fault.DROPOUT_FORGOTTEN, cell, allBefore),
                arguments(Fault.WEIGHT_GRADIENT_OF_THE_WHOLE_H, cell, recurrentWeights),
                arguments(Fault.WEIGHTS_THAT_WERE_NOT_USED, cell, allBefore),
                arguments(Fault.WEIGHT_GRADIENT_NOT_MASKED, cell, recurrentWeights),
                arguments(Fault.ZONEOUT_CARRY_LOST, cell, allBefore),
                arguments(Fault.ZONEOUT_GRADIENT_WHOLE, cell, allBefore),
                arguments(Fault.ZONEOUT_MASK_OF_ANOTHER_STEP, cell, allBefore),
                arguments(Fault.ZONEOUT_MASK_OF_ANOTHER_PART, cell, allBefore));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aWrongWayBackIsCaughtAndBlamedOnTheRightArrays(Fault fault, Cell cell, String wrong) {
        try (Built<PlainNoisyLayer> layer = textbook(cell, ALL, fault)) {
            LayerCase pass = random(layer.layer(), UNEQUAL).withNoise(SEED);

            GradientReport report =
                    RecurrentCheck.of(layer.layer(), layer.parameters(), pass).full();

            assertThat(report.entries().stream()
                            .filter(e -> e.error() > CellCheck.GRADIENT_TOLERANCE)
                            .map(GradientReport.Entry::name))
                    .containsExactly(wrong.split(" "));
        }
    }

    @Test
    void everyFaultIsListed() {
        assertThat(faults().map(a -> a.get()[0]).distinct())
                .containsExactlyElementsOf(Arrays.stream(Fault.values())
                        .filter(f -> f != Fault.NONE)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void withoutNoiseDropoutAndWeightDropAreNotThere(Dtype dtype) {
        RecurrentNoise both = new RecurrentNoise(0.5, 0.5, 0, 0);
        for (LayerFactory layers : List.of(
                CellLayers.of(LstmCell::new),
                CellLayers.of(hidden -> resetBefore()),
                CellLayers.of(LstmCell::new).plain(),
                CellLayers.of(hidden -> resetBefore()).plain())) {
            try (Built<Recurrent> layer =
                            Built.of(dtype, 1, p -> layers.with(both).create(D, H, p));
                    Built<Recurrent> bare = Built.of(dtype, 1, p -> layers.create(D, H, p))) {
                LayerCase pass = LayerCase.random(layer.layer(), dtype, UNEQUAL, Rng.seeded(2));
                Map<String, double[]> expected = bare.outcome(pass);

                assertClose(layer.outcome(pass), expected, 0);
                assertThat(array(layer.outcome(pass.withNoise(SEED)), "H")).isNotEqualTo(expected.get("H"));
                assertClose(layer.outcome(pass), expected, 0);
            }
        }
    }

    @Test
    void ratesOfZeroDrawNothing() {
        for (Built<? extends Recurrent> built : inBoth(() -> new LstmCell(H), RecurrentNoise.NONE)) {
            try (built) {
                LayerCase pass = random(built.layer(), UNEQUAL);
                Noise noise = Noise.of(Rng.seeded(SEED));
                Run run = built.layer()
                        .forward(pass.x(), pass.s0(), Pass.of(UNEQUAL).with(noise));

                assertThat(run.H().toTensor().data().toDoubles()).isEqualTo(array(built.outcome(pass), "H"));
                assertThat(noise.uniform(0))
                        .isEqualTo(Noise.of(Rng.seeded(SEED)).uniform(0));
            }
        }
    }

    // The pre-activations of one step are linear in either mask, so that their mean over the masks is what they are
    // without.
    @ParameterizedTest
    @CsvSource({"0.3, 0", "0, 0.3", "0.2, 0.2"})
    void theMeanOverTheMasksIsThePlainPreActivation(double dropout, double weightDrop) {
        int draws = 4000;
        RecurrentNoise noise = new RecurrentNoise(dropout, weightDrop, 0, 0);
        try (Built<HoistedLayer> layer = engine(new RnnCell(H), noise)) {
            LayerCase pass = random(layer.layer(), Lengths.full(1, 2));
            double[] plain = preActivations(layer, pass, Noise.off());
            Noise source = Noise.of(Rng.seeded(SEED));
            double[] sum = new double[plain.length];
            double[] squares = new double[plain.length];
            for (int i = 0; i < draws; i++) {
                double[] z = preActivations(layer, pass, source);
                for (int k = 0; k < z.length; k++) {
                    sum[k] += z[k];
                    squares[k] += (z[k] - plain[k]) * (z[k] - plain[k]);
                }
            }
            for (int k = 0; k < plain.length; k++) {
                double deviation = Math.sqrt(squares[k] / draws);
                assertThat(deviation).isGreaterThan(0.01);
                // four standard errors of the mean
                assertThat(sum[k] / draws).isCloseTo(plain[k], within(4 * deviation / Math.sqrt(draws)));
            }
        }
    }

    private static double[] preActivations(Built<HoistedLayer> layer, LayerCase pass, Noise noise) {
        Trace trace = Trace.on();
        layer.layer()
                .forward(
                        pass.x(), pass.s0(), Pass.of(pass.lengths()).with(noise).with(trace));
        return trace.get("z.h").data().toDoubles();
    }

    /** One cell without a product of its own and one with, in the engine and in the plain loop. */
    static List<LayerFactory> noisyLayers() {
        LayerFactory lstm = CellLayers.of(LstmCell::new).with(ALL);
        LayerFactory resetBefore = CellLayers.of(hidden -> resetBefore()).with(ALL);
        return List.of(lstm, resetBefore, lstm.plain(), resetBefore.plain());
    }

    private static Built<Recurrent> built(LayerFactory layers, Dtype dtype) {
        return Built.of(dtype, 1, p -> layers.create(D, H, p));
    }

    @ParameterizedTest
    @MethodSource("noisyLayers")
    void buffersServeEverySizeInTurnWithNoiseAndWithout(LayerFactory layers) {
        try (Built<Recurrent> reused = built(layers, Dtype.DOUBLE)) {
            for (Lengths lengths : List.of(
                    Lengths.full(2, 2), UNEQUAL, Lengths.full(1, 1), Lengths.of(7, 2, 1, 6), Lengths.full(3, 2))) {
                LayerCase pass = random(reused.layer(), lengths);
                for (LayerCase each : List.of(pass, pass.withNoise(SEED))) {
                    try (Built<Recurrent> fresh = built(layers, Dtype.DOUBLE)) {
                        assertClose(reused.outcome(each), fresh.outcome(each), CellCheck.EQUAL_TOLERANCE);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("noisyLayers")
    void aFloatRunAgreesWithTheDoubleOne(LayerFactory layers) {
        try (Built<Recurrent> exact = built(layers, Dtype.DOUBLE);
                Built<Recurrent> single = built(layers, Dtype.FLOAT)) {
            LayerCase pass = random(exact.layer(), UNEQUAL).withNoise(SEED);
            LayerCase same = LayerCase.random(single.layer(), Dtype.FLOAT, UNEQUAL, Rng.seeded(2))
                    .withNoise(SEED);

            assertClose(single.outcome(same), exact.outcome(pass), CellCheck.FLOAT_TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("noisyLayers")
    void closeFreesWhatTheMasksNeeded(LayerFactory layers) {
        long before = Backend.held();
        Built<Recurrent> layer = built(layers, Dtype.DOUBLE);
        LayerCase pass = random(layer.layer(), UNEQUAL).withNoise(SEED);
        Map<String, double[]> first = layer.outcome(pass);
        layer.close();
        assertThat(Backend.held()).isEqualTo(before);

        assertClose(layer.outcome(pass), first, 0);
        layer.close();
        assertThat(Backend.held()).isEqualTo(before);
    }

    static List<Cell> cellsOfTheEngine() {
        return List.of(new LstmCell(H), resetBefore(), new ProjectedLstmCell(H, 3));
    }

    /**
     * Backward returns a gradient of the state, and views and small records take some hundred bytes; nothing is for a
     * step.
     */
    @ParameterizedTest
    @MethodSource("cellsOfTheEngine")
    void nothingIsAllocatedForATimeStep(Cell cell) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] bytes = new long[2];
        for (int i = 0; i < 2; i++) {
            Lengths lengths = i == 0 ? Lengths.of(20, 20, 7) : Lengths.of(120, 110, 7);
            try (Built<HoistedLayer> layer = engine(cell, ALL)) {
                LayerCase pass = random(layer.layer(), lengths);
                Noise noise = Noise.of(Rng.seeded(SEED));
                Sequence dH = Sequence.of(pass.dH());
                for (int k = 0; k < 900; k++) {
                    if (k == 600) {
                        bytes[i] = -threads.getThreadAllocatedBytes(
                                Thread.currentThread().getId());
                    }
                    Run run = layer.layer().forward(pass.x(), pass.s0(), new Pass(lengths, Trace.off(), noise));
                    layer.layer().backward(run, dH, pass.dLast());
                }
                bytes[i] +=
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            }
        }
        assertThat((bytes[1] - bytes[0]) / 300)
                .as("100 more steps: %d and %d bytes for 300 passes", bytes[0], bytes[1])
                .isLessThan(200);
    }

    @Test
    void aRateThatIsNoProbabilityIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RecurrentNoise(0, 0, 1, 0))
                .withMessage("RecurrentNoise: zoneout is 1.0, expected 0 (off) or more and below 1.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RecurrentNoise(0, Double.NaN, 0, 0))
                .withMessage("RecurrentNoise: weightDrop is NaN, expected 0 (off) or more and below 1.");
    }
}
