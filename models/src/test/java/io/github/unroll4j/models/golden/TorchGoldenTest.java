// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.golden;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.golden.TorchCases.TorchCase;
import io.github.unroll4j.models.sequence.Run;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Outputs, last states and every gradient of PyTorch's nn.RNN, nn.LSTM and nn.GRU, in double. */
class TorchGoldenTest {
    /** Sums of some dozen terms in another order: 1e-15 on either side. */
    private static final double TOLERANCE = 1e-12;

    private static Stream<TorchCase> cases() {
        return TorchCases.gradients();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithPyTorch(TorchCase one) {
        for (Layout.Biases biases : List.of(Layout.Biases.ONE, Layout.Biases.TWO)) {
            check(one.golden(), one.layer(biases));
            check(one.golden(), one.inPlainLoop(biases));
        }
    }

    private static void check(Golden golden, TorchLayer ours) {
        try (TorchLayer layer = ours) {
            Run run = layer.forward();
            assertClose("output", layer.real(run.H().toTensor().data().toDoubles()), golden.get("output"), TOLERANCE);
            for (String part : layer.parts()) {
                assertClose(part + "_n", layer.flat(run.last(), part), golden.get(part + "_n"), TOLERANCE);
            }
            Run.Grad grad = layer.backward(
                    run,
                    golden.tensor("d_output", TorchLayer.T, TorchLayer.B, layer.outputSize()),
                    layer.state("d_", "_n"));
            assertClose("grad.x", grad.dX().toTensor().data().toDoubles(), golden.get("grad.x"), TOLERANCE);
            for (String part : layer.parts()) {
                String name = "grad." + part + "_0";
                assertClose(name, layer.flat(grad.dS0(), part), golden.get(name), TOLERANCE);
            }
            layer.compare("grad.", (p, theirs) -> assertClose(p.name(), p.gradientCopy(), theirs, TOLERANCE));
        }
    }

    /** Every array of a case counts: with one number in it moved by a hundred-millionth, the agreement is gone. */
    @ParameterizedTest
    @MethodSource("cases")
    void aChangedFigureIsFound(TorchCase one) {
        List<String> figures = one.golden().names().stream()
                .filter(name -> name.startsWith("grad.") || (name.endsWith("_n") && !name.startsWith("d_")))
                .toList();
        assertThat(figures).hasSizeGreaterThan(6);
        for (String name : Stream.concat(Stream.of("output"), figures.stream()).toList()) {
            int last = one.golden().get(name).length - 1;
            TorchCase spoilt = one.spoilt(name, last, 1e-8);
            assertThatThrownBy(() -> check(spoilt.golden(), spoilt.layer(Layout.Biases.ONE)))
                    .as(name)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("expected");
        }
    }

    /** What a file ought to hold, so that a shorter one does not pass unseen. */
    @Test
    void holdsAllKinds() {
        assertThat(cases().map(TorchCase::toString))
                .contains(
                        "RNN tanh-1",
                        "RNN relu-2-both-lengths",
                        "LSTM lstm-3",
                        "GRU gru-1-both-lengths",
                        "LSTM lstm-1-projection")
                .hasSize(22);
    }
}
