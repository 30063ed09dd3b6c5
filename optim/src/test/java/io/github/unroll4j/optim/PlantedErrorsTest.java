// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Wrong gradients of losses, and wrong steps of optimisers, of every kind that is seen in practice: each is told apart
 * by the check that the right ones pass.
 */
class PlantedErrorsTest {
    private static final int T = 3;
    private static final int B = 2;
    private static final int N = 4;
    private static final int[] LENGTHS = {3, 2};
    private static final int[] IDS = {0, 3, 1, 2, 2, 3};
    /** Steep nowhere, of some 1: central differences are right to 1e-9. */
    private static final double TOLERANCE = 1e-6;

    /** What is changed of a right gradient [T·B,N]; y are the numbers that it belongs to. */
    @FunctionalInterface
    private interface Spoil {
        void change(Vec d, Vec y);
    }

    private static Arguments loss(String name, Spoil spoil) {
        return arguments(name, spoil);
    }

    private static boolean padded(int i) {
        return i / N / B >= LENGTHS[i / N % B];
    }

    private static void each(Vec d, Function<Integer, Double> change) {
        for (int i = 0; i < d.length(); i++) {
            d.set(i, change.apply(i));
        }
    }

    private static double softmax(Vec z, int i) {
        double sum = 0;
        for (int j = 0; j < N; j++) {
            sum += Math.exp(z.get(i / N * N + j));
        }
        return Math.exp(z.get(i)) / sum;
    }

    static Stream<Arguments> softmaxErrors() {
        double scale = 1.0 / 5; // the mean over five real tokens
        return Stream.of(
                loss("the target is not taken off", (d, z) -> each(d, i -> padded(i) ? 0 : scale * softmax(z, i))),
                loss("the sign is turned", (d, z) -> each(d, i -> -d.get(i))),
                loss("the mean counts padding", (d, z) -> each(d, i -> d.get(i) * 5 / 6)),
                loss("the mean is a sum", (d, z) -> each(d, i -> d.get(i) * 5)),
                loss("padding has a gradient", (d, z) -> each(d, i -> padded(i) ? scale * softmax(z, i) : d.get(i))),
                loss("the next class is the target", (d, z) -> each(d, i -> d.get(i / N * N + (i + 1) % N))),
                loss("the rows of a batch are exchanged", (d, z) -> exchangeRows(d)),
                loss(
                        "the derivative of the softmax is taken once more",
                        (d, z) -> each(d, i -> d.get(i) * softmax(z, i) * (1 - softmax(z, i)))),
                loss(
                        "the smoothing is left out",
                        (d, z) ->
                                each(d, i -> padded(i) ? 0 : scale * (softmax(z, i) - (IDS[i / N] == i % N ? 1 : 0)))),
                loss("one number is off by a thousandth", (d, z) -> d.scale(5, 1, 1.001)));
    }

    private static void exchangeRows(Vec d) {
        Vec right = d.copy();
        for (int row = 0; row < 4; row++) { // the first two steps have no padding
            d.copy(row * N, right, (row ^ 1) * N, N);
        }
    }

    @ParameterizedTest(name = "softmax: {0}")
    @MethodSource("softmaxErrors")
    void aWrongGradientOfTheCrossEntropyIsCaught(String name, Spoil spoil) {
        assertThat(crossEntropy(spoil).passed(TOLERANCE)).as(name).isFalse();
    }

    private static GradientReport crossEntropy(Spoil spoil) {
        SoftmaxCrossEntropy entropy = new SoftmaxCrossEntropy(N, Reduction.MEAN, 0.1);
        Targets targets = Targets.of(IDS, LENGTHS);
        Vec z = random(1);
        return check(z, () -> entropy.scoreInto(new double[T * B], z, targets).value(), d -> {
            entropy.lossAndGradient(d, targets);
            spoil.change(d, z);
        });
    }

    static Stream<Arguments> squareErrors() {
        return Stream.of(
                loss("the two of the square is left out", (d, y) -> each(d, i -> d.get(i) / 2)),
                loss("the sign is turned", (d, y) -> each(d, i -> -d.get(i))),
                loss("the mean is over rows", (d, y) -> each(d, i -> d.get(i) * N)),
                loss("the target is not taken off", (d, y) -> each(d, i -> padded(i) ? 0 : 2 * y.get(i) / 20)),
                loss("padding has a gradient", (d, y) -> each(d, i -> padded(i) ? y.get(i) / 10 : d.get(i))),
                loss("the last number of a row is lost", (d, y) -> each(d, i -> i % N == N - 1 ? 0 : d.get(i))),
                loss("a step takes the gradient of the one before", (d, y) -> shift(d)));
    }

    private static void shift(Vec d) {
        Vec right = d.copy();
        d.copy(B * N, right, 0, B * N);
    }

    @ParameterizedTest(name = "squares: {0}")
    @MethodSource("squareErrors")
    void aWrongGradientOfTheSquaresIsCaught(String name, Spoil spoil) {
        assertThat(squares(spoil).passed(TOLERANCE)).as(name).isFalse();
    }

    private static GradientReport squares(Spoil spoil) {
        SquaredError squares = new SquaredError(N, Reduction.MEAN);
        Vec targets = random(2);
        Vec y = random(1);
        return check(
                y, () -> squares.lossAndGradient(y.copy(), targets, LENGTHS).value(), d -> {
                    squares.lossAndGradient(d, targets, LENGTHS);
                    spoil.change(d, y);
                });
    }

    /** What writes the gradient over a copy of the numbers. */
    @FunctionalInterface
    private interface Gradient {
        void over(Vec d);
    }

    private static GradientReport check(Vec y, DoubleSupplier loss, Gradient gradient) {
        Tensor[] found = {Tensor.of(y.copy(), T * B, N)};
        return GradientCheck.of(loss, upstream -> {
                    Vec d = y.copy();
                    gradient.over(d);
                    d.scale(0, d.length(), upstream);
                    found[0] = Tensor.of(d, T * B, N);
                })
                .input("y", Tensor.of(y, T * B, N), () -> found[0])
                .full();
    }

    private static Vec random(long seed) {
        Rng rng = Rng.seeded(seed);
        Vec y = Vec.of(Dtype.DOUBLE, new double[T * B * N]);
        each(y, i -> rng.nextGaussian());
        return y;
    }

    @Test
    void theRightGradientsPass() {
        crossEntropy((d, z) -> {}).require(TOLERANCE);
        squares((d, y) -> {}).require(TOLERANCE);
    }

    private static Arguments rule(String name, Function<Parameters, Optimizer> right, Reference.Factory wrong) {
        return arguments(name, right, wrong);
    }

    /** A rule of two moments, to be made wrong. */
    private abstract static class Moments implements Reference {
        double m;
        double v;
        int t;

        @Override
        public double step(double w, double g, double rate) {
            t++;
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            return w - rate * direction(w, g);
        }

        abstract double direction(double w, double g);

        double mHat() {
            return m / (1 - Math.pow(0.9, t));
        }

        double vHat() {
            return v / (1 - Math.pow(0.999, t));
        }
    }

    @FunctionalInterface
    private interface Direction {
        double of(Moments s, double w, double g);
    }

    private static Reference.Factory adam(Direction wrong) {
        return () -> new Moments() {
            @Override
            double direction(double w, double g) {
                return wrong.of(this, w, g);
            }
        };
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                rule("Adam: m is not corrected", Adam::new, adam((s, w, g) -> s.m / (Math.sqrt(s.vHat()) + 1e-8))),
                rule("Adam: v is not corrected", Adam::new, adam((s, w, g) -> s.mHat() / (Math.sqrt(s.v) + 1e-8))),
                rule("Adam: no root of v", Adam::new, adam((s, w, g) -> s.mHat() / (s.vHat() + 1e-8))),
                rule("Adam: the gradient for m", Adam::new, adam((s, w, g) -> g / (Math.sqrt(s.vHat()) + 1e-8))),
                rule(
                        "Adam: epsilon inside the root",
                        p -> new Adam(p, 0.9, 0.999, 1e-3),
                        adam((s, w, g) -> s.mHat() / Math.sqrt(s.vHat() + 1e-3))),
                rule(
                        "Adam: epsilon outside the correction",
                        p -> new Adam(p, 0.9, 0.999, 1e-3),
                        adam((s, w, g) -> s.mHat() * Math.sqrt(1 - Math.pow(0.999, s.t)) / (Math.sqrt(s.v) + 1e-3))),
                rule("Adam: uphill", Adam::new, adam((s, w, g) -> -s.mHat() / (Math.sqrt(s.vHat()) + 1e-8))),
                rule("AdamW: no decay", AdamW::new, adam((s, w, g) -> s.mHat() / (Math.sqrt(s.vHat()) + 1e-8))),
                rule(
                        "AdamW: the decay is divided too",
                        AdamW::new,
                        adam((s, w, g) -> (s.mHat() + 0.01 * w) / (Math.sqrt(s.vHat()) + 1e-8))),
                rule("descent: uphill", Sgd::new, () -> (w, g, rate) -> w + rate * g),
                rule("descent: the rate is squared", Sgd::new, () -> (w, g, rate) -> w - rate * rate * g),
                rule("momentum: dampened", p -> new Sgd(p, 0.9, false, 0), () -> momentum(0.1, false, 0)),
                rule("momentum: looks ahead", p -> new Sgd(p, 0.9, false, 0), () -> momentum(1, true, 0)),
                rule("Nesterov: does not look ahead", p -> new Sgd(p, 0.9, true, 0), () -> momentum(1, false, 0)),
                rule("decay: away from zero", p -> new Sgd(p, 0.9, false, 0.01), () -> momentum(1, false, -0.01)),
                rule("decay: twice", p -> new Sgd(p, 0.9, false, 0.01), () -> momentum(1, false, 0.02)),
                rule("RmsProp: a sum of squares", RmsProp::new, () -> root(1, 1, 1e-8, false)),
                rule("RmsProp: the mean is not weighted", RmsProp::new, () -> root(0.99, 1, 1e-8, false)),
                rule(
                        "RmsProp: epsilon inside the root",
                        p -> new RmsProp(p, 0.99, 1e-3),
                        () -> root(0.99, 0.01, 1e-3, true)),
                rule("Adagrad: forgets", Adagrad::new, () -> root(0.99, 1, 1e-10, false)),
                rule("Adagrad: a mean of squares", Adagrad::new, () -> root(0.99, 0.01, 1e-10, false)),
                rule("Adadelta: uphill", Adadelta::new, adadelta((s, g) -> -s.ratio() * g)),
                rule("Adadelta: the ratio is turned", Adadelta::new, adadelta((s, g) -> g / s.ratio())),
                rule("Adadelta: no root", Adadelta::new, adadelta((s, g) -> s.ratio() * s.ratio() * g)),
                rule(
                        "Adadelta: epsilon outside the roots",
                        p -> new Adadelta(p, 0.95, 1e-3),
                        () -> new Means(1e-3, false, (s, g) -> (Math.sqrt(s.u) + 1e-3) / (Math.sqrt(s.v) + 1e-3) * g)),
                rule(
                        "Adadelta: the mean is of steps times the rate",
                        Adadelta::new,
                        () -> new Means(1e-6, true, (s, g) -> s.ratio() * g)),
                rule("Adadelta: steps are forgotten", Adadelta::new, adadelta((s, g) -> {
                    s.u = 0;
                    return s.ratio() * g;
                })),
                rule("Adadelta: the step is its own mean", Adadelta::new, adadelta((s, g) -> {
                    double d = s.ratio() * g;
                    s.u = 0.95 * s.u + 0.05 * d * d; // which Means does once more
                    return s.ratio() * g;
                })));
    }

    /** Adadelta's two means, and a step to be made wrong. */
    private static final class Means implements Reference {
        private final double epsilon;
        private final boolean rated;
        private final MeansStep wrong;
        double v;
        double u;

        Means(double epsilon, boolean rated, MeansStep wrong) {
            this.epsilon = epsilon;
            this.rated = rated;
            this.wrong = wrong;
        }

        double ratio() {
            return Math.sqrt((u + epsilon) / (v + epsilon));
        }

        @Override
        public double step(double w, double g, double rate) {
            v = 0.95 * v + 0.05 * g * g;
            double d = wrong.of(this, g);
            double remembered = rated ? rate * d : d;
            u = 0.95 * u + 0.05 * remembered * remembered;
            return w - rate * d;
        }
    }

    @FunctionalInterface
    private interface MeansStep {
        double of(Means s, double g);
    }

    private static Reference.Factory adadelta(MeansStep wrong) {
        return () -> new Means(1e-6, false, wrong);
    }

    private static Reference momentum(double share, boolean ahead, double decay) {
        double[] velocity = {0};
        return (w, g, rate) -> {
            double decayed = g + decay * w;
            velocity[0] = 0.9 * velocity[0] + share * decayed;
            return w - rate * (ahead ? decayed + 0.9 * velocity[0] : velocity[0]);
        };
    }

    private static Reference root(double keep, double add, double epsilon, boolean inside) {
        double[] square = {0};
        return (w, g, rate) -> {
            square[0] = keep * square[0] + add * g * g;
            return w - rate * g / (inside ? Math.sqrt(square[0] + epsilon) : Math.sqrt(square[0]) + epsilon);
        };
    }

    /**
     * The textbook tests walk a hundred times, and one walk that ends elsewhere is enough to fail; here most of ten
     * must. Not all: after a single step Adam has m̂ = g, and nothing has been forgotten yet.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void aWrongStepIsToldApart(String name, Function<Parameters, Optimizer> right, Reference.Factory wrong) {
        int found = 0;
        for (long seed = 0; seed < 10; seed++) {
            long walk = new Random(seed).nextLong();
            try {
                Reference.verify(right, wrong, walk);
            } catch (AssertionError e) {
                found++;
            }
        }
        assertThat(found).as(name).isGreaterThan(5);
    }

    /** The walk that tells wrong rules apart lets the right one pass. */
    @Test
    void theRightStepPasses() {
        for (long seed = 0; seed < 10; seed++) {
            long walk = new Random(seed).nextLong();
            Reference.verify(Adam::new, adam((s, w, g) -> s.mHat() / (Math.sqrt(s.vHat()) + 1e-8)), walk);
            Reference.verify(p -> new Sgd(p, 0.9, true, 0.01), () -> momentum(1, true, 0.01), walk);
            Reference.verify(RmsProp::new, () -> root(0.99, 0.01, 1e-8, false), walk);
            Reference.verify(Adagrad::new, () -> root(1, 1, 1e-10, false), walk);
            Reference.verify(Adadelta::new, adadelta((s, g) -> s.ratio() * g), walk);
        }
    }
}
