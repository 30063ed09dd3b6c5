// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Row;
import io.github.unroll4j.models.testing.Rows;
import io.github.unroll4j.models.testing.Textbook;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MinimalGatedCellTest {
    private static final int D = 3;
    private static final int H = 5;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9})
    void keepsTheContractOfACell(int hidden) {
        CellCheck.verify(() -> new MinimalGatedCell(hidden));
    }

    private static Row gate(Textbook w, Row x, Row h_prev) {
        return x.into(w.matrix("mgu.W_x", 0, H))
                .plus(h_prev.into(w.matrix("mgu.W_h", 0, H)))
                .plus(w.vector("mgu.b", 0, H))
                .sigmoid();
    }

    private static Rows update(Textbook w, Row x, Row h_prev, Row f, Row recurrent) {
        Row n = x.into(w.matrix("mgu.W_x", 1, H))
                .plus(recurrent)
                .plus(w.vector("mgu.b", 1, H))
                .tanh();
        return Rows.of(f.fromOne().times(h_prev).plus(f.times(n)));
    }

    /** Zhou et al. (2016), but f after the product. */
    private static Rows resetAfter(Textbook w, Row x, Rows prev) {
        Row h_prev = prev.h();
        Row f = gate(w, x, h_prev);
        return update(w, x, h_prev, f, f.times(h_prev.into(w.matrix("mgu.W_h", 1, H))));
    }

    /** Zhou et al. (2016) to the letter. */
    private static Rows resetBefore(Textbook w, Row x, Rows prev) {
        Row h_prev = prev.h();
        Row f = gate(w, x, h_prev);
        return update(w, x, h_prev, f, f.times(h_prev).into(w.matrix("mgu.W_h", 1, H)));
    }

    @Test
    void equalsTheTextbookInOutputsAndGradients() {
        try (Built<HoistedLayer> layer = Built.engine(new MinimalGatedCell(H), D)) {
            Textbook.assertTwin(layer, MinimalGatedCellTest::resetAfter);
        }
    }

    /** (f ⊙ h) U = f ⊙ (h U) holds for a diagonal U. */
    @Test
    void isThePapersUnitOnlyWhereTheCandidateSeesEachUnitAlone() {
        try (Built<HoistedLayer> layer = Built.engine(new MinimalGatedCell(H), D)) {
            LayerCase pass = LayerCase.random(layer.layer(), Dtype.DOUBLE, Lengths.full(4, 2), Rng.seeded(3));
            assertThat(distanceFromThePaper(layer, pass)).isGreaterThan(1e-2);

            Parameter W_h = layer.parameters().get("mgu.W_h");
            for (int i = 0; i < H; i++) {
                for (int j = 0; j < H; j++) {
                    if (i != j) {
                        W_h.values().set(W_h.offset() + i * 2 * H + H + j, 0);
                    }
                }
            }
            layer.parameters().changed();

            // sums of a dozen terms in another order
            assertThat(distanceFromThePaper(layer, pass)).isLessThan(1e-13);
        }
    }

    /** The largest difference of an output. */
    private static double distanceFromThePaper(Built<HoistedLayer> layer, LayerCase pass) {
        double[] found =
                layer.layer().forward(pass.x(), pass.s0()).H().toTensor().data().toDoubles();
        double[] paper = Objects.requireNonNull(
                Textbook.outcome(layer, MinimalGatedCellTest::resetBefore, pass).get("H"));
        assertThat(found).hasSameSizeAs(paper);
        return IntStream.range(0, found.length)
                .mapToDouble(k -> Math.abs(found[k] - paper[k]))
                .max()
                .orElseThrow();
    }

    @Test
    void aClosedGateKeepsTheState() {
        try (Built<HoistedLayer> layer = Built.engine(new MinimalGatedCell(H), D)) {
            Parameter b = layer.parameters().get("mgu.b");
            b.values().fill(b.offset(), H, -1000);
            layer.parameters().changed();
            LayerCase pass = LayerCase.random(layer.layer(), Dtype.DOUBLE, Lengths.full(4, 2), Rng.seeded(3));

            Run run = layer.layer().forward(pass.x(), pass.s0());

            assertThat(run.last().h().data().toDoubles())
                    .isEqualTo(pass.s0().h().data().toDoubles());
        }
    }

    @Test
    void namesItsParametersAndTheirAxes() {
        try (Built<HoistedLayer> layer = Built.engine(new MinimalGatedCell(H), D)) {
            assertThat(layer.parameters().list())
                    .map(Parameter::toString)
                    .containsExactly("mgu.W_x[3, 10] (D,2H:f|n)", "mgu.W_h[5, 10] (H,2H:f|n)", "mgu.b[10] (2H:f|n)");
        }
    }

    @Test
    void startsWithZeroBias() {
        Parameters.Builder p = Parameters.builder();
        new HoistedLayer(new MinimalGatedCell(2), D, p).close();

        assertThat(p.build(Dtype.DOUBLE, Rng.seeded(5)).get("mgu.b").valuesCopy())
                .containsOnly(0);
    }
}
