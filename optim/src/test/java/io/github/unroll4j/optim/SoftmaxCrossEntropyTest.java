// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SoftmaxCrossEntropyTest {
    private static final double INF = Double.POSITIVE_INFINITY;

    private static SoftmaxCrossEntropy sum(int classes) {
        return new SoftmaxCrossEntropy(classes, Reduction.SUM);
    }

    static Stream<Arguments> settings() {
        return Stream.of(Reduction.values())
                .flatMap(reduction -> DoubleStream.of(0, 0.1).mapToObj(e -> Arguments.of(reduction, e)));
    }

    @ParameterizedTest
    @EnumSource
    void oneRowByHand(Dtype dtype) {
        double tolerance = dtype == Dtype.FLOAT ? 2e-7 : 1e-15; // the float exponential: 1.2e-7
        Vec logits = Vec.of(dtype, 0, Math.log(3)); // p = 1/4, 3/4

        Loss loss = sum(2).lossAndGradient(logits, Targets.of(new int[] {0}, 1));

        assertThat(loss.nats()).isCloseTo(Math.log(4), within(4 * tolerance));
        assertThat(loss.value()).isEqualTo(loss.nats());
        assertThat(loss.tokens()).isEqualTo(1);
        assertThat(logits.get(0)).isCloseTo(-0.75, within(tolerance));
        assertThat(logits.get(1)).isCloseTo(0.75, within(tolerance));
    }

    @Test
    void smoothingByHand() {
        Vec logits = Vec.of(Dtype.DOUBLE, 0, Math.log(3));

        Loss loss =
                new SoftmaxCrossEntropy(2, Reduction.SUM, 0.2).lossAndGradient(logits, Targets.of(new int[] {0}, 1));

        // target distribution 0.9, 0.1
        assertThat(loss.value()).isCloseTo(0.9 * Math.log(4) + 0.1 * Math.log(4.0 / 3), within(1e-15));
        assertThat(loss.nats()).isCloseTo(Math.log(4), within(1e-15));
        assertThat(logits.get(0)).isCloseTo(0.25 - 0.9, within(1e-15));
        assertThat(logits.get(1)).isCloseTo(0.75 - 0.1, within(1e-15));
    }

    @Test
    void reductionsDifferByTheirDivisorOnly() {
        double[] z = {1, 2, 3, 0, 0, 5, -1, 4, 2, 2, 2, 1};
        Targets targets = Targets.of(new int[] {2, 0, 1, 1}, new int[] {2, 1}); // T = 2, B = 2, 3 tokens
        Vec summed = Vec.of(Dtype.DOUBLE, z);
        Vec mean = summed.copy();
        Vec batchMean = summed.copy();

        Loss bySum = sum(3).lossAndGradient(summed, targets);
        Loss byMean = new SoftmaxCrossEntropy(3, Reduction.MEAN).lossAndGradient(mean, targets);
        Loss byBatch = new SoftmaxCrossEntropy(3, Reduction.BATCH_MEAN).lossAndGradient(batchMean, targets);

        assertThat(bySum.tokens()).isEqualTo(3);
        assertThat(byMean.value()).isCloseTo(bySum.value() / 3, within(1e-15));
        assertThat(byBatch.value()).isCloseTo(bySum.value() / 2, within(1e-15));
        assertThat(byMean.nats()).isEqualTo(bySum.nats()).isEqualTo(byBatch.nats());
        for (int i = 0; i < z.length; i++) {
            assertThat(mean.get(i)).isCloseTo(summed.get(i) / 3, within(1e-16));
            assertThat(batchMean.get(i)).isCloseTo(summed.get(i) / 2, within(1e-16));
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void gradientIsTheSlopeOfTheValue(Reduction reduction, double smoothing) {
        Random random = new Random(7);
        int classes = 5;
        Targets targets = Targets.of(new int[] {0, 4, Targets.IGNORED, 2, 3, 3}, new int[] {3, 2});
        SoftmaxCrossEntropy entropy = new SoftmaxCrossEntropy(classes, reduction, smoothing);
        Vec logits = Vec.of(Dtype.DOUBLE, random.doubles(30, -3, 3).toArray());
        Vec gradient = logits.copy();
        Loss loss = entropy.lossAndGradient(gradient, targets);
        double[] unused = new double[6];
        assertThat(entropy.scoreInto(unused, logits, targets)).isEqualTo(loss);

        double h = 1e-5; // truncation h² = 1e-10, rounding 1e-16/h = 1e-11: 1e-8 is far above both
        for (int i = 0; i < logits.length(); i++) {
            double z = logits.get(i);
            logits.set(i, z + h);
            double above = entropy.scoreInto(unused, logits, targets).value();
            logits.set(i, z - h);
            double below = entropy.scoreInto(unused, logits, targets).value();
            logits.set(i, z);
            assertThat(gradient.get(i)).as("[%d]", i).isCloseTo((above - below) / (2 * h), within(1e-8));
        }
    }

    @Property(tries = 100)
    void floatAgreesWithDouble(@ForAll long seed) {
        Random random = new Random(seed);
        int classes = 1 + random.nextInt(300); // on both sides of the softmax's block
        int[] ids = random.ints(6, 0, classes).toArray();
        double smoothing = random.nextBoolean() ? 0 : 0.1;
        SoftmaxCrossEntropy entropy = new SoftmaxCrossEntropy(classes, Reduction.MEAN, smoothing);
        Vec floats = Vec.zeros(Dtype.FLOAT, 6 * classes);
        for (int i = 0; i < floats.length(); i++) {
            floats.set(i, random.nextGaussian() * 5);
        }
        Vec doubles = Vec.of(Dtype.DOUBLE, floats.toDoubles());

        Loss narrow = entropy.lossAndGradient(floats, Targets.of(ids, 2));
        Loss wide = entropy.lossAndGradient(doubles, Targets.of(ids, 2));

        // z - max is rounded to half a unit of up to 40: 2e-6, and so is e^(z - max), relatively
        assertThat(narrow.value()).isCloseTo(wide.value(), within(2e-6));
        for (int i = 0; i < floats.length(); i++) {
            assertThat(floats.get(i)).isCloseTo(doubles.get(i), within(1e-6));
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void paddingAddsNothingWhateverItHolds(Reduction reduction, double smoothing) {
        SoftmaxCrossEntropy entropy = new SoftmaxCrossEntropy(3, reduction, smoothing);
        double[] clean = {1, 2, 3, 0, 0, 0, -1, 4, 2, 0, 0, 0};
        double[] dirty = {1, 2, 3, 0, 0, 0, -1, 4, 2, Double.NaN, INF, -INF};
        Vec a = Vec.of(Dtype.FLOAT, clean);
        Vec b = Vec.of(Dtype.FLOAT, dirty);

        Loss first = entropy.lossAndGradient(a, Targets.of(new int[] {2, 0, 1, 0}, new int[] {2, 1}));
        Loss second = entropy.lossAndGradient(b, Targets.of(new int[] {2, 0, 1, 12345}, new int[] {2, 1}));

        assertThat(second).isEqualTo(first);
        assertThat(b.toDoubles()).containsExactly(a.toDoubles());
        assertThat(b.toDoubles()).endsWith(0, 0, 0);
    }

    @ParameterizedTest
    @EnumSource
    void withoutAnyTokenTheLossIsZero(Reduction reduction) {
        Vec logits = Vec.of(Dtype.DOUBLE, 1, 2, 3, 4);

        Loss loss = new SoftmaxCrossEntropy(2, reduction)
                .lossAndGradient(logits, Targets.of(new int[] {Targets.IGNORED, Targets.IGNORED}, 1));

        assertThat(loss).isEqualTo(new Loss(0, 0, 0));
        assertThat(logits.toDoubles()).containsOnly(0);
    }

    @ParameterizedTest
    @EnumSource
    void extremeLogitsNeitherOverflowNorVanish(Dtype dtype) {
        Vec right = Vec.of(dtype, 1e4, -1e4, 0);
        assertThat(sum(3).lossAndGradient(right, Targets.of(new int[] {0}, 1)).nats())
                .isEqualTo(0);
        assertThat(right.toDoubles()).containsExactly(0, 0, 0);

        Vec wrong = Vec.of(dtype, 1e4, -1e4, 0);
        assertThat(sum(3).lossAndGradient(wrong, Targets.of(new int[] {1}, 1)).nats())
                .isEqualTo(2e4);
        assertThat(wrong.toDoubles()).containsExactly(1, -1, 0);
    }

    @ParameterizedTest
    @EnumSource
    void aLogitOfMinusInfinityIsAClassThatCannotBe(Dtype dtype) {
        Vec logits = Vec.of(dtype, -INF, 0, 0);
        assertThat(sum(3).lossAndGradient(logits, Targets.of(new int[] {1}, 1)).nats())
                .isCloseTo(Math.log(2), within(1e-15));
        assertThat(logits.toDoubles()).containsExactly(0, -0.5, 0.5);

        Vec banned = Vec.of(dtype, -INF, 0, 0);
        assertThat(sum(3).lossAndGradient(banned, Targets.of(new int[] {0}, 1)).nats())
                .isEqualTo(INF);
        assertThat(banned.toDoubles()).containsExactly(-1, 0.5, 0.5);
    }

    @ParameterizedTest
    @EnumSource
    void notANumberShowsInTheLoss(Dtype dtype) {
        for (double bad : new double[] {Double.NaN, INF}) {
            Vec logits = Vec.of(dtype, 0, bad, 0, 1, 1, 1);
            assertThat(sum(3).lossAndGradient(logits, Targets.of(new int[] {0, 1}, 1))
                            .nats())
                    .isNaN();
            assertThat(logits.get(1)).isNaN();
        }
    }

    @Test
    void scoreGivesTheLogProbabilityOfEachTarget() {
        Vec logits = Vec.of(Dtype.DOUBLE, 0, Math.log(3), 5, 5, 9, 8);
        double[] before = logits.toDoubles();
        double[] out = {7, 7, 7};

        Loss loss = new SoftmaxCrossEntropy(2, Reduction.MEAN, 0.1)
                .scoreInto(out, logits, Targets.of(new int[] {1, 0, Targets.IGNORED}, 1));

        assertThat(out[0]).isCloseTo(Math.log(0.75), within(1e-15));
        assertThat(out[1]).isCloseTo(Math.log(0.5), within(1e-15));
        assertThat(out[2]).isZero();
        assertThat(loss.nats()).isCloseTo(-(out[0] + out[1]), within(1e-15));
        assertThat(loss.tokens()).isEqualTo(2);
        assertThat(logits.toDoubles()).containsExactly(before);
    }

    @Test
    void aBadTargetChangesNothing() {
        Vec logits = Vec.of(Dtype.DOUBLE, 1, 2, 3, 4);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> sum(2).lossAndGradient(logits, Targets.of(new int[] {0, 2}, 1)))
                .withMessageStartingWith("Targets: the id at t=1, b=0 is 2, expected 0 to V-1=1");
        assertThat(logits.toDoubles()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void readsAndWritesTheFirstRowsOfALongerArray() {
        Vec logits = Vec.of(Dtype.DOUBLE, 0, 0, 8, 9);
        sum(2).lossAndGradient(logits, Targets.of(new int[] {0}, 1));

        assertThat(logits.toDoubles()).containsExactly(-0.5, 0.5, 8, 9);
    }

    @Test
    void refusesTooFewLogitsAndTooShortAnOutput() {
        Targets targets = Targets.of(new int[] {0, 0}, 1);
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> sum(3).lossAndGradient(Vec.zeros(Dtype.FLOAT, 5), targets))
                .withMessage("SoftmaxCrossEntropy.lossAndGradient: logits is 5 elements,"
                        + " expected at least T·B·V = 2·3.");
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> sum(3).scoreInto(new double[1], Vec.zeros(Dtype.FLOAT, 6), targets))
                .withMessage("SoftmaxCrossEntropy.scoreInto: logProbabilities is 1 elements, expected T·B=2.");
    }

    @Test
    void refusesSettingsThatCannotWork() {
        String rest = ", expected 1 or more classes and a smoothing in [0, 1).";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SoftmaxCrossEntropy(0, Reduction.SUM))
                .withMessage("SoftmaxCrossEntropy: classes is 0 and smoothing is 0.0" + rest);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SoftmaxCrossEntropy(5, Reduction.SUM, 1))
                .withMessage("SoftmaxCrossEntropy: classes is 5 and smoothing is 1.0" + rest);
    }
}
