// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import static io.github.unroll4j.models.testing.Numbers.array;
import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.management.ThreadMXBean;
import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeMemory;
import io.github.unroll4j.models.cell.PointwiseCell;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.lstm.LstmCell;
import io.github.unroll4j.models.rnn.RnnCell;
import io.github.unroll4j.models.sequence.PlainNoisyLayer.Fault;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.CellCatalog;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.RecurrentCheck;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Recurrent dropout, weight drop and zoneout in the engine. */
class RecurrentNoiseTest {
    private static final int D = 3;
    private static final int H = 4;
    private static final long SEED = 3;
    private static final Lengths UNEQUAL = Lengths.of(5, 4, 0, 3);
    private static final RecurrentNoise DROPOUT = new RecurrentNoise(0.4, 0, 0, 0);
    private static final RecurrentNoise WEIGHT_DROP = new RecurrentNoise(0, 0.4, 0, 0);
    private static final RecurrentNoise ALL = new RecurrentNoise(0.3, 0.2, 0.4, 0.3);
    private static final List<RecurrentNoise> NOISES = List.of(
            DROPOUT,
            WEIGHT_DROP,
            new RecurrentNoise(0, 0, 0.4, 0),
            new RecurrentNoise(0, 0, 0, 0.4),
            new RecurrentNoise(0, 0, 0.3, 0.5),
            ALL);

    private static Built<HoistedLayer> engine(PointwiseCell cell, RecurrentNoise noise) {
        return Built.of(Dtype.DOUBLE, 1, p -> new HoistedLayer(cell, D, noise, p));
    }

    private static Built<PlainNoisyLayer> plain(PointwiseCell cell, RecurrentNoise noise, Fault fault) {
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
            try (Built<HoistedLayer> layer = engine(cell.make().apply(H), noise)) {
                LayerCase pass = random(layer.layer(), lengths);
                for (LayerCase each : List.of(pass, pass.withNoise(SEED))) {
                    RecurrentCheck.of(layer.layer(), layer.parameters(), each)
                            .full()
                            .require(CellCheck.GRADIENT_TOLERANCE);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cells")
    void equalsThePlainLoopWithTheSameMasks(CellCatalog.Entry cell, RecurrentNoise noise) {
        for (Lengths lengths : List.of(UNEQUAL, Lengths.full(4, 1), Lengths.full(1, 2))) {
            try (Built<HoistedLayer> layer = engine(cell.make().apply(H), noise);
                    Built<PlainNoisyLayer> plain = plain(cell.make().apply(H), noise, Fault.NONE)) {
                LayerCase pass = random(layer.layer(), lengths);
                for (LayerCase each : List.of(pass.withNoise(SEED), pass, pass.withNoise(SEED + 1))) {
                    assertClose(layer.outcome(each), plain.outcome(each), CellCheck.EQUAL_TOLERANCE);
                }
            }
        }
    }

    static Stream<Arguments> faults() {
        String allBefore = "lstm.W_x lstm.W_h lstm.b x h0 c0";
        return Stream.of(
                arguments(Fault.DROPOUT_FORGOTTEN, allBefore),
                arguments(Fault.WEIGHT_GRADIENT_OF_THE_WHOLE_H, "lstm.W_h"),
                arguments(Fault.WEIGHTS_THAT_WERE_NOT_USED, allBefore),
                arguments(Fault.WEIGHT_GRADIENT_NOT_MASKED, "lstm.W_h"),
                arguments(Fault.ZONEOUT_CARRY_LOST, allBefore),
                arguments(Fault.ZONEOUT_GRADIENT_WHOLE, allBefore),
                arguments(Fault.ZONEOUT_MASK_OF_ANOTHER_STEP, allBefore),
                arguments(Fault.ZONEOUT_MASK_OF_ANOTHER_PART, allBefore));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aWrongWayBackIsCaughtAndBlamedOnTheRightArrays(Fault fault, String wrong) {
        try (Built<PlainNoisyLayer> layer = plain(new LstmCell(H), ALL, fault)) {
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
        assertThat(faults().map(a -> a.get()[0]))
                .containsExactlyElementsOf(Arrays.stream(Fault.values())
                        .filter(f -> f != Fault.NONE)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void withoutNoiseDropoutAndWeightDropAreNotThere(Dtype dtype) {
        RecurrentNoise both = new RecurrentNoise(0.5, 0.5, 0, 0);
        try (Built<HoistedLayer> layer = Built.of(dtype, 1, p -> new HoistedLayer(new LstmCell(H), D, both, p));
                Built<HoistedLayer> bare = Built.of(dtype, 1, p -> new HoistedLayer(new LstmCell(H), D, p))) {
            LayerCase pass = LayerCase.random(layer.layer(), dtype, UNEQUAL, Rng.seeded(2));
            Map<String, double[]> expected = bare.outcome(pass);

            assertClose(layer.outcome(pass), expected, 0);
            assertThat(array(layer.outcome(pass.withNoise(SEED)), "H")).isNotEqualTo(expected.get("H"));
            assertClose(layer.outcome(pass), expected, 0);
        }
    }

    @Test
    void ratesOfZeroDrawNothing() {
        try (Built<HoistedLayer> layer = engine(new LstmCell(H), RecurrentNoise.NONE)) {
            LayerCase pass = random(layer.layer(), UNEQUAL);
            Rng rng = Rng.seeded(SEED);
            Run run =
                    layer.layer().forward(pass.x(), pass.s0(), Pass.of(UNEQUAL).with(Noise.of(rng)));

            assertThat(run.H().toTensor().data().toDoubles()).isEqualTo(array(layer.outcome(pass), "H"));
            assertThat(rng.nextDouble()).isEqualTo(Rng.seeded(SEED).nextDouble());
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

    @Test
    void buffersServeEverySizeInTurnWithNoiseAndWithout() {
        try (Built<HoistedLayer> reused = engine(new LstmCell(H), ALL)) {
            for (Lengths lengths : List.of(
                    Lengths.full(2, 2), UNEQUAL, Lengths.full(1, 1), Lengths.of(7, 2, 1, 6), Lengths.full(3, 2))) {
                LayerCase pass = random(reused.layer(), lengths);
                for (LayerCase each : List.of(pass, pass.withNoise(SEED))) {
                    try (Built<HoistedLayer> fresh = engine(new LstmCell(H), ALL)) {
                        assertClose(reused.outcome(each), fresh.outcome(each), CellCheck.EQUAL_TOLERANCE);
                    }
                }
            }
        }
    }

    @Test
    void aFloatRunAgreesWithTheDoubleOne() {
        try (Built<HoistedLayer> exact = engine(new LstmCell(H), ALL);
                Built<HoistedLayer> single =
                        Built.of(Dtype.FLOAT, 1, p -> new HoistedLayer(new LstmCell(H), D, ALL, p))) {
            LayerCase pass = random(exact.layer(), UNEQUAL).withNoise(SEED);
            LayerCase same = LayerCase.random(single.layer(), Dtype.FLOAT, UNEQUAL, Rng.seeded(2))
                    .withNoise(SEED);

            assertClose(single.outcome(same), exact.outcome(pass), CellCheck.FLOAT_TOLERANCE);
        }
    }

    @Test
    void closeFreesWhatTheMasksNeeded() {
        long before = NativeMemory.held();
        Built<HoistedLayer> layer = engine(new LstmCell(H), ALL);
        LayerCase pass = random(layer.layer(), UNEQUAL).withNoise(SEED);
        Map<String, double[]> first = layer.outcome(pass);
        layer.close();
        assertThat(NativeMemory.held()).isEqualTo(before);

        assertClose(layer.outcome(pass), first, 0);
        layer.close();
        assertThat(NativeMemory.held()).isEqualTo(before);
    }

    /** Backward returns a gradient of the state, and views and small records take some hundred bytes; nothing is for a step. */
    @Test
    void nothingIsAllocatedForATimeStep() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] bytes = new long[2];
        for (int i = 0; i < 2; i++) {
            Lengths lengths = i == 0 ? Lengths.of(20, 20, 7) : Lengths.of(120, 110, 7);
            try (Built<HoistedLayer> layer = engine(new LstmCell(H), ALL)) {
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
