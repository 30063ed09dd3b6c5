// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Numbers;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The model of a test for a new cell. */
class RnnCellTest {
    private static final int T = 4;
    private static final int B = 2;
    private static final int D = 3;
    private static final int H = 5;

    static Stream<Arguments> forms() {
        return Stream.of(RnnCell.Activation.values())
                .flatMap(activation -> Stream.of(1, 2, 4, 9).map(hidden -> Arguments.of(activation, hidden)));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void keepsTheContractOfACell(RnnCell.Activation activation, int hidden) {
        CellCheck.verify(() -> new RnnCell(hidden, activation));
    }

    /** The class comment of RnnCell read aloud: one number at a time, the weights by their indices. */
    private static final class Textbook {
        private final RnnCell.Activation phi;
        private final Parameter W_x;
        private final Parameter W_h;
        private final Parameter b;

        Textbook(RnnCell.Activation phi, Parameters parameters) {
            this.phi = phi;
            W_x = parameters.get("rnn.W_x");
            W_h = parameters.get("rnn.W_h");
            b = parameters.get("rnn.b");
        }

        double z(int j, double[] x, double[] hPrev) {
            double z = b.valuesCopy()[j];
            for (int d = 0; d < D; d++) {
                z += x[d] * W_x.valuesCopy()[d * H + j];
            }
            for (int i = 0; i < H; i++) {
                z += hPrev[i] * W_h.valuesCopy()[i * H + j];
            }
            return z; // (1)
        }

        double h(double z) {
            return phi == RnnCell.Activation.TANH ? Math.tanh(z) : Math.max(0, z); // (2)
        }

        /** All outputs, [T,B,H]. */
        Tensor outputs(Tensor X, Tensor h0) {
            Tensor out = Tensor.zeros(Dtype.DOUBLE, T, B, H);
            for (int row = 0; row < B; row++) {
                double[] h = row(h0, row, H);
                for (int t = 0; t < T; t++) {
                    double[] x = row(X, t * B + row, D);
                    double[] next = new double[H];
                    for (int j = 0; j < H; j++) {
                        next[j] = h(z(j, x, h));
                        out.data().set((t * B + row) * H + j, next[j]);
                    }
                    h = next;
                }
            }
            return out;
        }

        private static double[] row(Tensor tensor, int row, int width) {
            return Arrays.copyOfRange(tensor.data().toDoubles(), row * width, (row + 1) * width);
        }
    }

    @ParameterizedTest
    @EnumSource
    void computesThePrintedEquations(RnnCell.Activation activation) {
        try (Built<HoistedLayer> layer = Built.engine(new RnnCell(H, activation), D)) {
            LayerCase pass = LayerCase.random(layer.layer(), Dtype.DOUBLE, Lengths.full(T, B), Rng.seeded(3));
            Tensor X = Numbers.of(pass.x());
            Tensor expected = new Textbook(activation, layer.parameters())
                    .outputs(X, pass.s0().h());

            Run run = layer.layer().forward(pass.x(), pass.s0());

            // eight terms a sum, in another order
            assertClose(
                    "H", run.H().toTensor().data().toDoubles(), expected.data().toDoubles(), 1e-14);
        }
    }

    @ParameterizedTest
    @EnumSource
    void itsGradientIsThatOfThePrintedEquations(RnnCell.Activation activation) {
        try (Built<HoistedLayer> layer = Built.engine(new RnnCell(H, activation), D)) {
            LayerCase pass = LayerCase.random(layer.layer(), Dtype.DOUBLE, Lengths.full(T, B), Rng.seeded(4));
            Tensor X = Numbers.of(pass.x());
            Textbook textbook = new Textbook(activation, layer.parameters());
            Tensor dH = pass.dH();

            GradientCheck.of(
                            () -> {
                                double loss = 0;
                                double[] out = textbook.outputs(X, pass.s0().h())
                                        .data()
                                        .toDoubles();
                                for (int k = 0; k < out.length; k++) {
                                    loss += out[k] * dH.data().get(k);
                                }
                                return loss;
                            },
                            upstream -> {
                                Tensor d = dH.copy();
                                d.data().scale(0, d.data().length(), upstream);
                                Run run = layer.layer().forward(pass.x(), pass.s0());
                                layer.layer()
                                        .backward(
                                                run,
                                                Sequence.of(d),
                                                layer.layer().zeroState(B));
                            })
                    .parameters(layer.parameters())
                    .full()
                    .require(CellCheck.GRADIENT_TOLERANCE);
        }
    }

    @Test
    void namesItsParametersAndTheirAxes() {
        try (Built<HoistedLayer> layer = Built.engine(new RnnCell(H), D)) {
            assertThat(layer.parameters().list())
                    .map(Parameter::toString)
                    .containsExactly("rnn.W_x[3, 5] (D,1H:h)", "rnn.W_h[5, 5] (H,1H:h)", "rnn.b[5] (1H:h)");
        }
    }

    @Test
    void startsAsItsCommentSays() {
        Parameters.Builder p = Parameters.builder();
        new HoistedLayer(new RnnCell(H), D, p).close();
        Parameters parameters = p.build(Dtype.DOUBLE, Rng.seeded(5));
        double bound = Math.sqrt(6.0 / (D + H));
        double[] W_h = parameters.get("rnn.W_h").valuesCopy();

        assertThat(parameters.get("rnn.b").valuesCopy()).containsOnly(0);
        assertThat(Arrays.stream(parameters.get("rnn.W_x").valuesCopy()).boxed())
                .allMatch(w -> Math.abs(w) <= bound)
                .doesNotHaveDuplicates();
        for (int i = 0; i < H; i++) {
            for (int j = 0; j < H; j++) {
                double product = 0;
                for (int k = 0; k < H; k++) {
                    product += W_h[k * H + i] * W_h[k * H + j];
                }
                assertThat(product).isCloseTo(i == j ? 1 : 0, within(1e-14));
            }
        }
    }
}
