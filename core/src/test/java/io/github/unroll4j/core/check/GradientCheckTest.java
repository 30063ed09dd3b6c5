// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the checker on L = Σ sin(w_k x_k) + Σ b_k² x_k. Its gradient is right except for the planted fault. */
class GradientCheckTest {
    /** Central differences of this L in double have an error of some 1e-9. */
    private static final double TOLERANCE = 1e-6;

    private static final int H = 4;

    enum Fault {
        NONE,
        ONE_WEIGHT,
        ONE_INPUT,
        SMALL_BIAS,
        ASSIGNED,
        DEPENDS_ON_THE_CALL,
        NOT_ZERO_ON_ZERO,
        CHANGES_A_WEIGHT,
        CHANGES_THE_INPUT,
        NOT_A_NUMBER
    }

    /** W_h [H,H] and b [2H], the input x [H,H], and a backward pass with a fault. */
    private static final class Sines {
        private final Fault fault;
        private final Parameter W_h;
        private final Parameter b;
        private final Parameters parameters;
        private final Tensor x = Tensor.zeros(Dtype.DOUBLE, H, H);
        private final Tensor dx = Tensor.zeros(Dtype.DOUBLE, H, H);
        private int calls;

        Sines(Fault fault, long seed) {
            this.fault = fault;
            Parameters.Builder p = Parameters.builder();
            Parameters.Builder scope = p.scope("rnn");
            W_h = scope.add("W_h", "H,H:h", Init.normal(1), H, H);
            b = scope.add("b", "2H:i|f", Init.normal(1), 2 * H);
            Rng rng = Rng.seeded(seed);
            parameters = p.build(Dtype.DOUBLE, rng);
            for (int k = 0; k < H * H; k++) {
                x.data().set(k, rng.nextGaussian());
            }
        }

        GradientCheck check() {
            return GradientCheck.of(this::loss, this::backward)
                    .parameters(parameters)
                    .input("x", x, () -> dx);
        }

        double loss() {
            double sum = 0;
            for (int k = 0; k < H * H; k++) {
                sum += Math.sin(value(W_h, k) * x.data().get(k));
            }
            for (int k = 0; k < 2 * H; k++) {
                sum += value(b, k) * value(b, k) * x.data().get(k);
            }
            return sum;
        }

        void backward(double upstream) {
            calls++;
            dx.data().clear();
            for (int k = 0; k < H * H; k++) {
                double w = value(W_h, k);
                double cos = upstream * Math.cos(w * x.data().get(k));
                addTo(W_h, k, cos * x.data().get(k) * (fault == Fault.ONE_WEIGHT && k == 3 * H + 2 ? 1.001 : 1));
                dx.data().set(k, cos * w * (fault == Fault.ONE_INPUT && k == 5 ? -1 : 1));
            }
            for (int k = 0; k < 2 * H; k++) {
                double w = value(b, k);
                addTo(b, k, upstream * 2 * w * x.data().get(k) * (fault == Fault.SMALL_BIAS ? 1 + 1e-5 : 1));
                dx.data().set(k, dx.data().get(k) + upstream * w * w);
            }
            misbehave();
        }

        private void misbehave() {
            switch (fault) {
                case ASSIGNED ->
                    parameters
                            .gradients()
                            .set(b.offset(), 2 * value(b, 0) * x.data().get(0));
                case DEPENDS_ON_THE_CALL -> dx.data().scale(0, H * H, 1 + 1e-12 * calls);
                case NOT_ZERO_ON_ZERO -> addTo(b, 1, 1e-12);
                case CHANGES_A_WEIGHT ->
                    parameters.values().set(0, Math.nextUp(parameters.values().get(0)));
                case CHANGES_THE_INPUT -> x.data().set(7, Math.nextDown(x.data().get(7)));
                case NOT_A_NUMBER -> addTo(W_h, 9, Double.NaN);
                default -> {}
            }
        }

        private double value(Parameter p, int k) {
            return parameters.values().get(p.offset() + k);
        }

        private void addTo(Parameter p, int k, double g) {
            parameters.gradients().set(p.offset() + k, parameters.gradients().get(p.offset() + k) + g);
        }
    }

    @Test
    void aRightGradientPassesInBothModes() {
        GradientReport full = new Sines(Fault.NONE, 1).check().full();
        GradientReport directional = new Sines(Fault.NONE, 1).check().directional(10, Rng.seeded(2));

        full.require(TOLERANCE);
        assertThat(full.compared()).isEqualTo(H * H + 2 * H + H * H);
        assertThat(full.entries()).map(GradientReport.Entry::name).containsExactly("rnn.W_h", "rnn.b", "x");
        directional.require(TOLERANCE);
        assertThat(directional.compared()).isEqualTo(10);
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyFaultIsCaughtInBothModes(Fault fault) {
        assertThat(new Sines(fault, 1).check().full().passed(TOLERANCE)).isFalse();
        assertThat(new Sines(fault, 1).check().directional(3, Rng.seeded(2)).passed(TOLERANCE))
                .isFalse();
    }

    @Test
    void theReportNamesTheParameterAndTheIndex() {
        GradientReport report = new Sines(Fault.ONE_WEIGHT, 1).check().full();

        GradientReport.Element worst = report.entries().get(0).elements().get(0);
        assertThat(worst.element()).isEqualTo("rnn.W_h[3, h:2]");
        assertThat(worst.error()).isBetween(0.0009, 0.0011);
        assertThat(worst.analytic() / worst.numeric()).isBetween(1.0009, 1.0011);
        assertThat(report.toString()).startsWith("rnn.W_h[3, h:2] ").endsWith("40 derivatives compared");
        assertThatThrownBy(() -> report.require(TOLERANCE))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("rnn.W_h[3, h:2]");
        assertThat(report.failures(TOLERANCE).lines().map(String::trim))
                .hasSize(2)
                .first()
                .asString()
                .startsWith("1 of 3 arrays wrong: rnn.W_h (1 of 16); the rest within ");
        assertThat(report.failures(TOLERANCE)).contains("rnn.W_h[3, h:2] ").doesNotContain("x[", "rnn.b");
        assertThat(report.entries().get(1).error()).isLessThan(TOLERANCE);
        assertThat(report.entries().get(2).error()).isLessThan(TOLERANCE);
    }

    @Test
    void theReportNamesTheInputAndItsWorstElementFirst() {
        GradientReport report = new Sines(Fault.ONE_INPUT, 1).check().full();

        assertThat(report.toString()).startsWith("x[5] ");
        assertThat(report.worst()).isBetween(1.0, 2.0);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"ASSIGNED", "DEPENDS_ON_THE_CALL", "NOT_ZERO_ON_ZERO", "CHANGES_A_WEIGHT", "CHANGES_THE_INPUT"})
    void whatDifferencesCannotSeeIsAComplaint(Fault fault) {
        GradientReport report = new Sines(fault, 1).check().full();

        String expected = switch (fault) {
            case ASSIGNED -> "rnn.b: backward does not add to the gradient that is there";
            case DEPENDS_ON_THE_CALL -> "x: backward run twice gives two results";
            case NOT_ZERO_ON_ZERO -> "rnn.b: a zero upstream gradient does not give zero";
            case CHANGES_A_WEIGHT -> "rnn.W_h: backward changed the values";
            default -> "x: backward changed the values";
        };
        assertThat(report.worst()).isLessThan(TOLERANCE);
        assertThat(report.complaints()).anyMatch(c -> c.startsWith(expected));
        assertThat(report.toString()).contains(expected);
    }

    @Test
    void aNumberThatIsNoneIsNotAPass() {
        GradientReport report = new Sines(Fault.NOT_A_NUMBER, 1).check().full();

        assertThat(report.worst()).isNaN();
        assertThat(report.passed(Double.POSITIVE_INFINITY)).isFalse();
        assertThat(report.toString()).startsWith("rnn.W_h[2, h:1] ");
    }

    @Test
    void aLossThatIsNoNumberIsNotAPass() {
        Tensor x = Tensor.zeros(Dtype.DOUBLE, 2);
        Tensor dx = Tensor.zeros(Dtype.DOUBLE, 2);

        GradientCheck check = GradientCheck.of(() -> Double.NaN, upstream -> {}).input("x", x, () -> dx);

        assertThat(check.full().passed(TOLERANCE)).isFalse();
        assertThat(check.directional(2, Rng.seeded(1)).passed(TOLERANCE)).isFalse();
    }

    @Test
    void nothingComparedIsNotAPass() {
        GradientCheck empty = GradientCheck.of(() -> 1, upstream -> {});

        assertThat(empty.full().passed(TOLERANCE)).isFalse();
        assertThat(empty.directional(3, Rng.seeded(1)).passed(TOLERANCE)).isFalse();
        assertThat(new Sines(Fault.NONE, 1)
                        .check()
                        .directional(0, Rng.seeded(1))
                        .passed(TOLERANCE))
                .isFalse();
    }

    @Test
    void aGradientOfAnotherSizeIsAComplaint() {
        Tensor x = Tensor.zeros(Dtype.DOUBLE, 3);
        Tensor shorter = Tensor.zeros(Dtype.DOUBLE, 2);
        GradientCheck check = GradientCheck.of(() -> 0, upstream -> {}).input("x", x, () -> shorter);

        assertThat(check.full().complaints()).contains("x: the gradient has 2 elements, the values have 3");
        assertThat(check.full().passed(TOLERANCE)).isFalse();
        assertThat(check.directional(2, Rng.seeded(1)).passed(TOLERANCE)).isFalse();
    }

    @Test
    void floatIsRefused() {
        Parameters.Builder p = Parameters.builder();
        p.add("w", "N", Init.zeros(), 2);
        Parameters floats = p.build(Dtype.FLOAT, Rng.seeded(1));
        Tensor x = Tensor.zeros(Dtype.FLOAT, 2);
        GradientCheck check = GradientCheck.of(() -> 0, upstream -> {});

        assertThatIllegalArgumentException()
                .isThrownBy(() -> check.parameters(floats))
                .withMessageStartingWith("GradientCheck: the parameters are FLOAT, expected DOUBLE");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check.input("x", x, () -> x))
                .withMessageStartingWith("GradientCheck: x are FLOAT, expected DOUBLE");
    }

    @Test
    void theValuesAreLeftAsTheyWere() {
        Sines sines = new Sines(Fault.NONE, 3);
        double[] weights = sines.parameters.values().toDoubles();
        double[] inputs = sines.x.data().toDoubles();

        sines.check().full();
        sines.check().directional(2, Rng.seeded(4));

        assertThat(sines.parameters.values().toDoubles()).isEqualTo(weights);
        assertThat(sines.x.data().toDoubles()).isEqualTo(inputs);
        assertThat(sines.parameters.gradients().toDoubles()).containsOnly(0);
    }

    @Test
    void aWrongGradientIsCaughtWhereAllGradientsAreSmall() {
        Tensor x = Tensor.zeros(Dtype.DOUBLE, 1);
        Tensor twice = Tensor.zeros(Dtype.DOUBLE, 1);
        GradientCheck check = GradientCheck.of(
                        () -> 1e-7 * x.data().get(0), upstream -> twice.data().set(0, upstream * 2e-7))
                .input("x", x, () -> twice);

        // would pass with an absolute tolerance of 1e-6
        assertThat(check.full().worst()).isBetween(0.49, 0.51);
    }

    @Property(tries = 100)
    void aRightGradientPassesForEveryStart(@ForAll long seed) {
        new Sines(Fault.NONE, seed).check().full().require(TOLERANCE);
    }

    @Property(tries = 100)
    void anErrorOfOneInAHundredIsCaughtInEveryElement(
            @ForAll @IntRange(max = H * H - 1) int k, @ForAll @DoubleRange(min = 0.01, max = 1) double error) {
        Tensor x = Tensor.zeros(Dtype.DOUBLE, H * H);
        Tensor dx = Tensor.zeros(Dtype.DOUBLE, H * H);
        GradientCheck check = GradientCheck.of(() -> x.data().sum(0, H * H), upstream -> {
                    dx.data().fill(0, H * H, upstream);
                    dx.data().set(k, upstream * (1 + error));
                })
                .input("x", x, () -> dx);

        GradientReport report = check.full();

        assertThat(report.entries().get(0).elements().get(0).element()).isEqualTo("x[" + k + "]");
        assertThat(report.worst()).isBetween(error / 2.01, error);
        assertThat(check.directional(3, Rng.seeded(k)).passed(TOLERANCE)).isFalse();
    }

    /** L = sin 1000 x: by truncation, plain differences with h = 1e-5 are off by 1.7e-5 of the derivative. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 2e-6, 1e-5, 1.7e-5, -1e-5})
    void aSteepLossIsNoFaultAndHidesNone(double wrong) {
        Tensor x = Tensor.zeros(Dtype.DOUBLE, 1);
        x.data().set(0, 0.4);
        Tensor dx = Tensor.zeros(Dtype.DOUBLE, 1);
        GradientCheck check = GradientCheck.of(
                        () -> Math.sin(1000 * x.data().get(0)),
                        dL -> dx.data()
                                .set(0, dL * 1000 * Math.cos(1000 * x.data().get(0)) * (1 + wrong)))
                .input("x", x, () -> dx);

        boolean right = wrong == 0;
        assertThat(check.full().passed(TOLERANCE)).isEqualTo(right);
        assertThat(check.directional(3, Rng.seeded(1)).passed(TOLERANCE)).isEqualTo(right);
    }
}
