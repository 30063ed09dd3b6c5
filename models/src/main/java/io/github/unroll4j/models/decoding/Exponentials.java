// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.decoding;

/**
 * e^x of many numbers, none above 0, in loops that HotSpot vectorises, but for the move of bits. The softmax of a loss
 * has its own form for float, {@code Exponential} of core.
 *
 * <p>x = r ln 2 + f with whole r and |f| ≤ ½ ln 2, and e^x = 2^r e^f, e^f by its Taylor series to f¹³, whose remainder
 * is below 5·10⁻¹⁸. r is found by adding and taking away 1.5·2⁵², which leaves it in the low bits of the sum; moved
 * into the exponent field they are 2^r. The relative error is below 5·10⁻¹⁶ down to 2^-1022; smaller results are
 * exactly 0, that of -∞ among them. {@link Math#exp} takes some three times as long.
 */
final class Exponentials {
    private static final int BLOCK = 256;
    private static final double LOG2_E = 1.4426950408889634;
    // ln 2 in two parts; the first has so few bits that its product with r is exact
    private static final double LN2_HIGH = 0.6931471803691238;
    private static final double LN2_LOW = 1.9082149292705877e-10;
    private static final double ROUNDER = 6755399441055744.0;
    private static final double LOWEST = -709.0895657128241; // -1023 ln 2: r = -1023 makes an exponent field of 0
    private static final long ONE = 0x3ff0000000000000L; // the bits of 1.0

    private Exponentials() {}

    /**
     * {@code x[k] = e^((x[k] - max) / temperature)}.
     *
     * @param x (Accumulated) none above max, no NaN
     * @return their sum
     */
    static double of(double[] x, double max, double temperature) {
        double[] some = new double[Math.min(BLOCK, x.length)];
        double[] rounded = new double[some.length];
        double sum = 0;
        for (int from = 0; from < x.length; from += BLOCK) {
            int n = Math.min(BLOCK, x.length - from);
            System.arraycopy(x, from, some, 0, n); // HotSpot vectorises loops over arrays that all begin at 0
            reduce(some, n, max, temperature, rounded);
            powers(some, n, rounded);
            sum += scale(some, n, rounded);
            System.arraycopy(some, 0, x, from, n);
        }
        return sum;
    }

    private static void reduce(double[] x, int n, double max, double temperature, double[] t) {
        for (int k = 0; k < n; k++) {
            double y = Math.max((x[k] - max) / temperature, LOWEST);
            x[k] = y;
            t[k] = y * LOG2_E + ROUNDER;
        }
    }

    private static void powers(double[] x, int n, double[] t) {
        for (int k = 0; k < n; k++) {
            double r = t[k] - ROUNDER;
            double f = x[k] - r * LN2_HIGH;
            f -= r * LN2_LOW;
            double p = f * (1.0 / 6227020800.0) + 1.0 / 479001600.0;
            p = p * f + 1.0 / 39916800.0;
            p = p * f + 1.0 / 3628800.0;
            p = p * f + 1.0 / 362880.0;
            p = p * f + 1.0 / 40320.0;
            p = p * f + 1.0 / 5040.0;
            p = p * f + 1.0 / 720.0;
            p = p * f + 1.0 / 120.0;
            p = p * f + 1.0 / 24.0;
            p = p * f + 1.0 / 6.0;
            p = p * f + 0.5;
            p = p * f + 1.0;
            x[k] = p * f + 1.0;
        }
    }

    // four accumulators: one would wait for each addition
    private static double scale(double[] x, int n, double[] t) {
        for (int k = 0; k < n; k++) {
            x[k] *= Double.longBitsToDouble((Double.doubleToRawLongBits(t[k]) << 52) + ONE);
        }
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int k = 0;
        for (; k + 3 < n; k += 4) {
            s0 += x[k];
            s1 += x[k + 1];
            s2 += x[k + 2];
            s3 += x[k + 3];
        }
        for (; k < n; k++) {
            s0 += x[k];
        }
        return (s0 + s1) + (s2 + s3);
    }
}
