// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.PointwiseCell;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.StepCell;
import io.github.unroll4j.models.cell.StepGrad;
import io.github.unroll4j.models.lstm.CoupledLstmCell;
import io.github.unroll4j.models.lstm.LayerNormLstmCell;
import io.github.unroll4j.models.lstm.PeepholeLstmCell;
import io.github.unroll4j.models.lstm.ProjectedLstmCell;
import io.github.unroll4j.models.mgu.MinimalGatedCell;
import io.github.unroll4j.models.sequence.HoistedLayer;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Unrolled;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.RecurrentCheck;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is special in each variant, done wrong: one step back gives exactly the arrays that the fault reaches. */
class PlantedVariantErrorsTest {
    private static final int D = 3;

    static Stream<Arguments> faults() {
        return Stream.of(
                fault(
                        "the path from o's peephole to c is lost",
                        new RewiredCell(new PeepholeLstmCell(3), PlantedVariantErrorsTest::outputPeepholeLost),
                        "W_x W_h b p_i p_f x h0 c0"),
                fault(
                        "the path from i's peephole to c_prev is lost",
                        new RewiredCell(new PeepholeLstmCell(3), PlantedVariantErrorsTest::inputPeepholeLost),
                        "c0"),
                fault(
                        "a peephole's gradient takes c for c_prev",
                        SpoiltCell.backward(
                                new PeepholeLstmCell(3),
                                s -> Arrays.setAll(
                                        s.dp[0], k -> s.dp[0][k] + s.dz[0][k] * (s.next[1][k] - s.prev[1][k]))),
                        "p_i"),
                fault(
                        "the coupled gate adds what it erased",
                        SpoiltCell.backward(new CoupledLstmCell(3), PlantedVariantErrorsTest::coupledWithTheWrongSign),
                        "W_x W_h b x h0"),
                fault(
                        "the memory passes the coupled gate as if that were f",
                        SpoiltCell.backward(
                                new CoupledLstmCell(3),
                                s -> Arrays.setAll(
                                        s.dPrev[1], k -> s.dPrev[1][k] / (1 - s.saved[0][k]) * s.saved[0][k])),
                        "c0"),
                fault(
                        "the path through the mean of a layer norm is lost",
                        new RewiredCell(new LayerNormLstmCell(4), PlantedVariantErrorsTest::meanLost),
                        "W_x b x"),
                fault(
                        "the path through the variance of a layer norm is lost",
                        new RewiredCell(new LayerNormLstmCell(4), PlantedVariantErrorsTest::varianceLost),
                        "W_x b x"),
                fault(
                        "the gate of the one path is forgotten on the other",
                        SpoiltCell.backward(new MinimalGatedCell(3), PlantedVariantErrorsTest::resetLost),
                        "W_x W_h b x h0"),
                projectionFault(
                        "the gradient of the projection is lost", PlantedVariantErrorsTest::projectionLost, "W_p"),
                projectionFault(
                        "the memory's gradient goes back without its share of m",
                        PlantedVariantErrorsTest::shareOfOutputLost,
                        "c0"));
    }

    private static Arguments fault(String name, PointwiseCell wrong, String blamed) {
        return arguments(name, layer(p -> new HoistedLayer(wrong, D, p)), blamed);
    }

    private static Arguments projectionFault(
            String name, RewiredStepCell.Back<ProjectedLstmCell.Cache> back, String blamed) {
        ProjectedLstmCell.Size size = new ProjectedLstmCell.Size(D, 4, 2);
        return arguments(
                name, layer(p -> new Unrolled<>(new RewiredStepCell<>(new ProjectedLstmCell(size, p), back))), blamed);
    }

    private static Function<Parameters.Builder, Recurrent> layer(Function<Parameters.Builder, Recurrent> declare) {
        return declare;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void everyFaultIsCaughtAndBlamedOnTheRightArrays(
            String name, Function<Parameters.Builder, Recurrent> declare, String blamed) {
        try (Built<Recurrent> wrong = Built.of(Dtype.DOUBLE, 1, declare)) {
            GradientReport report = RecurrentCheck.of(wrong.layer(), wrong.parameters(), Lengths.full(1, 2), 2)
                    .full();

            Stream<String> found = report.entries().stream()
                    .filter(e -> e.error() > CellCheck.GRADIENT_TOLERANCE)
                    .map(e -> e.name().replaceFirst(".*\\.", ""));
            assertThat(found).as(name).containsExactly(blamed.split(" "));
        }
    }

    private static void outputPeepholeLost(PointwiseCell right, DoubleStep s) {
        double[] p_o = s.p[2].clone();
        Arrays.fill(s.p[2], 0);
        right.backward(s);
        System.arraycopy(p_o, 0, s.p[2], 0, s.n);
    }

    private static void inputPeepholeLost(PointwiseCell right, DoubleStep s) {
        double[] p_i = s.p[0].clone();
        Arrays.fill(s.p[0], 0);
        right.backward(s);
        System.arraycopy(p_i, 0, s.p[0], 0, s.n);
    }

    /** di = dc ⊙ (g + c_prev), dc taken back from dz_g. */
    private static void coupledWithTheWrongSign(DoubleStep s) {
        for (int k = 0; k < s.n; k++) {
            double i = s.saved[0][k];
            double g = s.saved[2][k];
            double dc = s.dz[2][k] / (1 - g * g) / i;
            s.dz[0][k] = dc * (g + s.prev[1][k]) * i * (1 - i);
        }
    }

    /** dx = du. */
    private static void meanLost(PointwiseCell right, DoubleStep s) {
        giveBack(right, s, false);
    }

    /** du = dx̂ r. */
    private static void varianceLost(PointwiseCell right, DoubleStep s) {
        giveBack(right, s, true);
    }

    /**
     * Gives back what the input's layer norm took off: r mean(dx̂), or r x̂ ⊙ mean(dx̂ ⊙ x̂); dx̂ = da ⊙ γ, and da is what dβ
     * gained.
     */
    private static void giveBack(PointwiseCell right, DoubleStep s, boolean variance) {
        double[][] before = Arrays.stream(s.dp).map(double[]::clone).toArray(double[][]::new);
        right.backward(s);
        int N = 4 * s.units;
        for (int from = 0; from < s.n; from += s.units) {
            double squares = 0;
            double sum = 0;
            double product = 0;
            for (int k = 0; k < N; k++) {
                int j = k / s.units;
                int at = from + k % s.units;
                double dxHat = (s.dp[8 + j][at] - before[8 + j][at]) * s.p[j][at];
                squares += s.saved[5 + j][at] * s.saved[5 + j][at];
                sum += dxHat;
                product += dxHat * s.saved[5 + j][at];
            }
            double r = 1 / Math.sqrt(squares / N + 1e-5);
            for (int k = 0; k < N; k++) {
                int j = k / s.units;
                int at = from + k % s.units;
                s.dzx[j][at] += variance ? r * r * r * s.saved[5 + j][at] * product / N : r * sum / N;
            }
        }
    }

    private static void resetLost(DoubleStep s) {
        for (int k = 0; k < s.n; k++) {
            double f = s.saved[0][k];
            s.dzx[0][k] -= s.dzx[1][k] * s.saved[2][k] * f * (1 - f);
            s.dzh[0][k] = s.dzx[0][k];
        }
    }

    private static StepGrad projectionLost(
            StepCell<ProjectedLstmCell.Cache> right, State dNext, ProjectedLstmCell.Cache cache) {
        StepGrad grad = right.backward(dNext, cache);
        Parameter W_p = right.parameters().get("lstm-projected.W_p");
        W_p.gradients().fill(W_p.offset(), W_p.size(), 0);
        return grad;
    }

    /** dc_prev = dc_next ⊙ f. */
    private static StepGrad shareOfOutputLost(
            StepCell<ProjectedLstmCell.Cache> right, State dNext, ProjectedLstmCell.Cache cache) {
        StepGrad grad = right.backward(dNext, cache);
        Tensor dcPrev = dNext.part("c").copy();
        for (int k = 0; k < dcPrev.data().length(); k++) {
            double f = cache.gates().f().get(k);
            dcPrev.data().set(k, dcPrev.data().get(k) * f);
        }
        return new StepGrad(
                grad.dx_t(), new State(dNext.names(), List.of(grad.dPrev().h(), dcPrev)));
    }
}
