// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SoftmaxTest {
    private static final double INF = Double.POSITIVE_INFINITY;
    private final Softmax softmax = new Softmax();

    private static double[] random(Random random, int n) {
        return random.doubles(n, -6, 6).toArray();
    }

    /** A bound for one probability: a few roundings; in float the exponential's 1.2e-7 and that of z - max up to 12. */
    private static double tolerance(Dtype dtype) {
        return dtype == Dtype.FLOAT ? 1e-6 : 1e-15;
    }

    /** A bound for one logarithm up to 20: half a unit in float; in double the 700 roundings of either sum. */
    private static double logTolerance(Dtype dtype) {
        return dtype == Dtype.FLOAT ? 3e-6 : 1e-13;
    }

    @ParameterizedTest
    @EnumSource
    void oneRowByHand(Dtype dtype) {
        Vec z = Vec.of(dtype, Math.log(1), Math.log(2), Math.log(5));

        assertThat(softmax.row(z, 0, 3)).isCloseTo(Math.log(8), within(10 * tolerance(dtype)));
        assertThat(z.get(0)).isCloseTo(0.125, within(tolerance(dtype)));
        assertThat(z.get(1)).isCloseTo(0.25, within(tolerance(dtype)));
        assertThat(z.get(2)).isCloseTo(0.625, within(tolerance(dtype)));
    }

    @Property(tries = 100)
    void agreesWithTheDefinition(@ForAll long seed, @ForAll @IntRange(min = 1, max = 700) int cols) {
        for (Dtype dtype : Dtype.values()) {
            Vec z = Vec.of(dtype, random(new Random(seed), 3 * cols));
            Vec p = z.copy();
            Vec log = z.copy();
            softmax.rows(p, 0, 3, cols);
            softmax.logRows(log, 0, 3, cols);
            for (int r = 0; r < 3; r++) {
                double sum = 0;
                for (int k = 0; k < cols; k++) {
                    sum += Math.exp(z.get(r * cols + k));
                }
                assertThat(softmax.logSumExp(z, r * cols, cols)).isCloseTo(Math.log(sum), within(logTolerance(dtype)));
                for (int k = r * cols; k < (r + 1) * cols; k++) {
                    assertThat(p.get(k)).isCloseTo(Math.exp(z.get(k)) / sum, within(10 * tolerance(dtype)));
                    assertThat(log.get(k)).isCloseTo(z.get(k) - Math.log(sum), within(logTolerance(dtype)));
                }
                assertThat(p.sum(r * cols, cols)).isCloseTo(1, within(cols * tolerance(dtype)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aShiftOfAllLogitsChangesNothing(Dtype dtype) {
        Vec near = Vec.of(dtype, 1, 2, 3);
        Vec far = Vec.of(dtype, 10001, 10002, 10003);

        double lse = softmax.row(near, 0, 3);
        assertThat(softmax.row(far, 0, 3)).isCloseTo(lse + 10000, within(1e-6));
        assertThat(far.toDoubles()).containsExactly(near.toDoubles());
    }

    @ParameterizedTest
    @EnumSource
    void extremeLogitsStayProbabilities(Dtype dtype) {
        Vec z = Vec.of(dtype, 1e4, -1e4, 1e4, -INF);

        assertThat(softmax.logSumExp(z, 0, 4)).isCloseTo(1e4 + Math.log(2), within(1e-11));
        softmax.rows(z, 0, 1, 4);
        assertThat(z.toDoubles()).containsExactly(0.5, 0, 0.5, 0);
    }

    @ParameterizedTest
    @EnumSource
    void aRowOfMinusInfinityOnlyGivesZeros(Dtype dtype) {
        Vec z = Vec.of(dtype, -INF, -INF, 0, 0);
        Vec log = z.copy();

        assertThat(softmax.logSumExp(z, 0, 2)).isEqualTo(-INF);
        softmax.rows(z, 0, 2, 2);
        softmax.logRows(log, 0, 2, 2);

        assertThat(z.toDoubles()).containsExactly(0, 0, 0.5, 0.5);
        assertThat(log.get(0)).isEqualTo(-INF);
        assertThat(log.get(3)).isCloseTo(-Math.log(2), within(1e-7));
    }

    @ParameterizedTest
    @EnumSource
    void notANumberFillsItsRowAndNoOther(Dtype dtype) {
        for (double bad : new double[] {Double.NaN, INF}) {
            Vec z = Vec.of(dtype, 0, bad, 0, 0);
            assertThat(softmax.logSumExp(z, 0, 2)).isNaN();
            softmax.rows(z, 0, 2, 2);

            assertThat(z.toDoubles()).containsExactly(Double.NaN, Double.NaN, 0.5, 0.5);
        }
    }

    @Property(tries = 100)
    void aMaskedRowIsTheSoftmaxOfWhatIsAdmitted(@ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int cols) {
        for (Dtype dtype : Dtype.values()) {
            Random random = new Random(seed);
            Vec z = Vec.of(dtype, random(random, cols));
            boolean[] admitted = new boolean[cols];
            Vec compact = Vec.zeros(dtype, cols);
            int count = 0;
            for (int k = 0; k < cols; k++) {
                admitted[k] = random.nextBoolean();
                if (admitted[k]) {
                    compact.set(count++, z.get(k));
                } else {
                    z.set(k, random.nextBoolean() ? Double.NaN : 1e4);
                }
            }
            softmax.maskedRows(z, 0, admitted, 1, cols);
            softmax.rows(compact, 0, 1, count);
            int next = 0;
            for (int k = 0; k < cols; k++) {
                double expected = admitted[k] ? compact.get(next++) : 0;
                // the two sums take up to 300 terms in another order
                assertThat(z.get(k)).isCloseTo(expected, within(10 * tolerance(dtype) * expected));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFullyMaskedRowIsZero(Dtype dtype) {
        Vec z = Vec.of(dtype, 9, 9, 1, Double.NaN, 3, 3);
        boolean[] admitted = {true, true, false, false, true, false};
        softmax.maskedRows(z, 0, admitted, 3, 2);

        assertThat(z.toDoubles()).containsExactly(0.5, 0.5, 0, 0, 1, 0);
    }

    @ParameterizedTest
    @EnumSource
    void touchesOnlyItsBlock(Dtype dtype) {
        Vec z = Vec.of(dtype, 7, 0, 0, 0, 0, 7);
        Vec masked = z.copy();
        Vec log = z.copy();
        softmax.rows(z, 1, 2, 2);
        softmax.maskedRows(masked, 1, new boolean[] {true, false, false, true}, 2, 2);
        softmax.logRows(log, 1, 2, 2);

        assertThat(z.toDoubles()).containsExactly(7, 0.5, 0.5, 0.5, 0.5, 7);
        assertThat(masked.toDoubles()).containsExactly(7, 1, 0, 0, 1, 7);
        assertThat(log.get(0)).isEqualTo(7);
        assertThat(log.get(1)).isCloseTo(-Math.log(2), within(1e-7));
        assertThat(log.get(5)).isEqualTo(7);
    }

    @Test
    void emptyRowsAreNoError() {
        Vec z = Vec.zeros(Dtype.FLOAT, 0);
        softmax.rows(z, 0, 3, 0);
        softmax.rows(z, 0, 0, 3);

        assertThat(softmax.logSumExp(z, 0, 0)).isEqualTo(-INF);
    }

    @Test
    void backwardIsTheSlope() {
        Random random = new Random(3);
        int n = 6;
        double[] z = random(random, n);
        double[] upstream = random(random, n);
        Vec p = Vec.of(Dtype.DOUBLE, z);
        softmax.row(p, 0, n);
        Vec dz = Vec.of(Dtype.DOUBLE, upstream);
        Softmax.backwardRow(dz, 0, p, 0, n);

        double h = 1e-5; // truncation and rounding both near 1e-10
        for (int k = 0; k < n; k++) {
            double slope = (weighted(z, upstream, k, h) - weighted(z, upstream, k, -h)) / (2 * h);
            assertThat(dz.get(k)).as("[%d]", k).isCloseTo(slope, within(1e-8));
        }
    }

    private double weighted(double[] z, double[] weights, int k, double step) {
        double[] moved = z.clone();
        moved[k] += step;
        Vec p = Vec.of(Dtype.DOUBLE, moved);
        softmax.row(p, 0, z.length);
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            sum += weights[i] * p.get(i);
        }
        return sum;
    }

    @ParameterizedTest
    @EnumSource
    void backwardTakesARowOutOfEachArray(Dtype dtype) {
        // p = 1/4, 3/4 and dp = 2, 6: ⟨dp, p⟩ = 5, dz = 1/4·(2 - 5), 3/4·(6 - 5); the masked element stays at 0
        Vec dp = Vec.of(dtype, 9, 2, 6, 100, 9);
        Vec p = Vec.of(dtype, 8, 8, 0.25, 0.75, 0);
        Softmax.backwardRow(dp, 1, p, 2, 3);

        assertThat(dp.toDoubles()).containsExactly(9, -0.75, 0.75, 0, 9);
    }

    @Test
    void saysWhichArrayIsTooShort() {
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> softmax.rows(Vec.zeros(Dtype.FLOAT, 7), 2, 2, 3))
                .withMessage("Softmax.rows: z is 7 elements, expected 2 rows of 3 from element 2 on.");
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> softmax.logRows(Vec.zeros(Dtype.FLOAT, 7), -1, 2, 3))
                .withMessage("Softmax.logRows: z is 7 elements, expected 2 rows of 3 from element -1 on.");
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> softmax.maskedRows(Vec.zeros(Dtype.FLOAT, 6), 0, new boolean[5], 2, 3))
                .withMessage("Softmax.maskedRows: admitted is 5 elements, expected 2·3.");
    }
}
