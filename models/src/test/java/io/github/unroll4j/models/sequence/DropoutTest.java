// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import static io.github.unroll4j.models.testing.Numbers.array;
import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.sequence.Dropout.Mask;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Numbers;
import io.github.unroll4j.models.testing.RecurrentCheck;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DropoutTest {
    private static final int D = 3;
    private static final int H = 4;
    private static final int B = 3;
    private static final double RATE = 0.4;
    private static final Lengths UNEQUAL = Lengths.of(5, 5, 0, 2);

    static Stream<Arguments> kinds() {
        return Stream.of(true, false)
                .flatMap(before -> Arrays.stream(Mask.values()).map(mask -> arguments(before, mask)));
    }

    private static Built<Dropout> built(boolean before, Mask mask) {
        return Built.of(Dtype.DOUBLE, 1, p -> {
            HoistedLayer layer = new HoistedLayer(new LstmCell(H), D, p);
            return before ? Dropout.before(layer, RATE, mask) : Dropout.after(layer, RATE, mask);
        });
    }

    private static LayerCase random(Recurrent layer, Lengths lengths) {
        return LayerCase.random(layer, Dtype.DOUBLE, lengths, Rng.seeded(2));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void gradientsAreRight(boolean before, Mask mask) {
        try (Built<Dropout> layer = built(before, mask)) {
            for (Lengths lengths : new Lengths[] {Lengths.full(1, 1), Lengths.full(3, 2), UNEQUAL}) {
                LayerCase pass = random(layer.layer(), lengths);
                for (LayerCase each : new LayerCase[] {pass, pass.withNoise(3)}) {
                    RecurrentCheck.of(layer.layer(), layer.parameters(), each)
                            .full()
                            .require(CellCheck.GRADIENT_TOLERANCE);
                }
            }
        }
    }

    /** The masks as they are drawn: step by step, row by row, real steps only. */
    private static Tensor masks(Mask mask, int width, long seed) {
        Noise noise = Noise.of(Rng.seeded(seed));
        Tensor masks = Tensor.zeros(Dtype.DOUBLE, UNEQUAL.steps(), B, width);
        Vec m = masks.data();
        m.fill(0, m.length(), 1);
        for (int t = 0; t < UNEQUAL.steps(); t++) {
            for (int b = 0; b < B; b++) {
                int at = (t * B + b) * width;
                if (!UNEQUAL.padded(t, b) && (t == 0 || mask == Mask.PER_STEP)) {
                    noise.dropout(b, m, at, width, RATE);
                } else if (!UNEQUAL.padded(t, b)) {
                    m.copy(at, m, b * width, width);
                }
            }
        }
        return masks;
    }

    @ParameterizedTest
    @EnumSource
    void aMaskBeforeIsAnInputAndAnInputGradientThatAreMultiplied(Mask mask) {
        try (Built<Dropout> layer = built(true, mask);
                Built<HoistedLayer> bare = Built.engine(new LstmCell(H), D)) {
            LayerCase pass = random(layer.layer(), UNEQUAL);
            Tensor m = masks(mask, D, 3);
            Tensor X = Numbers.of(pass.x()).copy();
            X.data().multiply(0, m.data(), 0, m.data().length());
            Map<String, double[]> expected =
                    bare.outcome(new LayerCase(Sequence.of(X), pass.s0(), UNEQUAL, pass.dH(), pass.dLast()));
            multiply(array(expected, "dX"), m);

            assertClose(layer.outcome(pass.withNoise(3)), expected, 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMaskAfterIsAnOutputAndAnOutputGradientThatAreMultiplied(Mask mask) {
        try (Built<Dropout> layer = built(false, mask);
                Built<HoistedLayer> bare = Built.engine(new LstmCell(H), D)) {
            LayerCase pass = random(layer.layer(), UNEQUAL);
            Tensor m = masks(mask, H, 3);
            Tensor dF = pass.dH().copy();
            dF.data().multiply(0, m.data(), 0, m.data().length());
            Map<String, double[]> expected =
                    bare.outcome(new LayerCase(pass.x(), pass.s0(), UNEQUAL, dF, pass.dLast()));
            multiply(array(expected, "H"), m);

            assertClose(layer.outcome(pass.withNoise(3)), expected, 0);
        }
    }

    private static void multiply(double[] numbers, Tensor m) {
        for (int k = 0; k < numbers.length; k++) {
            numbers[k] *= m.data().get(k);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void withoutNoiseItIsTheLayerItself(boolean before, Mask mask) {
        try (Built<Dropout> layer = built(before, mask);
                Built<Dropout> zeroRate = Built.of(
                        Dtype.DOUBLE,
                        1,
                        p -> Dropout.before(new HoistedLayer(new LstmCell(H), D, p), 0, Mask.PER_STEP));
                Built<HoistedLayer> bare = Built.engine(new LstmCell(H), D)) {
            LayerCase pass = random(layer.layer(), UNEQUAL);
            Map<String, double[]> expected = bare.outcome(pass);
            long ofBare = SlabCopies.in(bare.layer());
            long held = Backend.held();
            assertClose(layer.outcome(pass), expected, 0);
            long forTheLayer = Backend.held() - held;
            assertClose(zeroRate.outcome(pass.withNoise(3)), expected, 0);

            assertThat(Backend.held() - held).as("nothing is held").isEqualTo(2 * forTheLayer);
            assertThat(ofBare).isPositive();
            assertThat(SlabCopies.in(layer.layer()))
                    .as("nothing else is copied")
                    .isEqualTo(ofBare);
            assertThat(SlabCopies.in(zeroRate.layer()))
                    .as("nothing else is copied")
                    .isEqualTo(ofBare);
            assertThat(layer.outcome(pass.withNoise(3)).get("H")).isNotEqualTo(expected.get("H"));
        }
    }

    @Test
    void atRateZeroNothingIsDrawn() {
        try (Built<Dropout> layer = Built.of(
                Dtype.DOUBLE, 1, p -> Dropout.after(new HoistedLayer(new LstmCell(H), D, p), 0, Mask.PER_STEP))) {
            LayerCase pass = random(layer.layer(), UNEQUAL);
            Noise noise = Noise.of(Rng.seeded(4));

            layer.layer().forward(pass.x(), pass.s0(), Pass.of(UNEQUAL).with(noise));

            Noise fresh = Noise.of(Rng.seeded(4));
            for (int b = 0; b < B; b++) {
                assertThat(noise.uniform(b)).isEqualTo(fresh.uniform(b));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void neitherContentNorAmountOfPaddingMatters(boolean before, Mask mask) {
        try (Built<Dropout> layer = built(before, mask)) {
            LayerCase pass = random(layer.layer(), UNEQUAL).withNoise(3);
            Map<String, double[]> clean = layer.outcome(pass);
            Rng rng = Rng.seeded(3);
            layer.layer().forward(pass.x(), pass.s0(), Pass.of(UNEQUAL).with(Noise.of(rng)));
            for (int row = 0; row < UNEQUAL.steps() * B; row++) {
                if (UNEQUAL.padded(row / B, row % B)) {
                    Numbers.of(pass.x()).data().fill(row * D, D, Double.NaN);
                }
            }
            assertClose(layer.outcome(pass), clean, 0);

            Tensor longer = Tensor.zeros(Dtype.DOUBLE, 9, B, D);
            longer.data().copy(0, Numbers.of(pass.x()).data(), 0, 5 * B * D);
            Rng again = Rng.seeded(3);
            Run run = layer.layer()
                    .forward(
                            Sequence.of(longer),
                            pass.s0(),
                            Pass.of(Lengths.of(9, 5, 0, 2)).with(Noise.of(again)));
            assertThat(again.saveState()).as("draws").isEqualTo(rng.saveState());
            double[] more = run.H().toTensor().data().toDoubles();
            assertClose("H", Arrays.copyOf(more, 5 * B * H), array(clean, "H"), CellCheck.EQUAL_TOLERANCE);
        }
    }

    @Test
    void aMaskPerSequenceIsOneMaskAndOnePerStepIsNot() {
        for (Mask mask : Mask.values()) {
            try (Built<Dropout> layer = built(false, mask)) {
                Lengths full = Lengths.full(8, 2);
                LayerCase pass = random(layer.layer(), full).withNoise(5);
                double[] h = array(layer.outcome(pass), "H");
                boolean same = true;
                for (int k = 0; k < h.length; k++) {
                    same &= (h[k] == 0) == (h[k % (2 * H)] == 0);
                }
                assertThat(same).as(mask.name()).isEqualTo(mask == Mask.PER_SEQUENCE);
            }
        }
    }

    @Test
    void theMeanOverManyMasksIsTheOutputWithout() {
        try (Built<Dropout> layer = built(false, Mask.PER_STEP)) {
            LayerCase pass = random(layer.layer(), Lengths.full(1, 1));
            double[] expected = array(layer.outcome(pass), "H");
            double[] mean = new double[H];
            int n = 4000;
            for (int i = 0; i < n; i++) {
                double[] h = array(layer.outcome(pass.withNoise(i)), "H");
                Arrays.setAll(mean, k -> mean[k] + h[k] / n);
            }
            for (int k = 0; k < H; k++) { // a mask has the variance rate/(1-rate); five standard errors
                double fiveErrors = 5 * Math.abs(expected[k]) * Math.sqrt(RATE / (1 - RATE) / n);
                assertThat(mean[k]).isCloseTo(expected[k], within(fiveErrors));
            }
        }
    }

    @Test
    void idsAreRefusedBeforeAndTakenAfter() {
        Sequence ids = Sequence.ids(new int[] {2, 0}, 2, 1);
        try (Built<Dropout> before = built(true, Mask.PER_STEP);
                Built<Dropout> after = built(false, Mask.PER_STEP)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> before.layer().forward(ids, before.layer().zeroState(1)))
                    .withMessage("Dropout.before(HoistedLayer(lstm)).forward: the input is token ids, expected numbers"
                            + " [T,B,D]; dropping tokens is the Embedding's rowDropout.");
            LayerCase pass = LayerCase.random(after.layer(), Dtype.DOUBLE, ids, Lengths.full(2, 1), Rng.seeded(6));
            assertThat(after.outcome(pass.withNoise(7))).doesNotContainKey("dX");
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void memoryIsKeptWhenTheStepsGrowFewerAndFreedByClose(boolean before, Mask mask) {
        long start = Backend.held();
        Built<Dropout> layer = built(before, mask);
        layer.outcome(random(layer.layer(), Lengths.full(6, 2)).withNoise(8));
        long held = Backend.held();
        for (int T = 1; T <= 6; T++) {
            layer.outcome(random(layer.layer(), Lengths.full(T, 2)).withNoise(8));
            assertThat(Backend.held()).isEqualTo(held);
        }

        layer.close();
        layer.close();

        assertThat(Backend.held()).isEqualTo(start).isLessThan(held);
    }

    @Test
    void badRatesShapesAndRunsAreNamed() {
        try (Built<HoistedLayer> bare = Built.engine(new LstmCell(H), D);
                Built<Dropout> before = built(true, Mask.PER_STEP);
                Built<Dropout> after = built(false, Mask.PER_STEP)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Dropout.after(bare.layer(), 1, Mask.PER_STEP))
                    .withMessageStartingWith("Dropout.after: rate is 1.0, expected 0");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Dropout.before(bare.layer(), Double.NaN, Mask.PER_STEP))
                    .withMessageStartingWith("Dropout.before: rate is NaN");

            Pass noisy = Pass.full(2, 1).with(Noise.of(Rng.seeded(1)));
            Sequence wide = Sequence.of(Tensor.zeros(Dtype.DOUBLE, 2, 1, 5));
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> before.layer().forward(wide, before.layer().zeroState(1), noisy))
                    .withMessageStartingWith("Dropout.before(HoistedLayer(lstm)).forward: X is [2, 1, 5]");
            Sequence right = Sequence.of(Tensor.zeros(Dtype.DOUBLE, 2, 1, D));
            Run run = after.layer().forward(right, after.layer().zeroState(1), noisy);
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            after.layer().backward(run, wide, after.layer().zeroState(1)))
                    .withMessageStartingWith("Dropout.after(HoistedLayer(lstm)).backward: dH is [2, 1, 5]");
            after.layer().forward(right, after.layer().zeroState(1));
            assertThatIllegalStateException()
                    .isThrownBy(run::last)
                    .withMessageStartingWith("Dropout.after(HoistedLayer(lstm)): a run was used after");
            assertThat(after.layer().outputSize()).isEqualTo(H);
            assertThat(before.layer().inputSize()).isEqualTo(D);
        }
    }

    @Test
    void whatNeedsTheWholeSequenceIsNotRunStepByStep() {
        try (Built<Dropout> layer = Built.of(
                Dtype.DOUBLE,
                1,
                p -> Dropout.after(
                        new Bidirectional(
                                new HoistedLayer(new RnnCell(D), D, p.scope("a")),
                                new HoistedLayer(new RnnCell(D), D, p.scope("b")),
                                Bidirectional.Merge.SUM),
                        0.4,
                        Mask.PER_STEP))) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> layer.layer().begin(layer.layer().zeroState(1), Pass.full(2, 1)))
                    .withMessage(
                            "Bidirectional(HoistedLayer(rnn), HoistedLayer(rnn)) cannot be run step by step; it needs"
                                    + " the whole sequence.");
        }
    }
}
