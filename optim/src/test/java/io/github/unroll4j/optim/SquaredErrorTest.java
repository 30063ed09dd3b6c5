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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SquaredErrorTest {
    @ParameterizedTest
    @EnumSource
    void twoRowsByHand(Dtype dtype) {
        Vec y = Vec.of(dtype, 1, 2, 3, 5);

        Loss loss = new SquaredError(2, Reduction.SUM).lossAndGradient(y, Vec.of(dtype, 1, 4, 0, 6), 1, 1);

        // all numbers are small integers: exact in both types
        assertThat(loss).isEqualTo(new Loss(4 + 9 + 1, 4, 14));
        assertThat(y.toDoubles()).containsExactly(0, -4, 6, -2);
    }

    @Test
    void reductionsDifferByTheirDivisorOnly() {
        double[] y = {1, 2, 3, 4, 5, 6, 7, 8};
        Vec targets = Vec.zeros(Dtype.DOUBLE, 8); // T = 2, B = 2, N = 2, of which row (1, 1) is padding
        Vec mean = Vec.of(Dtype.DOUBLE, y);
        Vec batchMean = mean.copy();

        Loss byMean = new SquaredError(2, Reduction.MEAN).lossAndGradient(mean, targets, 2, 1);
        Loss byBatch = new SquaredError(2, Reduction.BATCH_MEAN).lossAndGradient(batchMean, targets, 2, 1);

        double squares = 1 + 4 + 9 + 16 + 25 + 36;
        assertThat(byMean).isEqualTo(new Loss(squares, 6, squares / 6));
        assertThat(byBatch).isEqualTo(new Loss(squares, 6, squares / 2));
        for (int i = 0; i < 6; i++) {
            assertThat(mean.get(i)).isCloseTo(2 * y[i] / 6, within(1e-15));
            assertThat(batchMean.get(i)).isEqualTo(2 * y[i] / 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void gradientIsTheSlopeOfTheValue(Reduction reduction) {
        Random random = new Random(7);
        SquaredError error = new SquaredError(2, reduction);
        int[] lengths = {3, 0, 2};
        Vec targets = Vec.of(Dtype.DOUBLE, random.doubles(18, -3, 3).toArray());
        Vec y = Vec.of(Dtype.DOUBLE, random.doubles(18, -3, 3).toArray());
        Vec gradient = y.copy();
        error.lossAndGradient(gradient, targets, lengths);

        double h = 1e-4; // a central difference of a square has no truncation; rounding is 1e-15/h = 1e-11
        for (int i = 0; i < y.length(); i++) {
            Vec above = y.copy();
            above.set(i, y.get(i) + h);
            Vec below = y.copy();
            below.set(i, y.get(i) - h);
            double slope = (error.lossAndGradient(above, targets, lengths).value()
                            - error.lossAndGradient(below, targets, lengths).value())
                    / (2 * h);
            assertThat(gradient.get(i)).as("[%d]", i).isCloseTo(slope, within(1e-9));
        }
    }

    @ParameterizedTest
    @EnumSource
    void paddingAddsNothingWhateverItHolds(Reduction reduction) {
        SquaredError error = new SquaredError(1, reduction);
        Vec clean = Vec.of(Dtype.FLOAT, 1, 2, 3, 0);
        Vec dirty = Vec.of(Dtype.FLOAT, 1, 2, 3, Double.NaN);

        Loss first = error.lossAndGradient(clean, Vec.of(Dtype.FLOAT, 0, 0, 0, 0), 2, 1);
        Loss second = error.lossAndGradient(dirty, Vec.of(Dtype.FLOAT, 0, 0, 0, Double.NaN), 2, 1);

        assertThat(second).isEqualTo(first);
        assertThat(dirty.toDoubles()).containsExactly(clean.toDoubles()).endsWith(0);
    }

    @ParameterizedTest
    @EnumSource
    void withoutAnyNumberTheLossIsZero(Reduction reduction) {
        Vec y = Vec.of(Dtype.DOUBLE, 1, 2);

        Loss loss = new SquaredError(1, reduction).lossAndGradient(y, Vec.zeros(Dtype.DOUBLE, 2), 0, 0);

        assertThat(loss).isEqualTo(new Loss(0, 0, 0));
        assertThat(y.toDoubles()).containsOnly(0);
    }

    @Test
    void notANumberShowsInTheLoss() {
        Vec y = Vec.of(Dtype.FLOAT, Double.NaN);
        assertThat(new SquaredError(1, Reduction.MEAN)
                        .lossAndGradient(y, Vec.zeros(Dtype.FLOAT, 1), 1)
                        .nats())
                .isNaN();
    }

    @Test
    void readsAndWritesTheFirstRowsOfALongerArray() {
        Vec y = Vec.of(Dtype.DOUBLE, 3, 8, 9);
        new SquaredError(1, Reduction.SUM).lossAndGradient(y, Vec.of(Dtype.DOUBLE, 1), 1);
        assertThat(y.toDoubles()).containsExactly(4, 8, 9);
    }

    @Test
    void refusesWhatDoesNotFitAndChangesNothing() {
        SquaredError error = new SquaredError(2, Reduction.SUM);
        Vec y = Vec.of(Dtype.FLOAT, 1, 2, 3, 4);
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> error.lossAndGradient(y, Vec.zeros(Dtype.FLOAT, 5), 1))
                .withMessage("SquaredError.lossAndGradient: targets is 5 elements, expected T·B·N, B=1, N=2.");
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> error.lossAndGradient(y, Vec.zeros(Dtype.FLOAT, 4)))
                .withMessage("SquaredError.lossAndGradient: targets is 4 elements, expected T·B·N, B=0, N=2.");
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> error.lossAndGradient(y, Vec.zeros(Dtype.FLOAT, 8), 1, 1))
                .withMessageContaining("predictions is 4 elements of FLOAT, expected at least 8 of FLOAT");
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> error.lossAndGradient(y, Vec.zeros(Dtype.DOUBLE, 4), 1, 1))
                .withMessageContaining("predictions is 4 elements of FLOAT, expected at least 4 of DOUBLE");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> error.lossAndGradient(y, Vec.zeros(Dtype.FLOAT, 4), 1, 2))
                .withMessage("SquaredError.lossAndGradient: the length of batch entry b=1 is 2, expected 0 to T=1.");
        assertThat(y.toDoubles()).containsExactly(1, 2, 3, 4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SquaredError(0, Reduction.SUM))
                .withMessage("SquaredError: outputs is 0, expected 1 or more.");
    }
}
