// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.engine.Unrolled;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Row;
import io.github.unroll4j.models.testing.Rows;
import io.github.unroll4j.models.testing.Textbook;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContextGruCellTest {
    private static final int D = 3;
    private static final int H = 5;

    @Test
    void keepsTheContractOfACell() {
        for (int hidden : new int[] {1, 4}) {
            CellCheck.verify(() -> new ContextGruCell(hidden));
        }
    }

    /** Cho et al. (2014), appendix A.1.1, each gate with matrices of its own. */
    private static Rows paper(Textbook w, Row x, Rows prev) {
        Row h_prev = prev.h();
        Row c = prev.get(ContextGruCell.CONTEXT);
        Row r = gate(w, x, prev, 0, "C_r").sigmoid();
        Row z = gate(w, x, prev, 1, "C_z").sigmoid();
        Row inside = h_prev.into(w.matrix("gru.W_h", 2, H)).plus(c.into(w.matrix("gru.C_n", 0, H)));
        Row n = x.into(w.matrix("gru.W_x", 2, H)).plus(r.times(inside)).tanh();
        return new Rows(Map.of("h", z.times(h_prev).plus(z.fromOne().times(n)), ContextGruCell.CONTEXT, c));
    }

    private static Row gate(Textbook w, Row x, Rows prev, int block, String ofContext) {
        return x.into(w.matrix("gru.W_x", block, H))
                .plus(prev.h().into(w.matrix("gru.W_h", block, H)))
                .plus(prev.get(ContextGruCell.CONTEXT).into(w.matrix("gru." + ofContext, 0, H)));
    }

    @Test
    void equalsThePaperInOutputsAndGradients() {
        try (Built<HoistedLayer> engine = Built.engine(new ContextGruCell(H), D);
                Built<Unrolled> plain = Built.plain(new ContextGruCell(H), D)) {
            Textbook.assertTwin(engine, ContextGruCellTest::paper);
            Textbook.assertTwin(plain, ContextGruCellTest::paper);
        }
    }

    @Test
    void namesItsParametersAndTheirAxes() {
        try (Built<HoistedLayer> layer = Built.engine(new ContextGruCell(H), D)) {
            assertThat(layer.parameters().list())
                    .map(Parameter::toString)
                    .containsExactly(
                            "gru.W_x[3, 15] (D,3H:r|z|n)",
                            "gru.W_h[5, 15] (H,3H:r|z|n)",
                            "gru.C_r[5, 5] (C,H)",
                            "gru.C_z[5, 5] (C,H)",
                            "gru.C_n[5, 5] (C,H)");
        }
    }

    /** Padding included: the state of a row that has ended still holds what the bridge put there. */
    @Test
    void handsOnTheContextAsItWas() {
        try (Built<HoistedLayer> layer = Built.engine(new ContextGruCell(H), D)) {
            LayerCase pass = LayerCase.random(layer.layer(), Dtype.DOUBLE, Lengths.of(4, 4, 0, 2), Rng.seeded(5));
            Run run = layer.layer().forward(pass.x(), pass.s0(), Pass.of(Lengths.of(4, 4, 0, 2)));

            assertThat(run.last().part(ContextGruCell.CONTEXT).data().toDoubles())
                    .containsExactly(
                            pass.s0().part(ContextGruCell.CONTEXT).data().toDoubles());
        }
    }

    @Test
    void withoutAContextItIsTheGruThatResetsAfterTheProduct() {
        GruFormulation same =
                new GruFormulation(GruFormulation.Update.KEEPS, GruFormulation.Reset.AFTER, Layout.Biases.NONE);
        try (Built<HoistedLayer> layer = Built.engine(new ContextGruCell(H), D);
                Built<HoistedLayer> gru = Built.engine(new GruCell(H, same), D)) {
            for (Parameter p : gru.parameters().list()) {
                layer.parameters().get(p.name()).set(p.valuesCopy());
            }
            layer.parameters().changed();
            LayerCase pass = LayerCase.random(gru.layer(), Dtype.DOUBLE, Lengths.full(4, 2), Rng.seeded(5));
            State s0 = layer.layer().zeroState(2);
            s0.h().data().set(pass.s0().h().data());

            Vec found = layer.layer().forward(pass.x(), s0).H().read();
            Vec expected = gru.layer().forward(pass.x(), pass.s0()).H().read();
            assertClose("H", found.toDoubles(), expected.toDoubles(), CellCheck.EQUAL_TOLERANCE);
        }
    }
}
