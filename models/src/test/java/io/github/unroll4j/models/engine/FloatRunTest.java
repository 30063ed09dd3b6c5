// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Step;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.CellCatalog;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Numbers;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A cell has one form of its equations: it runs in float as in double, somebody's own as the library's. */
class FloatRunTest {
    private static final String ALL = "io.github.unroll4j.models.testing.CellCatalog#all";
    /** Four steps of roundings of 6e-8. */
    private static final double FLOAT_TOLERANCE = 1e-5;

    private static final int D = 3;
    private static final int H = 4;

    /** A cell that remembers of what type the arrays are that it is shown. */
    private record Watched(Cell inner, Set<Dtype> shown) implements Cell {
        @Override
        public Layout layout() {
            return inner.layout();
        }

        @Override
        public void forward(Step s) {
            inner.forward(s);
            layout().state().forEach(part -> show(s.prev(part), s.next(part)));
            layout().units().forEach(unit -> show(s.p(unit)));
            for (Layout.Block block : layout().blocks()) {
                show(layout().isApart() ? s.zx(block) : s.z(block));
            }
        }

        @Override
        public void backward(Step s) {
            inner.backward(s);
            layout().state().forEach(part -> show(s.dNext(part), s.dPrev(part), s.d(part)));
            layout().units().forEach(unit -> show(s.dp(unit)));
            layout().saved().forEach(saved -> show(s.saved(saved), s.d(saved)));
            for (Layout.Block block : layout().blocks()) {
                show(layout().isApart() ? s.dzx(block) : s.dz(block), s.d(block));
            }
        }

        private void show(Vec... arrays) {
            Arrays.stream(arrays).map(Vec::dtype).forEach(shown::add);
        }
    }

    private static Built<? extends Recurrent> layer(Cell cell, Dtype dtype, boolean hoisted) {
        return hoisted
                ? Built.of(dtype, 1, p -> new HoistedLayer(cell, D, p))
                : Built.of(dtype, 1, p -> new Unrolled(cell, D, RecurrentNoise.NONE, p));
    }

    private static LayerCase pass(Recurrent layer, Dtype dtype) {
        return LayerCase.random(layer, dtype, Lengths.of(4, 4, 2), Rng.seeded(2));
    }

    /** The same numbers, which float can hold, in double. */
    private static LayerCase widened(LayerCase floats) {
        return new LayerCase(
                Sequence.of(widened(Numbers.of(floats.x()))),
                widened(floats.s0()),
                floats.lengths(),
                widened(floats.dH()),
                widened(floats.dLast()));
    }

    private static State widened(State state) {
        return new State(
                state.names(), state.parts().stream().map(FloatRunTest::widened).toList());
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
        for (boolean hoisted : new boolean[] {true, false}) {
            try (Built<? extends Recurrent> floats = layer(cell.make().apply(H), Dtype.FLOAT, hoisted);
                    Built<? extends Recurrent> doubles = layer(cell.make().apply(H), Dtype.DOUBLE, hoisted)) {
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
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void itIsShownArraysOfTheTypeOfTheWeightsAlone(CellCatalog.Entry cell) {
        for (Dtype dtype : Dtype.values()) {
            for (boolean hoisted : new boolean[] {true, false}) {
                Watched watched = new Watched(cell.make().apply(H), EnumSet.noneOf(Dtype.class));
                try (Built<? extends Recurrent> layer = layer(watched, dtype, hoisted)) {
                    layer.outcome(pass(layer.layer(), dtype));

                    assertThat(watched.shown).containsExactly(dtype);
                }
            }
        }
    }
}
