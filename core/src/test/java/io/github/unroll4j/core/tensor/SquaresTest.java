// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a compensated sum in double over the numbers as they were stored. */
class SquaresTest {
    private static final int LONG = 100_000;

    private static double tolerance(Dtype dtype) {
        return dtype == Dtype.FLOAT ? 2e-6 : 1e-11; // as documented; 100,000 additions rounded by 2⁻⁵³ each
    }

    private static void assertSquares(Vec v, int at, int n) {
        double expected = IntStream.range(at, at + n)
                .mapToDouble(k -> v.get(k) * v.get(k))
                .sum(); // compensated
        assertThat(v.sumOfSquares(at, n)).isCloseTo(expected, within(tolerance(v.dtype()) * expected));
    }

    private static Vec random(Dtype dtype, int n, double scale) {
        Vec v = Vec.zeros(dtype, n);
        Random random = new Random(n);
        for (int k = 0; k < n; k++) {
            v.set(k, scale * random.nextGaussian());
        }
        return v;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 1023, 1024, 1025, 1279, 1280, 8191, 8192, 8193, 8448, 16385, LONG})
    void everyLengthFromEveryOffset(int n) {
        for (Dtype dtype : Dtype.values()) {
            Vec v = random(dtype, n + 7, 1);
            for (int at = 0; at <= 7; at++) {
                assertSquares(v, at, n);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT, 1e30", "FLOAT, 1e-15", "FLOAT, 1e-30", "FLOAT, 1e19", "DOUBLE, 1e150", "DOUBLE, 1e-150"})
    void squaresThatTheTypeCannotHoldAreNoneTheWorse(Dtype dtype, double scale) {
        assertSquares(random(dtype, LONG, scale), 3, LONG - 3);
    }

    @ParameterizedTest
    @EnumSource
    void oneLargeNumberAmongManySmallOnes(Dtype dtype) {
        Vec v = Vec.zeros(dtype, LONG);
        v.fill(0, LONG, 1e-3);
        v.set(70_000, 1e18);
        assertSquares(v, 0, LONG);
    }

    @ParameterizedTest
    @EnumSource
    void equalTermsRoundTheSameWayAgainAndAgain(Dtype dtype) {
        Vec v = Vec.zeros(dtype, 10 * LONG);
        v.fill(0, v.length(), 0.1);
        assertSquares(v, 0, v.length());
    }

    @Test
    void whatIsNoNumberShows() {
        for (Dtype dtype : Dtype.values()) {
            Vec v = random(dtype, LONG, 1);
            v.set(50_000, Double.NaN);
            assertThat(v.sumOfSquares(0, LONG)).isNaN();
            assertThat(v.sumOfSquares(50_001, LONG - 50_001)).isPositive();
            v.set(50_000, Double.NEGATIVE_INFINITY);
            assertThat(v.sumOfSquares(0, LONG)).isEqualTo(Double.POSITIVE_INFINITY);
            assertThat(Vec.zeros(dtype, LONG).sumOfSquares(0, LONG)).isZero();
        }
    }
}
