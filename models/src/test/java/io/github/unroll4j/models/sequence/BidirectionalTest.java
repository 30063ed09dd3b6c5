// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.sequence.Bidirectional.Merge;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Numbers;
import io.github.unroll4j.models.testing.RecurrentCheck;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BidirectionalTest {
    private static final int D = 3;
    private static final Lengths UNEQUAL = Lengths.of(5, 5, 0, 3, 1);

    /** An LSTM of 4 units forward and a GRU backward, of 2 units where the outputs are put side by side. */
    private static Built<Bidirectional> built(Merge merge) {
        return built(merge, Dtype.DOUBLE);
    }

    private static Built<Bidirectional> built(Merge merge, Dtype dtype) {
        return Built.of(
                dtype,
                1,
                p -> new Bidirectional(
                        new HoistedLayer(new LstmCell(4), D, p.scope("fwd")),
                        new HoistedLayer(new GruCell(merge == Merge.CONCAT ? 2 : 4), D, p.scope("bwd")),
                        merge));
    }

    @ParameterizedTest
    @EnumSource
    void gradientsAreRight(Merge merge) {
        try (Built<Bidirectional> layer = built(merge)) {
            for (Lengths lengths : new Lengths[] {Lengths.full(1, 1), Lengths.full(4, 2), UNEQUAL}) {
                RecurrentCheck.of(layer.layer(), layer.parameters(), lengths, 2)
                        .full()
                        .require(CellCheck.GRADIENT_TOLERANCE);
            }
        }
    }

    // Each row alone, cut to its length, its input reversed by hand: no lengths are involved on this side.
    @ParameterizedTest
    @EnumSource
    void everyRowIsReadFromBothItsEnds(Merge merge) {
        try (Built<Bidirectional> layer = built(merge);
                Built<HoistedLayer> forward = direction(layer, new LstmCell(4), 0);
                Built<HoistedLayer> backward = direction(
                        layer,
                        new GruCell(merge == Merge.CONCAT ? 2 : 4),
                        forward.parameters().count())) {
            LayerCase pass = LayerCase.random(layer.layer(), Dtype.DOUBLE, UNEQUAL, Rng.seeded(3));
            Run run = layer.layer().forward(pass.x(), pass.s0(), Pass.of(UNEQUAL));
            Tensor H = run.H().toTensor();
            State last = run.last();
            for (int b = 0; b < UNEQUAL.batch(); b++) {
                int n = UNEQUAL.of(b);
                State s0 = row(pass.s0(), b);
                double[] f = last(s0.scope("fwd"));
                double[] r = last(s0.scope("bwd"));
                if (n > 0) {
                    Tensor x = steps(Numbers.of(pass.x()), b, n);
                    Run one = forward.layer().forward(Sequence.of(x), s0.scope("fwd"));
                    Run two = backward.layer().forward(Sequence.of(reversed(x)), s0.scope("bwd"));
                    Tensor F = one.H().toTensor();
                    Tensor R = reversed(two.H().toTensor());
                    for (int t = 0; t < n; t++) {
                        assertClose(
                                "H", at(H, t, b), merged(merge, at(F, t, 0), at(R, t, 0)), CellCheck.EQUAL_TOLERANCE);
                    }
                    f = one.last().h().data().toDoubles();
                    r = two.last().h().data().toDoubles();
                }
                for (int t = n; t < UNEQUAL.steps(); t++) {
                    assertClose("padded H", at(H, t, b), merged(merge, f, r), CellCheck.EQUAL_TOLERANCE);
                }
                assertClose("fwd.h", last(row(last, b).scope("fwd")), f, CellCheck.EQUAL_TOLERANCE);
                assertClose("bwd.h", last(row(last, b).scope("bwd")), r, CellCheck.EQUAL_TOLERANCE);
            }
        }
    }

    /** One direction alone, with the values that it has in the whole, from {@code offset} on. */
    private static Built<HoistedLayer> direction(Built<Bidirectional> whole, Cell cell, int offset) {
        Built<HoistedLayer> alone = Built.engine(cell, D);
        alone.parameters()
                .values()
                .copy(0, whole.parameters().values(), offset, alone.parameters().count());
        alone.parameters().changed();
        return alone;
    }

    private static double[] merged(Merge merge, double[] f, double[] r) {
        double[] h = Arrays.copyOf(f, merge == Merge.CONCAT ? f.length + r.length : f.length);
        for (int k = 0; k < r.length; k++) {
            switch (merge) {
                case CONCAT -> h[f.length + k] = r[k];
                case SUM -> h[k] = f[k] + r[k];
                case MEAN -> h[k] = (f[k] + r[k]) / 2;
            }
        }
        return h;
    }

    private static double[] last(State state) {
        return state.h().data().toDoubles();
    }

    private static State row(State state, int b) {
        return new State(
                state.names(),
                state.parts().stream()
                        .map(part -> {
                            Tensor one = Tensor.zeros(part.dtype(), 1, part.size(1));
                            one.data().copy(0, part.data(), b * part.size(1), part.size(1));
                            return one;
                        })
                        .toList());
    }

    private static double[] at(Tensor X, int t, int b) {
        int from = (t * X.size(1) + b) * X.size(2);
        return Arrays.copyOfRange(X.data().toDoubles(), from, from + X.size(2));
    }

    private static Tensor steps(Tensor X, int b, int n) {
        Tensor row = Tensor.zeros(X.dtype(), n, 1, X.size(2));
        for (int t = 0; t < n; t++) {
            row.data().copy(t * X.size(2), X.data(), (t * X.size(1) + b) * X.size(2), X.size(2));
        }
        return row;
    }

    private static Tensor reversed(Tensor row) {
        Tensor turned = row.copy();
        for (int t = 0; t < row.size(0); t++) {
            turned.data().copy((row.size(0) - 1 - t) * row.size(2), row.data(), t * row.size(2), row.size(2));
        }
        return turned;
    }

    @ParameterizedTest
    @EnumSource
    void idsAreOneHotRows(Merge merge) {
        try (Built<Bidirectional> layer = built(merge)) {
            Sequence.Ids ids = (Sequence.Ids) LayerCase.randomIds(layer.layer(), UNEQUAL, Rng.seeded(4));
            Tensor oneHot = Tensor.zeros(Dtype.DOUBLE, 5, 4, D);
            for (int k = 0; k < ids.ids().length; k++) {
                oneHot.data().set(k * D + ids.ids()[k], 1);
                if (UNEQUAL.padded(k / 4, k % 4)) {
                    ids.ids()[k] = -7; // anything may stand there
                }
            }
            LayerCase dense =
                    LayerCase.random(layer.layer(), Dtype.DOUBLE, Sequence.of(oneHot), UNEQUAL, Rng.seeded(5));
            LayerCase sparse = new LayerCase(ids, dense.s0(), UNEQUAL, dense.dH(), dense.dLast());

            Map<String, double[]> expected = layer.outcome(dense);
            expected.remove("dX");
            assertClose(layer.outcome(sparse), expected, CellCheck.EQUAL_TOLERANCE);
        }
    }

    @Test
    void aSlabIsReadAsItsCopyIsAndNothingInThePaddingIs() {
        try (Built<Bidirectional> layer = built(Merge.CONCAT);
                Built<HoistedLayer> below = Built.engine(new RnnCell(D), 2)) {
            LayerCase low = LayerCase.random(below.layer(), Dtype.DOUBLE, UNEQUAL, Rng.seeded(6));
            Run lower = below.layer().forward(low.x(), low.s0(), Pass.of(UNEQUAL));
            Tensor copy = lower.H().toTensor();
            for (int row = 0; row < 20; row++) {
                if (UNEQUAL.padded(row / 4, row % 4)) {
                    copy.data().fill(row * D, D, Double.NaN);
                }
            }
            LayerCase borrowed = LayerCase.random(layer.layer(), Dtype.DOUBLE, lower.H(), UNEQUAL, Rng.seeded(7));
            LayerCase soiled =
                    new LayerCase(Sequence.of(copy), borrowed.s0(), UNEQUAL, borrowed.dH(), borrowed.dLast());

            assertClose(layer.outcome(soiled), layer.outcome(borrowed), CellCheck.EQUAL_TOLERANCE);
        }
    }

    @Test
    void everySizeInTurnGivesWhatFreshMemoryGives() {
        try (Built<Bidirectional> reused = built(Merge.MEAN)) {
            for (Lengths lengths : new Lengths[] {
                Lengths.full(4, 2), UNEQUAL, Lengths.full(2, 4), Lengths.of(3, 1, 3), Lengths.full(6, 1)
            }) {
                try (Built<Bidirectional> fresh = built(Merge.MEAN)) {
                    LayerCase pass = LayerCase.random(fresh.layer(), Dtype.DOUBLE, lengths, Rng.seeded(8));
                    assertClose(reused.outcome(pass), fresh.outcome(pass), 0);
                }
            }
        }
    }

    @Test
    void memoryIsKeptWhenTheStepsGrowFewerAndFreedByClose() {
        long before = Backend.held();
        Built<Bidirectional> layer = built(Merge.SUM, Dtype.FLOAT);
        layer.outcome(LayerCase.random(layer.layer(), Dtype.FLOAT, Lengths.full(6, 2), Rng.seeded(9)));
        long held = Backend.held();
        assertThat(held).isGreaterThan(before);
        for (int T = 1; T <= 6; T++) {
            layer.outcome(LayerCase.random(layer.layer(), Dtype.FLOAT, Lengths.full(T, 2), Rng.seeded(10)));
            assertThat(Backend.held()).isEqualTo(held);
        }

        layer.close();
        layer.close();

        assertThat(Backend.held()).isEqualTo(before);
    }

    @Test
    void bothDirectionsAreTracedInTheirOwnOrder() {
        try (Built<Bidirectional> layer = built(Merge.CONCAT)) {
            LayerCase pass = LayerCase.random(layer.layer(), Dtype.DOUBLE, UNEQUAL, Rng.seeded(11));
            Trace trace = Trace.on();
            Run run =
                    layer.layer().forward(pass.x(), pass.s0(), Pass.of(UNEQUAL).with(trace));
            layer.layer().backward(run, Sequence.of(pass.dH()), pass.dLast());

            assertThat(trace.names()).contains("fwd.z.i", "fwd.c", "fwd.dc", "bwd.zx.r", "bwd.h", "bwd.dh");
            Tensor H = run.H().toTensor();
            for (int t = 0; t < 3; t++) { // row 2 has 3 steps
                assertThat(at(trace.get("bwd.h"), t, 2))
                        .isEqualTo(Arrays.copyOfRange(at(H, 2 - t, 2), 4, 6))
                        .isEqualTo(Arrays.copyOfRange(
                                run.state(t + 1).part("bwd.h").data().toDoubles(), 4, 6));
                assertThat(at(trace.get("fwd.h"), t, 2)).isEqualTo(Arrays.copyOf(at(H, t, 2), 4));
            }
        }
    }

    @Test
    void sizesAndStatesAreThoseOfTheDirections() {
        try (Built<Bidirectional> layer = built(Merge.CONCAT)) {
            assertThat(layer.layer().name()).isEqualTo("Bidirectional(HoistedLayer(lstm), HoistedLayer(gru))");
            assertThat(layer.layer().inputSize()).isEqualTo(D);
            assertThat(layer.layer().outputSize()).isEqualTo(6);
            State zero = layer.layer().zeroState(2);
            assertThat(zero.names()).containsExactly("fwd.h", "fwd.c", "bwd.h");
            assertThat(zero.part("bwd.h").shape()).containsExactly(2, 2);
        }
    }

    @Test
    void anUnfitPairIsRefused() {
        Parameters.Builder p = Parameters.builder();
        HoistedLayer layer = new HoistedLayer(new RnnCell(4), 3, p.scope("a"));
        HoistedLayer wider = new HoistedLayer(new RnnCell(5), 3, p.scope("b"));
        HoistedLayer other = new HoistedLayer(new RnnCell(4), 2, p.scope("c"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Bidirectional(layer, layer, Merge.SUM))
                .withMessage(
                        "Bidirectional: forward and backward are the same object, HoistedLayer(rnn), expected two; a"
                                + " layer holds one run at a time.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Bidirectional(layer, other, Merge.CONCAT))
                .withMessage("Bidirectional: forward and backward take rows of 3 and 2, expected equal sizes.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Bidirectional(layer, wider, Merge.MEAN))
                .withMessage(
                        "Bidirectional: forward and backward give rows of 4 and 5, expected equal sizes; only CONCAT"
                                + " joins different ones.");
    }

    @Test
    void wrongStatesGradientsAndRunsAreNamed() {
        try (Built<Bidirectional> layer = built(Merge.CONCAT);
                Built<HoistedLayer> single = Built.engine(new LstmCell(4), D)) {
            LayerCase pass = LayerCase.random(layer.layer(), Dtype.DOUBLE, Lengths.full(2, 2), Rng.seeded(12));

            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> layer.layer().forward(pass.x(), single.layer().zeroState(2)))
                    .withMessageContainingAll("Bidirectional(", "parts [h, c]", "expected parts fwd.… and bwd.…");
            Run first = layer.layer().forward(pass.x(), pass.s0());
            Tensor narrow = Tensor.zeros(Dtype.DOUBLE, 2, 2, 4);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> layer.layer().backward(first, Sequence.of(narrow), pass.dLast()))
                    .withMessageContainingAll("Bidirectional(", ".backward: dH is [2, 2, 4]", "H=6");
            layer.layer().forward(pass.x(), pass.s0());
            assertThatIllegalStateException()
                    .isThrownBy(first::H)
                    .withMessageStartingWith("Bidirectional(HoistedLayer(lstm), HoistedLayer(gru)): a run was used");
        }
    }
}
