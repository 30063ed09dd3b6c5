// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.engine.Unrolled;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Row;
import io.github.unroll4j.models.testing.Rows;
import io.github.unroll4j.models.testing.Textbook;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProjectedLstmCellTest {
    private static final int D = 3;
    private static final int H = 5;
    private static final int P = 2;

    private static Built<HoistedLayer> built(int projected) {
        return Built.engine(new ProjectedLstmCell(H, projected), D);
    }

    @ParameterizedTest
    @CsvSource({"5, 3", "2, 4", "3, 3", "1, 1"})
    void keepsTheContractOfACell(int hidden, int projected) {
        CellCheck.verify(() -> new ProjectedLstmCell(hidden, projected));
    }

    /** Sak et al. (2014) without peepholes: m_t is projected, and r_t goes back in. */
    private static Rows lstmp(Textbook w, Row x, Rows prev) {
        Row r_prev = prev.h();
        Row i = affine(w, x, r_prev, 0).sigmoid();
        Row f = affine(w, x, r_prev, 1).sigmoid();
        Row o = affine(w, x, r_prev, 2).sigmoid();
        Row c = f.times(prev.c()).plus(i.times(affine(w, x, r_prev, 3).tanh()));
        Row m = o.times(c.tanh());
        return Rows.of(m.into(w.matrix("lstm-projected.W_p", 0, P)), c);
    }

    private static Row affine(Textbook w, Row x, Row r, int gate) {
        return x.into(w.matrix("lstm-projected.W_x", gate, H))
                .plus(r.into(w.matrix("lstm-projected.W_h", gate, H)))
                .plus(w.vector("lstm-projected.b", gate, H));
    }

    @Test
    void equalsTheTextbookInOutputsAndGradients() {
        try (Built<HoistedLayer> layer = built(P);
                Built<Unrolled> plain = Built.plain(new ProjectedLstmCell(H, P), D)) {
            Textbook.assertTwin(layer, ProjectedLstmCellTest::lstmp);
            Textbook.assertTwin(plain, ProjectedLstmCellTest::lstmp);
        }
    }

    @Test
    void projectedByTheIdentityItIsAnLstm() {
        try (Built<HoistedLayer> projected = built(H);
                Built<HoistedLayer> lstm = Built.engine(new LstmCell(H), D)) {
            for (Parameter p : projected.parameters().list()) {
                if (p.name().endsWith("W_p")) {
                    p.values().fill(p.offset(), p.size(), 0);
                    for (int k = 0; k < H; k++) {
                        p.values().set(p.offset() + k * H + k, 1);
                    }
                } else {
                    Parameter same = lstm.parameters().get(p.name().replace("-projected", ""));
                    p.values().copy(p.offset(), same.values(), same.offset(), p.size());
                }
            }
            projected.parameters().changed();
            LayerCase pass = LayerCase.random(lstm.layer(), Dtype.DOUBLE, Lengths.of(4, 4, 2), Rng.seeded(5));

            Map<String, double[]> found = new LinkedHashMap<>();
            projected.outcome(pass).forEach((name, numbers) -> {
                if (!name.endsWith("W_p")) {
                    found.put(name.replace("-projected", ""), numbers);
                }
            });
            assertClose(found, lstm.outcome(pass), CellCheck.EQUAL_TOLERANCE);
        }
    }

    @Test
    void itsStateHasPartsOfDifferentSizes() {
        try (Built<HoistedLayer> layer = built(P)) {
            State zero = layer.layer().zeroState(4);

            assertThat(zero.part("h").shape()).containsExactly(4, P);
            assertThat(zero.part("c").shape()).containsExactly(4, H);
            assertThat(layer.layer().outputSize()).isEqualTo(P);
        }
    }

    @Test
    void aStateOfAnotherSizeIsRefused() {
        try (Built<HoistedLayer> layer = built(P)) {
            Sequence x = Sequence.of(Tensor.zeros(Dtype.DOUBLE, 2, 4, D));

            assertThatThrownBy(() -> layer.layer().forward(x, State.zeros(List.of("h", "c"), Dtype.DOUBLE, 4, H)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageStartingWith(
                            "HoistedLayer(lstm-projected).forward: state part h is [4, 5], expected [B=4");
        }
    }

    @Test
    void aSizeBelowOneIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProjectedLstmCell(5, 0))
                .withMessage("Layout(lstm-projected): h is declared with size 0, expected 1 or more.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProjectedLstmCell(0, 2))
                .withMessageContaining("the hidden size 0, expected");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Built.engine(new ProjectedLstmCell(5, 2), 0))
                .withMessage("CellParameters(lstm-projected): input size is 0, expected 1 or more.");
    }

    @Test
    void namesItsParametersAndTheirAxes() {
        try (Built<HoistedLayer> layer = built(P)) {
            assertThat(layer.parameters().list())
                    .map(Parameter::toString)
                    .containsExactly(
                            "lstm-projected.W_x[3, 20] (D,4H:i|f|o|g)",
                            "lstm-projected.W_h[2, 20] (P,4H:i|f|o|g)",
                            "lstm-projected.W_p[5, 2] (H,P)",
                            "lstm-projected.b[20] (4H:i|f|o|g)");
        }
    }

    @Test
    void theForgetBiasIsASetting() {
        Parameters.Builder p = Parameters.builder();
        new HoistedLayer(new ProjectedLstmCell(2, 1, 3, Layout.Biases.ONE), D, p).close();
        Parameters parameters = p.build(Dtype.DOUBLE, Rng.seeded(5));

        assertThat(parameters.get("lstm-projected.b").valuesCopy()).containsExactly(0, 0, 3, 3, 0, 0, 0, 0);
    }
}
