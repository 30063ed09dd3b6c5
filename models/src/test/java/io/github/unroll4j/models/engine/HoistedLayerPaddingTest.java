// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import static io.github.unroll4j.models.testing.Numbers.array;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.CellCatalog;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Numbers;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Neither what stands in the padding nor how much of it there is changes a bit. */
class HoistedLayerPaddingTest {
    private static final int D = 3;
    private static final RecurrentNoise NOISE = new RecurrentNoise(0.3, 0.3, 0.3, 0.3);

    /** How the input comes. */
    enum Input {
        IDS,
        DENSE,
        SLAB
    }

    /** One layer and one input, with as much padding as is asked for. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Setting(CellCatalog.Entry cell, Input input, Dtype dtype, RecurrentNoise noise, int[] lengths, long seed) {
        Built<HoistedLayer> layer() {
            return Built.of(dtype, seed, p -> new HoistedLayer(cell.make().apply(4), D, noise, p));
        }

        private int longest() {
            return Arrays.stream(lengths).max().orElse(0);
        }

        /** T steps, the numbers in the padding as given, and no loss at steps beyond {@code lossSteps}. */
        Map<String, double[]> outcome(Built<HoistedLayer> layer, int T, int lossSteps, double content) {
            Lengths all = Lengths.of(T, lengths);
            Tensor X = rows(Rng.seeded(seed), T, D, longest());
            Tensor dH = rows(Rng.seeded(seed + 1), T, 4, lossSteps);
            for (int i = 0; i < T * lengths.length; i++) {
                if (all.padded(i / lengths.length, i % lengths.length)) {
                    X.data().fill(i * D, D, content);
                }
            }
            try (NativeArray memory = NativeArray.allocate(dtype, X.data().length())) {
                LayerCase random = LayerCase.random(layer.layer(), dtype, input(X, memory), all, Rng.seeded(seed + 2));
                LayerCase pass = new LayerCase(random.x(), random.s0(), all, dH, stateGradient(layer));
                return layer.outcome(noise.equals(RecurrentNoise.NONE) ? pass : pass.withNoise(seed));
            }
        }

        private State stateGradient(Built<HoistedLayer> layer) {
            return Numbers.randomise(layer.layer().zeroState(lengths.length), Rng.seeded(seed + 3));
        }

        /** Random for some steps, zeros after them. */
        private Tensor rows(Rng rng, int T, int width, int steps) {
            Tensor rows = Tensor.zeros(dtype, T, lengths.length, width);
            Vec some = Numbers.random(dtype, rng, Math.max(1, steps), lengths.length, width)
                    .data();
            rows.data().copy(0, some, 0, steps * lengths.length * width);
            return rows;
        }

        private Sequence input(Tensor X, NativeArray memory) {
            int T = X.size(0);
            return switch (input) {
                case IDS -> Sequence.ids(ids(X.data(), T * lengths.length), T, lengths.length);
                case DENSE -> Sequence.of(X);
                case SLAB -> {
                    Slab slab = new Slab(memory.matrix(0, T * lengths.length, D), T, lengths.length);
                    slab.rows().put(X.data(), 0);
                    yield slab;
                }
            };
        }

        /** Ids from numbers: below D from a number of the normal distribution, out of range from any other. */
        private static int[] ids(Vec X, int count) {
            int[] ids = new int[count];
            Arrays.setAll(ids, i -> {
                double x = X.get(i * D);
                return Double.isNaN(x) ? -1 : Math.abs(x) > 100 ? (int) x : (int) (Math.abs(x) * 7) % D;
            });
            return ids;
        }

        @Override
        public String toString() {
            return cell + ", " + input + ", " + dtype + ", " + noise + ", lengths " + Arrays.toString(lengths)
                    + ", seed " + seed;
        }
    }

    @Provide
    Arbitrary<Setting> settings() {
        Arbitrary<int[]> lengths = Arbitraries.integers()
                .between(0, 5)
                .array(int[].class)
                .ofMinSize(1)
                .ofMaxSize(4);
        return Combinators.combine(
                        Arbitraries.of(CellCatalog.all()),
                        Arbitraries.of(Input.values()),
                        Arbitraries.of(Dtype.values()),
                        Arbitraries.of(RecurrentNoise.NONE, NOISE),
                        lengths,
                        Arbitraries.longs())
                .as(Setting::new);
    }

    @Provide
    Arbitrary<Double> contents() {
        return Arbitraries.of(0.0, -2.5, 1e30, Double.NaN, Double.POSITIVE_INFINITY);
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void whatStandsInThePaddingIsNeverRead(
            @ForAll("settings") Setting setting, @ForAll("contents") double one, @ForAll("contents") double other) {
        try (Built<HoistedLayer> layer = setting.layer()) {
            int T = setting.longest() + 2;

            Map<String, double[]> expected = setting.outcome(layer, T, T, one);
            Map<String, double[]> found = setting.outcome(layer, T, T, other);

            expected.forEach((name, numbers) -> assertThat(found.get(name))
                    .as(name)
                    .doesNotContain(Double.NaN)
                    .isEqualTo(numbers));
        }
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void morePaddingChangesNothing(
            @ForAll("settings") Setting setting, @ForAll("contents") double content, @ForAll boolean reused) {
        int T = Math.max(1, setting.longest());
        int longer = T + 3;
        try (Built<HoistedLayer> one = setting.layer();
                Built<HoistedLayer> two = setting.layer()) {
            Map<String, double[]> expected = setting.outcome(one, T, T, 0);
            Map<String, double[]> found = setting.outcome(reused ? one : two, longer, T, content);

            expected.forEach((name, numbers) -> {
                double[] here = array(found, name);
                assertThat(Arrays.copyOf(here, numbers.length)).as(name).isEqualTo(numbers);
                if (name.equals("dX")) {
                    assertThat(Arrays.copyOfRange(here, numbers.length, here.length))
                            .containsOnly(0);
                }
            });
            double[] last = array(expected, "state after " + T + ": h");
            for (int t = T; t < longer; t++) {
                double[] H = array(found, "H");
                assertThat(Arrays.copyOfRange(H, t * last.length, (t + 1) * last.length))
                        .as("output %d", t)
                        .isEqualTo(last);
                assertThat(found.get("state after " + (t + 1) + ": h")).isEqualTo(last);
            }
            // and back: what the longer pass left behind is not seen
            setting.outcome(one, T, T, 0)
                    .forEach((name, numbers) -> assertThat(numbers).as(name).isEqualTo(expected.get(name)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void rowsOfLengthZeroPassTheStateThrough(Input input) {
        for (int T : List.of(1, 4)) {
            for (int B : List.of(1, 3)) {
                Setting setting = new Setting(
                        new CellCatalog.Entry("lstm", LstmCell::new), input, Dtype.DOUBLE, NOISE, new int[B], 7);
                try (Built<HoistedLayer> layer = setting.layer()) {
                    Map<String, double[]> all = setting.outcome(layer, T, T, Double.NaN);

                    double[] h0 = array(all, "state after 0: h");
                    assertThat(all.get("state after " + T + ": h")).isEqualTo(h0);
                    assertThat(all.get("state after " + T + ": c")).isEqualTo(all.get("state after 0: c"));
                    assertThat(Arrays.copyOfRange(array(all, "H"), (T - 1) * h0.length, T * h0.length))
                            .isEqualTo(h0);
                    assertThat(layer.parameters().gradients().toDoubles()).containsOnly(0);
                    if (input != Input.IDS) {
                        assertThat(all.get("dX")).containsOnly(0);
                    }
                    assertThat(all.get("gradient of s0: c"))
                            .isEqualTo(setting.stateGradient(layer)
                                    .part("c")
                                    .data()
                                    .toDoubles());
                }
            }
        }
    }

    @Test
    void aTraceShowsTheStateAndItsGradientThroughThePadding() {
        Lengths lengths = Lengths.of(5, 2, 1);
        try (Built<HoistedLayer> layer = Built.engine(new LstmCell(4), D)) {
            LayerCase pass = LayerCase.random(layer.layer(), Dtype.DOUBLE, lengths, Rng.seeded(1));
            Trace trace = Trace.on();
            Run run =
                    layer.layer().forward(pass.x(), pass.s0(), Pass.of(lengths).with(trace));
            layer.layer().backward(run, Sequence.of(pass.dH()), pass.dLast());

            for (int k = 0; k < 8; k++) {
                double dh = pass.dLast().h().data().get(k);
                for (int t = 4; t >= 2; t--) {
                    dh += pass.dH().data().get(t * 8 + k);
                    assertThat(trace.get("dh").data().get(t * 8 + k)).isEqualTo(dh);
                    assertThat(trace.get("c").data().get(t * 8 + k))
                            .isEqualTo(run.last().part("c").data().get(k));
                    assertThat(trace.get("dz.g").data().get(t * 8 + k)).isZero();
                }
            }
        }
    }
}
