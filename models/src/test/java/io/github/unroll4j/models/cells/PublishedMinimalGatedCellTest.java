// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import static io.github.unroll4j.models.testing.Numbers.array;
import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.engine.Unrolled;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Row;
import io.github.unroll4j.models.testing.Rows;
import io.github.unroll4j.models.testing.Textbook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishedMinimalGatedCellTest {
    private static final int D = 3;
    private static final int H = 5;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9})
    void keepsTheContractOfACell(int hidden) {
        CellCheck.verify(() -> new PublishedMinimalGatedCell(hidden));
    }

    /** Zhou et al. (2016) to the letter. */
    private static Rows zhou(Textbook w, Row x, Rows prev) {
        Row h_prev = prev.h();
        Row f = x.into(w.matrix("mgu.W_x", 0, H))
                .plus(h_prev.into(w.matrix("mgu.W_h", 0, H)))
                .plus(w.vector("mgu.b", 0, H))
                .sigmoid();
        Row n = x.into(w.matrix("mgu.W_x", 1, H))
                .plus(f.times(h_prev).into(w.matrix("mgu.U_n", 0, H)))
                .plus(w.vector("mgu.b", 1, H))
                .tanh();
        return Rows.of(f.fromOne().times(h_prev).plus(f.times(n)));
    }

    @Test
    void equalsThePaperInOutputsAndGradients() {
        try (Built<HoistedLayer> engine = Built.engine(new PublishedMinimalGatedCell(H), D);
                Built<Unrolled> plain = Built.plain(new PublishedMinimalGatedCell(H), D)) {
            Textbook.assertTwin(engine, PublishedMinimalGatedCellTest::zhou);
            Textbook.assertTwin(plain, PublishedMinimalGatedCellTest::zhou);
        }
    }

    /** (f ⊙ h) U = f ⊙ (h U) holds for a diagonal U. */
    @Test
    void isTheUnitThatResetsAfterWhereTheCandidateSeesEachUnitAlone() {
        try (Built<HoistedLayer> before = Built.engine(new PublishedMinimalGatedCell(H), D);
                Built<HoistedLayer> after = Built.engine(new MinimalGatedCell(H), D)) {
            Parameter U_n = before.parameters().get("mgu.U_n");
            Parameter W_h = after.parameters().get("mgu.W_h");
            for (int i = 0; i < H; i++) {
                for (int j = 0; j < H; j++) {
                    U_n.values().set(U_n.offset() + i * H + j, i == j ? 0.5 + i : 0);
                    W_h.values().set(W_h.offset() + i * 2 * H + H + j, i == j ? 0.5 + i : 0);
                    Parameter gate = before.parameters().get("mgu.W_h");
                    W_h.values().set(W_h.offset() + i * 2 * H + j, gate.values().get(gate.offset() + i * H + j));
                }
            }
            for (String name : new String[] {"mgu.W_x", "mgu.b"}) {
                Parameter from = before.parameters().get(name);
                Parameter to = after.parameters().get(name);
                to.values().copy(to.offset(), from.values(), from.offset(), from.size());
            }
            before.parameters().changed();
            after.parameters().changed();
            LayerCase pass = LayerCase.random(before.layer(), Dtype.DOUBLE, Lengths.of(4, 4, 2), Rng.seeded(3));

            // the gradients of the weights that are zero differ
            for (String name :
                    new String[] {"H", "dX", "gradient of s0: h", "gradient of mgu.W_x", "gradient of mgu.b"}) {
                double[] expected = array(after.outcome(pass), name);
                assertClose(name, array(before.outcome(pass), name), expected, CellCheck.EQUAL_TOLERANCE);
            }
        }
    }

    @Test
    void aClosedGateKeepsTheState() {
        try (Built<HoistedLayer> layer = Built.engine(new PublishedMinimalGatedCell(H), D)) {
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
        try (Built<HoistedLayer> layer = Built.engine(new PublishedMinimalGatedCell(H, Layout.Biases.TWO), D)) {
            assertThat(layer.parameters().list())
                    .map(Parameter::toString)
                    .containsExactly(
                            "mgu.W_x[3, 10] (D,2H:f|n)",
                            "mgu.W_h[5, 5] (H,1H:f)",
                            "mgu.U_n[5, 5] (H,H)",
                            "mgu.b[10] (2H:f|n)",
                            "mgu.b_h[10] (2H:f|n)");
        }
    }

    @Test
    void startsWithZeroBias() {
        Parameters.Builder p = Parameters.builder();
        new HoistedLayer(new PublishedMinimalGatedCell(2), D, p).close();

        assertThat(p.build(Dtype.DOUBLE, Rng.seeded(5)).get("mgu.b").valuesCopy())
                .containsOnly(0);
    }
}
