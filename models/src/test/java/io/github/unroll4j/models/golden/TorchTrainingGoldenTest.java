// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.golden;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Biases;
import io.github.unroll4j.models.golden.TorchCases.TorchCase;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Optimizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Ten steps of Adam with the global norm clipped, both sides with two biases: every parameter afterwards, in double.
 */
class TorchTrainingGoldenTest {
    /**
     * Each step moves a weight by some 0.01, whatever the gradient, and so carries its relative error of 1e-15 or so
     * on.
     */
    private static final double TOLERANCE = 1e-11;

    private static final int STEPS = 10;
    private static final double RATE = 0.01;

    private static Stream<TorchCase> cases() {
        return TorchCases.training();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void tenStepsOfAdamEndWherePyTorchEnds(TorchCase one) {
        check(one, Biases.TWO);
    }

    private static void check(TorchCase one, Biases biases) {
        Golden golden = one.golden();
        double maxNorm = golden.get("max_norm")[0];
        double[] norms = golden.get("norms");
        try (TorchLayer layer = one.layer(biases)) {
            Optimizer adam = new Adam(layer.parameters());
            double[] found = new double[STEPS];
            for (int step = 0; step < STEPS; step++) {
                layer.parameters().zeroGradients();
                gradients(golden, layer);
                found[step] = GradientClip.byGlobalNorm(maxNorm).apply(layer.parameters());
                adam.step(RATE);
            }
            assertClose("norms", found, norms, TOLERANCE);
            assertThat(Arrays.stream(norms).filter(norm -> norm > maxNorm).count())
                    .as("steps that clipped")
                    .isBetween(1L, STEPS - 1L);
            layer.compare("trained.", (p, theirs) -> assertClose(p.name(), p.valuesCopy(), theirs, TOLERANCE));
        }
    }

    /** Those of 1/2 |H - target|² over the real steps. */
    private static void gradients(Golden golden, TorchLayer layer) {
        Run run = layer.forward();
        double[] dH = run.H().toTensor().data().toDoubles();
        double[] target = golden.get("target");
        Arrays.setAll(dH, k -> dH[k] - target[k]);
        Tensor upstream = Tensor.of(Vec.wrap(layer.real(dH)), TorchLayer.T, TorchLayer.B, layer.outputSize());
        layer.backward(run, upstream, run.last().zerosLike());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aChangedFigureIsFound(TorchCase one) {
        List<String> figures = one.golden().names().stream()
                .filter(name -> name.startsWith("trained.") || name.equals("norms"))
                .toList();
        assertThat(figures).hasSizeGreaterThan(4);
        for (String name : figures) {
            int last = one.golden().get(name).length - 1;
            assertThatThrownBy(() -> check(one.spoilt(name, last, 1e-8), Biases.TWO))
                    .as(name)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("expected");
        }
    }

    @Test
    void holdsAllKinds() {
        assertThat(cases().map(TorchCase::toString))
                .containsExactly(
                        "RNN train-tanh-1", "LSTM train-lstm-1", "LSTM train-lstm-2-both-lengths", "GRU train-gru-1");
    }

    /** With one bias for two the gradients agree and the training does not: their sum moves twice as far. */
    @ParameterizedTest
    @MethodSource("cases")
    void oneBiasGoesAnotherWay(TorchCase one) {
        if (one.layout() != TorchLayout.GRU) {
            assertThatThrownBy(() -> check(one, Biases.ONE)).isInstanceOf(AssertionError.class);
        }
    }
}
