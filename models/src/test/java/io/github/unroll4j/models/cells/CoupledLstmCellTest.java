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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoupledLstmCellTest {
    private static final int D = 3;
    private static final int H = 5;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9})
    void keepsTheContractOfACell(int hidden) {
        CellCheck.verify(() -> new CoupledLstmCell(hidden));
    }

    /** Greff et al. (2017) without peepholes, with the forget gate of their variant CIFG. */
    private static Rows cifg(Textbook w, Row x, Rows prev) {
        Row h_prev = prev.h();
        Row i = affine(w, x, h_prev, 0).sigmoid();
        Row f = i.fromOne();
        Row o = affine(w, x, h_prev, 1).sigmoid();
        Row z = affine(w, x, h_prev, 2).tanh();
        Row c = z.times(i).plus(prev.c().times(f));
        return Rows.of(c.tanh().times(o), c);
    }

    private static Row affine(Textbook w, Row x, Row h, int gate) {
        return x.into(w.matrix("lstm-coupled.W_x", gate, H))
                .plus(h.into(w.matrix("lstm-coupled.W_h", gate, H)))
                .plus(w.vector("lstm-coupled.b", gate, H));
    }

    @Test
    void equalsTheTextbookInOutputsAndGradients() {
        try (Built<HoistedLayer> layer = Built.engine(new CoupledLstmCell(H), D)) {
            Textbook.assertTwin(layer, CoupledLstmCellTest::cifg);
        }
    }

    /** σ(-a) = 1 - σ(a): an LSTM whose forget block is minus its input block is the coupled one. */
    @Test
    void isAnLstmWhoseForgetBlockIsMinusItsInputBlock() {
        try (Built<HoistedLayer> coupled = Built.engine(new CoupledLstmCell(H), D);
                Built<HoistedLayer> lstm = Built.engine(new LstmCell(H), D)) {
            for (Parameter p : lstm.parameters().list()) {
                double[] from = coupled.parameters()
                        .get(p.name().replace("lstm.", "lstm-coupled."))
                        .valuesCopy();
                for (int k = 0; k < p.size(); k++) {
                    int gate = k / H % 4;
                    double value = from[k / (4 * H) * 3 * H + block(gate) * H + k % H];
                    p.values().set(p.offset() + k, gate == 1 ? -value : value);
                }
            }
            lstm.parameters().changed();
            LayerCase pass = LayerCase.random(lstm.layer(), Dtype.DOUBLE, Lengths.of(4, 4, 2), Rng.seeded(5));

            Map<String, double[]> expected = new LinkedHashMap<>();
            lstm.outcome(pass).forEach((name, numbers) -> {
                boolean weights = name.startsWith("gradient of lstm.");
                expected.put(name.replace("of lstm.", "of lstm-coupled."), weights ? coupled(numbers) : numbers);
            });
            assertClose(coupled.outcome(pass), expected, CellCheck.EQUAL_TOLERANCE);
        }
    }

    /** The input block stands twice in the LSTM, the second time negated; so its gradient has two shares. */
    private static double[] coupled(double[] gradient) {
        double[] shares = new double[gradient.length / 4 * 3];
        for (int k = 0; k < gradient.length; k++) {
            int gate = k / H % 4;
            shares[k / (4 * H) * 3 * H + block(gate) * H + k % H] += gate == 1 ? -gradient[k] : gradient[k];
        }
        return shares;
    }

    /** Where i|f|o|g is found in i|o|g. */
    private static int block(int gate) {
        return Math.max(0, gate - 1);
    }

    @Test
    void namesItsParametersAndTheirAxes() {
        try (Built<HoistedLayer> layer = Built.engine(new CoupledLstmCell(H), D)) {
            assertThat(layer.parameters().list())
                    .map(Parameter::toString)
                    .containsExactly(
                            "lstm-coupled.W_x[3, 15] (D,3H:i|o|g)",
                            "lstm-coupled.W_h[5, 15] (H,3H:i|o|g)",
                            "lstm-coupled.b[15] (3H:i|o|g)");
        }
    }

    @Test
    void theForgetBiasIsThatOfTheInputGateNegated() {
        Parameters.Builder p = Parameters.builder();
        new HoistedLayer(new CoupledLstmCell(2, 3), D, p).close();
        Parameters parameters = p.build(Dtype.DOUBLE, Rng.seeded(5));

        assertThat(parameters.get("lstm-coupled.b").valuesCopy()).containsExactly(-3, -3, 0, 0, 0, 0);
    }
}
