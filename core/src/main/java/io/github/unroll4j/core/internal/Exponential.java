// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.internal;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;

/**
 * e^(x - c) where c is at least every x: the exponentials of a softmax, and their sum.
 *
 * <p>{@code float}: y = x - c is split into y = r ln 2 + f with whole r and |f| ≤ ½ ln 2, so that e^y = 2^r e^f, where
 * e^f is a minimax polynomial of degree 6 ({@code tools/generate/fit_exp.py}). The relative error for a given y is at
 * most 1.2e-7 down to y = -87.3; below -87.7 the result is exactly zero, also at -∞. r is found by adding and taking
 * away 1.5·2²³, which leaves r in the low bits of the sum; moved into the exponent field they are 2^r. HotSpot
 * vectorises all but that move, so separate short loops cost 1.4 to 1.9 ns an element where one loop over whole
 * elements costs 3.2 and {@link Math#exp} 5 to 10.
 *
 * <p>{@code double}: {@link Math#exp}, within one unit in the last place.
 */
final class Exponential {
    private static final float LOG2_E = 1.442695f;
    // ln 2 in two parts; the first has so few bits that its product with r is exact
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.1219444e-4f;
    private static final float ROUNDER = 12582912f;
    private static final float LOWEST = -88.02969f; // -127 ln 2: r = -127 makes an exponent field of 0
    private static final int ONE = 0x3f800000; // the bits of 1f

    private final float[] rounded;

    /**
     * Makes the scratch array.
     *
     * @param longest largest number of elements in one call
     */
    Exponential(int longest) {
        rounded = new float[longest];
    }

    /**
     * {@code x[k] = e^(x[k] - c)} for k in [0, n).
     *
     * @param x (Accumulated) arguments, NaN stays NaN
     * @param n number of elements, at most the longest announced
     * @param c no smaller than any argument
     * @return the sum of the new elements
     */
    double ofShifted(Vec x, int n, double c) {
        return x.dtype() == Dtype.FLOAT ? ofShifted(x.floats(), n, (float) c) : ofShifted(x.doubles(), n, c);
    }

    private static double ofShifted(double[] x, int n, double c) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
            x[k] = Math.exp(x[k] - c);
            sum += x[k];
        }
        return sum;
    }

    private double ofShifted(float[] x, int n, float c) {
        float[] t = rounded;
        for (int k = 0; k < n; k++) {
            float y = Math.max(x[k] - c, LOWEST);
            x[k] = y;
            t[k] = y * LOG2_E + ROUNDER;
        }
        for (int k = 0; k < n; k++) {
            float r = t[k] - ROUNDER;
            float f = x[k] - r * LN2_HIGH;
            f -= r * LN2_LOW;
            float p = 1.3814613e-3f * f + 8.36871e-3f;
            p = p * f + 4.166839e-2f;
            p = p * f + 0.16666521f;
            p = p * f + 0.49999994f;
            p = p * f + 1f;
            x[k] = p * f + 1f;
        }
        for (int k = 0; k < n; k++) {
            x[k] *= Float.intBitsToFloat((Float.floatToRawIntBits(t[k]) << 23) + ONE);
        }
        return sum(x, n);
    }

    // four accumulators: HotSpot does not vectorise a reduction, and one accumulator would wait for each addition
    private static double sum(float[] x, int n) {
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
