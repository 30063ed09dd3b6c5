// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.PointwiseCell;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.CellCatalog;
import io.github.unroll4j.models.testing.LayerCase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A cell without a float form runs in float layers: its inputs are widened, its results rounded. */
class WideningTest {
    private static final String ALL = "io.github.unroll4j.models.testing.CellCatalog#all";
    /** Four steps of roundings of 6e-8. */
    private static final double FLOAT_TOLERANCE = 1e-5;

    private static final int D = 3;
    private static final int H = 4;

    /** A cell that hides its float form, if it has one, and remembers what it was shown. */
    private static final class DoubleOnly implements PointwiseCell {
        private final PointwiseCell inner;
        private final List<double[]> shown = new ArrayList<>();

        DoubleOnly(PointwiseCell inner) {
            this.inner = inner;
        }

        @Override
        public CellSpec spec() {
            return inner.spec();
        }

        @Override
        public int hidden() {
            return inner.hidden();
        }

        @Override
        public void forward(DoubleStep s) {
            for (double[][] arrays : List.of(s.z, s.zx, s.zh, s.prev, s.p)) {
                Arrays.stream(arrays).map(double[]::clone).forEach(shown::add);
            }
            inner.forward(s);
        }

        @Override
        public void backward(DoubleStep s) {
            for (double[][] arrays : List.of(s.prev, s.next, s.saved, s.p, s.dNext)) {
                Arrays.stream(arrays).map(double[]::clone).forEach(shown::add);
            }
            inner.backward(s);
        }
    }

    private static Built<HoistedLayer> layer(PointwiseCell cell, Dtype dtype) {
        return Built.of(dtype, 1, p -> new HoistedLayer(cell, D, p));
    }

    private static LayerCase pass(Recurrent layer, Dtype dtype) {
        return LayerCase.random(layer, dtype, Lengths.of(4, 4, 2), Rng.seeded(2));
    }

    /** The same numbers, which float can hold, in double. */
    private static LayerCase widened(LayerCase floats) {
        return new LayerCase(
                Sequence.of(widened(((Sequence.Dense) floats.x()).X())),
                widened(floats.s0()),
                floats.lengths(),
                widened(floats.dH()),
                widened(floats.dLast()));
    }

    private static State widened(State state) {
        return new State(
                state.names(), state.parts().stream().map(WideningTest::widened).toList());
    }

    private static Tensor widened(Tensor tensor) {
        Tensor wide = Tensor.zeros(Dtype.DOUBLE, tensor.shape());
        for (int k = 0; k < wide.data().length(); k++) {
            wide.data().set(k, tensor.data().get(k));
        }
        return wide;
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void inFloatItGivesWhatItGivesInDouble(CellCatalog.Entry cell) {
        try (Built<HoistedLayer> floats = layer(new DoubleOnly(cell.make().apply(H)), Dtype.FLOAT);
                Built<HoistedLayer> doubles = layer(cell.make().apply(H), Dtype.DOUBLE)) {
            LayerCase pass = pass(floats.layer(), Dtype.FLOAT);
            for (int k = 0; k < floats.parameters().count(); k++) {
                doubles.parameters()
                        .values()
                        .set(k, floats.parameters().values().get(k));
            }
            doubles.parameters().changed();

            assertClose(floats.outcome(pass), doubles.outcome(widened(pass)), FLOAT_TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void itIsShownNumbersThatFloatCanHold(CellCatalog.Entry cell) {
        DoubleOnly watched = new DoubleOnly(cell.make().apply(H));
        try (Built<HoistedLayer> floats = layer(watched, Dtype.FLOAT)) {
            floats.outcome(pass(floats.layer(), Dtype.FLOAT));

            assertThat(watched.shown).isNotEmpty();
            for (double[] numbers : watched.shown) {
                assertThat(Arrays.stream(numbers).allMatch(x -> x == (float) x)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void hidingTheFloatFormKeepsTheContract(CellCatalog.Entry cell) {
        CellCheck.verify(() -> new DoubleOnly(cell.make().apply(4)));
    }
}
