// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Row;
import io.github.unroll4j.models.testing.Rows;
import io.github.unroll4j.models.testing.Textbook;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeepholeLstmCellTest {
    private static final int D = 3;
    private static final int H = 5;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9})
    void keepsTheContractOfACell(int hidden) {
        CellCheck.verify(() -> new PeepholeLstmCell(hidden));
    }

    /** Graves (2013), equations 7 to 11, with a matrix for each gate. */
    private static Rows graves(Textbook w, Row x, Rows prev) {
        Row h_prev = prev.h();
        Row c_prev = prev.c();
        Row i = affine(w, x, h_prev, 0)
                .plus(c_prev.times(w.vector("lstm-peephole.p_i")))
                .sigmoid();
        Row f = affine(w, x, h_prev, 1)
                .plus(c_prev.times(w.vector("lstm-peephole.p_f")))
                .sigmoid();
        Row c = f.times(c_prev).plus(i.times(affine(w, x, h_prev, 3).tanh()));
        Row o = affine(w, x, h_prev, 2)
                .plus(c.times(w.vector("lstm-peephole.p_o")))
                .sigmoid();
        return Rows.of(o.times(c.tanh()), c);
    }

    /** W_x· x + W_h· h + b·, · being a gate. */
    private static Row affine(Textbook w, Row x, Row h, int gate) {
        return x.into(w.matrix("lstm-peephole.W_x", gate, H))
                .plus(h.into(w.matrix("lstm-peephole.W_h", gate, H)))
                .plus(w.vector("lstm-peephole.b", gate, H));
    }

    @Test
    void equalsTheTextbookInOutputsAndGradients() {
        try (Built<HoistedLayer> layer = Built.engine(new PeepholeLstmCell(H), D)) {
            Textbook.assertTwin(layer, PeepholeLstmCellTest::graves);
        }
    }

    @Test
    void withoutPeepholesItIsAnLstm() {
        try (Built<HoistedLayer> peephole = Built.engine(new PeepholeLstmCell(H), D);
                Built<HoistedLayer> lstm = Built.engine(new LstmCell(H), D)) {
            for (Parameter p : peephole.parameters().list()) {
                if (p.name().contains(".p_")) {
                    p.values().fill(p.offset(), p.size(), 0);
                } else {
                    Parameter same = lstm.parameters().get(p.name().replace("-peephole", ""));
                    p.values().copy(p.offset(), same.values(), same.offset(), p.size());
                }
            }
            peephole.parameters().changed();
            LayerCase pass = LayerCase.random(lstm.layer(), Dtype.DOUBLE, Lengths.of(4, 4, 2), Rng.seeded(5));

            Map<String, double[]> found = new LinkedHashMap<>();
            peephole.outcome(pass).forEach((name, numbers) -> {
                if (!name.contains(".p_")) {
                    found.put(name.replace("-peephole", ""), numbers);
                }
            });
            assertClose(found, lstm.outcome(pass), CellCheck.EQUAL_TOLERANCE);
        }
    }

    @Test
    void namesItsParametersAndTheirAxes() {
        try (Built<HoistedLayer> layer = Built.engine(new PeepholeLstmCell(H), D)) {
            assertThat(layer.parameters().list())
                    .map(Parameter::toString)
                    .containsExactly(
                            "lstm-peephole.W_x[3, 20] (D,4H:i|f|o|g)",
                            "lstm-peephole.W_h[5, 20] (H,4H:i|f|o|g)",
                            "lstm-peephole.b[20] (4H:i|f|o|g)",
                            "lstm-peephole.p_i[5] (H)",
                            "lstm-peephole.p_f[5] (H)",
                            "lstm-peephole.p_o[5] (H)");
        }
    }

    @Test
    void startsAsAnLstmDoes() {
        Parameters.Builder p = Parameters.builder();
        new HoistedLayer(new PeepholeLstmCell(2, 3), D, p).close();
        Parameters parameters = p.build(Dtype.DOUBLE, Rng.seeded(5));

        assertThat(parameters.get("lstm-peephole.b").valuesCopy()).containsExactly(0, 0, 3, 3, 0, 0, 0, 0);
        assertThat(Stream.of("p_i", "p_f", "p_o"))
                .allSatisfy(name -> assertThat(
                                parameters.get("lstm-peephole." + name).valuesCopy())
                        .containsOnly(0));
    }
}
