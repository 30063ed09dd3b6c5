// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.engine.Unrolled;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Num;
import io.github.unroll4j.models.testing.RecurrentCheck;
import io.github.unroll4j.models.testing.Row;
import io.github.unroll4j.models.testing.Rows;
import io.github.unroll4j.models.testing.Textbook;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayerNormLstmCellTest {
    private static final int T = 4;
    private static final int B = 2;
    private static final int D = 3;
    private static final int H = 5;
    private static final double EPSILON = 1e-5;
    private static final List<String> GATES = List.of("i", "f", "o", "g");

    @ParameterizedTest
    @ValueSource(ints = {3, 5, 9}) // of two units the norm is a step: too steep for finite differences
    void keepsTheContractOfACell(int hidden) {
        CellCheck.verify(() -> new LayerNormLstmCell(hidden));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 3", "2, 1", "2, 3", "5, 1", "5, 3"})
    void gradientsAreRightForThreeUnitsOverFewSteps(int steps, int rows) {
        for (Built<? extends Recurrent> built :
                List.of(Built.engine(new LayerNormLstmCell(3), D), Built.plain(new LayerNormLstmCell(3), D))) {
            try (built) {
                RecurrentCheck.of(built.layer(), built.parameters(), Lengths.full(steps, rows), 7)
                        .full()
                        .require(CellCheck.GRADIENT_TOLERANCE);
            }
        }
    }

    /** The supplement of Ba, Kiros and Hinton (2016): LN over the four gates of W_x x and of W_h h, and over c. */
    private static Rows lnLstm(Textbook w, Row x, Rows prev, int H) {
        Row[] fromInput = new Row[4];
        Row[] fromState = new Row[4];
        for (int g = 0; g < 4; g++) {
            fromInput[g] = x.into(w.matrix("lstm-layer-norm.W_x", g, H)).plus(w.vector("lstm-layer-norm.b", g, H));
            fromState[g] = prev.h().into(w.matrix("lstm-layer-norm.W_h", g, H));
        }
        Row lnInput = normalised(Row.join(fromInput));
        Row lnState = normalised(Row.join(fromState));
        Row[] a = new Row[4];
        for (int g = 0; g < 4; g++) {
            String gate = GATES.get(g);
            a[g] = lnInput.columns(g * H, H)
                    .times(w.vector("lstm-layer-norm.gamma_x_" + gate))
                    .plus(lnState.columns(g * H, H).times(w.vector("lstm-layer-norm.gamma_h_" + gate)))
                    .plus(w.vector("lstm-layer-norm.beta_" + gate));
        }
        Row c = a[1].sigmoid().times(prev.c()).plus(a[0].sigmoid().times(a[3].tanh()));
        Row lnC = normalised(c).times(w.vector("lstm-layer-norm.gamma_c")).plus(w.vector("lstm-layer-norm.beta_c"));
        return Rows.of(a[2].sigmoid().times(lnC.tanh()), c);
    }

    private static Row normalised(Row x) {
        Num mean = x.mean();
        Row centred = x.each(k -> k.minus(mean));
        Num sigma = centred.times(centred).mean().plus(Num.of(EPSILON)).sqrt();
        return centred.each(k -> k.over(sigma));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, H})
    void equalsTheTextbookInOutputsAndGradients(int hidden) {
        try (Built<HoistedLayer> layer = Built.engine(new LayerNormLstmCell(hidden), D);
                Built<Unrolled> plain = Built.plain(new LayerNormLstmCell(hidden), D)) {
            Textbook.assertTwin(layer, (w, x, prev) -> lnLstm(w, x, prev, hidden));
            Textbook.assertTwin(plain, (w, x, prev) -> lnLstm(w, x, prev, hidden));
        }
    }

    private static LayerCase pass(Built<HoistedLayer> layer) {
        return LayerCase.random(layer.layer(), Dtype.DOUBLE, Lengths.full(T, B), Rng.seeded(5));
    }

    @Test
    void theFourGatesOfARowAreCentredTogether() {
        try (Built<HoistedLayer> layer = Built.engine(new LayerNormLstmCell(H), D)) {
            LayerCase pass = pass(layer);
            Trace trace = Trace.on();
            layer.layer().forward(pass.x(), pass.s0(), Pass.of(pass.lengths()).with(trace));

            for (String side : List.of("xhat_x_", "xhat_h_")) {
                for (int row = 0; row < T * B; row++) {
                    double sum = 0;
                    for (String gate : GATES) {
                        double ofGate = trace.get(side + gate).data().sum(row * H, H);
                        assertThat(Math.abs(ofGate)).isGreaterThan(1e-3);
                        sum += ofGate;
                    }
                    assertThat(sum).isCloseTo(0, within(1e-13));
                }
            }
        }
    }

    @Test
    void theScaleOfTheWeightsDoesNotMatter() {
        try (Built<HoistedLayer> small = Built.engine(new LayerNormLstmCell(H), D);
                Built<HoistedLayer> large = Built.engine(new LayerNormLstmCell(H), D)) {
            scale(small, 1e4, "W_x", "W_h", "b");
            scale(large, 1e6, "W_x", "W_h", "b");
            LayerCase pass = pass(small);

            // beside variances of 1e8 and 1e12 the ε of 1e-5 is gone
            assertClose("H", outputs(small, pass), outputs(large, pass), 1e-11);
        }
    }

    private static double[] outputs(Built<HoistedLayer> layer, LayerCase pass) {
        return layer.layer().forward(pass.x(), pass.s0()).H().toTensor().data().toDoubles();
    }

    @Test
    void aGainOfZeroCutsTheStateOff() {
        try (Built<HoistedLayer> layer = Built.engine(new LayerNormLstmCell(H), D)) {
            scale(layer, 0, "gamma_h_i", "gamma_h_f", "gamma_h_o", "gamma_h_g");
            Map<String, double[]> outcome = layer.outcome(pass(layer));

            assertThat(outcome.get("gradient of lstm-layer-norm.W_h")).containsOnly(0);
            assertThat(outcome.get("gradient of s0: h")).containsOnly(0);
            assertThat(outcome.get("gradient of lstm-layer-norm.gamma_h_i")).doesNotContain(0);
        }
    }

    private static void scale(Built<HoistedLayer> layer, double factor, String... names) {
        for (String name : names) {
            Parameter p = layer.parameters().get("lstm-layer-norm." + name);
            p.values().scale(p.offset(), p.size(), factor);
        }
        layer.parameters().changed();
    }

    @Test
    void namesItsParametersAndTheirAxes() {
        try (Built<HoistedLayer> layer = Built.engine(new LayerNormLstmCell(H), D)) {
            assertThat(layer.parameters().list())
                    .map(p -> p.toString().replace("lstm-layer-norm.", ""))
                    .startsWith("W_x[3, 20] (D,4H:i|f|o|g)", "W_h[5, 20] (H,4H:i|f|o|g)", "b[20] (4H:i|f|o|g)")
                    .contains("gamma_x_i[5] (H)", "gamma_h_g[5] (H)", "beta_f[5] (H)")
                    .endsWith("gamma_c[5] (H)", "beta_c[5] (H)")
                    .hasSize(3 + 4 + 4 + 4 + 2);
        }
    }

    @Test
    void startsWithGainsOfOneAndTheForgetBiasAfterTheNorm() {
        Parameters.Builder p = Parameters.builder();
        new HoistedLayer(new LayerNormLstmCell(2, 3), D, p).close();
        Parameters parameters = p.build(Dtype.DOUBLE, Rng.seeded(5));

        for (Parameter parameter : parameters.list()) {
            String name = parameter.name().substring("lstm-layer-norm.".length());
            if (name.startsWith("gamma")) {
                assertThat(parameter.valuesCopy()).as(name).containsOnly(1);
            } else if (name.startsWith("b")) {
                assertThat(parameter.valuesCopy()).as(name).containsOnly(name.equals("beta_f") ? 3 : 0);
            }
        }
    }
}
