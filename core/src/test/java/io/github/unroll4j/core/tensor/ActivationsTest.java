// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bounds are those that {@link Activations} states; each is met by the worst argument found in a full search. */
class ActivationsTest {
    private static final double TANH_FLOAT = 4e-7;
    private static final double SIGMOID_FLOAT = 3e-7;
    private static final double DOUBLE = 5e-16;
    private static final double WORST_TANH_FLOAT = 5.893844;
    private static final double WORST_SIGMOID_FLOAT = 10.871447;
    private static final double WORST_TANH_DOUBLE = -0.96339;
    private static final double WORST_SIGMOID_DOUBLE = 2.01594;
    private static final MathContext DIGITS = new MathContext(45);

    /** (e^2x - 1) / (e^2x + 1) to some 40 digits: the Taylor series at an argument below 1/2, then squarings. */
    private static double exactTanh(double x) {
        BigDecimal e = exp(2 * x);
        return e.subtract(BigDecimal.ONE).divide(e.add(BigDecimal.ONE), DIGITS).doubleValue();
    }

    private static double exactSigmoid(double x) {
        BigDecimal e = exp(-x);
        return BigDecimal.ONE.divide(e.add(BigDecimal.ONE), DIGITS).doubleValue();
    }

    private static BigDecimal exp(double x) {
        int halvings = Math.max(0, Math.getExponent(x) + 2);
        BigDecimal a = new BigDecimal(x).divide(BigDecimal.valueOf(2).pow(halvings), DIGITS);
        BigDecimal term = BigDecimal.ONE;
        BigDecimal sum = BigDecimal.ONE;
        for (int k = 1; k <= 35; k++) {
            term = term.multiply(a, DIGITS).divide(BigDecimal.valueOf(k), DIGITS);
            sum = sum.add(term, DIGITS);
        }
        for (int k = 0; k < halvings; k++) {
            sum = sum.multiply(sum, DIGITS);
        }
        return sum;
    }

    private static DoubleStream arguments(int random) {
        SplittableRandom source = new SplittableRandom(1);
        return DoubleStream.concat(
                DoubleStream.of(
                        WORST_TANH_DOUBLE, WORST_SIGMOID_DOUBLE, 0, -0.0, 1e-320, 1e-9, 19.99, 20, 20.01, 41, -800),
                source.doubles(random, -22, 22));
    }

    private static DoubleStream grid(double step) {
        return DoubleStream.iterate(-45, x -> x <= 45, x -> x + step);
    }

    private static void assertError(DoubleStream xs, DoubleUnaryOperator f, DoubleUnaryOperator exact, double bound) {
        double worst = xs.map(x -> Math.abs(f.applyAsDouble(x) - exact.applyAsDouble(x)))
                .max()
                .orElseThrow();
        // above a quarter of the bound too: a bound far too wide would say nothing
        assertThat(worst).isBetween(bound / 4, bound);
    }

    @Test
    void doubleTanhAgainstExactArithmetic() {
        assertError(arguments(3000), Activations::tanh, ActivationsTest::exactTanh, DOUBLE);
    }

    @Test
    void doubleSigmoidAgainstExactArithmetic() {
        assertError(arguments(3000), Activations::sigmoid, ActivationsTest::exactSigmoid, DOUBLE);
    }

    @Test
    void doubleTanhOverADenseGrid() {
        assertError(grid(1e-4), Activations::tanh, StrictMath::tanh, DOUBLE);
    }

    @Test
    void doubleSigmoidOverADenseGrid() {
        assertError(grid(1e-4), Activations::sigmoid, x -> 1 / (1 + StrictMath.exp(-x)), DOUBLE);
    }

    @Test
    void floatTanhOverADenseGrid() {
        DoubleStream xs = DoubleStream.concat(DoubleStream.of(WORST_TANH_FLOAT), grid(1e-4));

        assertError(xs.map(x -> (float) x), x -> Activations.tanh((float) x), StrictMath::tanh, TANH_FLOAT);
    }

    @Test
    void floatSigmoidOverADenseGrid() {
        DoubleStream xs = DoubleStream.concat(DoubleStream.of(WORST_SIGMOID_FLOAT), grid(1e-4));

        assertError(
                xs.map(x -> (float) x),
                x -> Activations.sigmoid((float) x),
                x -> 1 / (1 + StrictMath.exp(-x)),
                SIGMOID_FLOAT);
    }

    @Test
    void valuesStayInTheirRange() {
        grid(1e-3).forEach(x -> {
            assertThat(Activations.tanh(x)).isBetween(-1.0, 1.0);
            assertThat(Activations.sigmoid(x)).isBetween(0.0, 1.0);
            assertThat(Activations.tanh((float) x)).isBetween(-1f, 1f);
            assertThat(Activations.sigmoid((float) x)).isBetween(0f, 1f);
        });
    }

    @Test
    void tanhIsOdd() {
        grid(1e-2).forEach(x -> {
            assertThat(Activations.tanh(-x)).isEqualTo(-Activations.tanh(x));
            assertThat(Activations.tanh((float) -x)).isEqualTo(-Activations.tanh((float) x));
        });
    }

    @Test
    void nanGoesThrough() {
        assertThat(Activations.tanh(Double.NaN)).isNaN();
        assertThat(Activations.tanh(Float.NaN)).isNaN();
        assertThat(Activations.sigmoid(Double.NaN)).isNaN();
        assertThat(Activations.sigmoid(Float.NaN)).isNaN();
    }

    @Test
    void infinitiesSaturate() {
        assertThat(Activations.tanh(Double.POSITIVE_INFINITY)).isEqualTo(1);
        assertThat(Activations.tanh(Double.NEGATIVE_INFINITY)).isEqualTo(-1);
        assertThat(Activations.sigmoid(Double.POSITIVE_INFINITY)).isEqualTo(1);
        assertThat(Activations.sigmoid(Double.NEGATIVE_INFINITY)).isZero();
        assertThat(1 - Activations.tanh(Float.POSITIVE_INFINITY)).isBetween(0f, (float) TANH_FLOAT);
        assertThat(1 + Activations.tanh(Float.NEGATIVE_INFINITY)).isBetween(0f, (float) TANH_FLOAT);
        assertThat(1 - Activations.sigmoid(Float.POSITIVE_INFINITY)).isBetween(0f, (float) SIGMOID_FLOAT);
        assertThat(Activations.sigmoid(Float.NEGATIVE_INFINITY)).isBetween(0f, (float) SIGMOID_FLOAT);
    }

    @Test
    void zerosKeepTheirSign() {
        assertThat(1 / Activations.tanh(0.0)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(1 / Activations.tanh(-0.0)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(1 / Activations.tanh(0f)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(1 / Activations.tanh(-0f)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(Activations.sigmoid(0.0)).isEqualTo(0.5);
        assertThat(Activations.sigmoid(-0f)).isEqualTo(0.5f);
    }

    private static Vec vec(Dtype dtype, double... values) {
        Vec v = Vec.zeros(dtype, values.length);
        for (int k = 0; k < values.length; k++) {
            v.set(k, values[k]);
        }
        return v;
    }

    @Test
    void theVerbsAreTheFunctions() {
        double[] z = {-3, -0.5, 0, 0.5, 3};
        Vec d = vec(Dtype.DOUBLE, z);
        Vec f = vec(Dtype.FLOAT, z);
        Vec out = vec(Dtype.FLOAT, 7, 7, 7, 7, 7);

        assertThat(out.tanh(f).toDoubles())
                .containsExactly(
                        DoubleStream.of(z).map(x -> Activations.tanh((float) x)).toArray());
        assertThat(f.toDoubles()).as("the argument stays").containsExactly(z);
        assertThat(f.sigmoid(f).toDoubles())
                .as("in place")
                .containsExactly(DoubleStream.of(z)
                        .map(x -> Activations.sigmoid((float) x))
                        .toArray());
        assertThat(d.copy().tanh(d).toDoubles())
                .containsExactly(DoubleStream.of(z).map(Activations::tanh).toArray());
        assertThat(d.sigmoid(d).toDoubles())
                .containsExactly(DoubleStream.of(z).map(Activations::sigmoid).toArray());
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void reluCutsNegativeNumbers(Dtype dtype) {
        Vec z = vec(dtype, -1, 0, 2, Double.NaN);
        assertThat(z.relu(z).toDoubles()).containsExactly(0, 0, 2, Double.NaN);
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void theWayBackIsTheDerivativeFromTheOutput(Dtype dtype) {
        Vec y = vec(dtype, -0.5, 0, 0.25, Double.NaN);
        Vec dy = vec(dtype, 2, 3, -4, 1);
        Vec dz = vec(dtype, 7, 7, 7, 7);

        assertThat(dz.sigmoidBackward(dy, y).toDoubles()).containsExactly(-1.5, 0, -0.75, Double.NaN);
        assertThat(dz.tanhBackward(dy, y).toDoubles()).containsExactly(1.5, 3, -3.75, Double.NaN);
        assertThat(dz.reluBackward(dy, y).toDoubles()).containsExactly(0, 0, -4, 0);
        assertThat(dy.sigmoidBackward(dy, y).toDoubles()).as("in place").containsExactly(-1.5, 0, -0.75, Double.NaN);
    }
}
