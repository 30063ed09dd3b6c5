// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import java.util.Arrays;

/**
 * Σ_k a_k² over a range of an array.
 *
 * <p>HotSpot does not vectorise a reduction, nor up to JDK 17 a loop over two arrays from different offsets, nor the
 * widening of {@code float}. A long range is therefore taken through a window: copied there, squared and added to as
 * many lanes from index 0 in the array's own type, and the lanes are added up in double before any has more than
 * {@value #PASSES} terms. Half of the time of the plain loop for 200,000 floats that have left the second cache
 * (measured, JDK 17 with AVX-512).
 *
 * <p>Rounding: a lane of floats is off by at most {@value #PASSES} · 2⁻²⁴ of itself, 2e-6, and so is the sum. Where
 * squares may have left the range of floats, at a sum that is not finite or is tiny, the plain loop has the last word.
 */
final class Squares {
    private static final int LANES = 256;
    private static final int PASSES = 32;
    private static final int LONG = 4 * LANES;
    private static final double TINY = 1e-20;

    private Squares() {}

    // <double>
    static double sum( // generated: keep
            double[] a, int at, int n) {
        double sum = n < LONG ? 0 : inLanes(a, at, n); // generated: keep
        return sum > TINY && sum <= Double.MAX_VALUE ? sum : plain(a, at, n); // generated: keep
    }

    private static double inLanes( // generated: keep
            double[] a, int at, int n) {
        double[] lanes = new double[LANES];
        double[] window = new double[LANES];
        double sum = 0; // generated: keep
        int whole = at + n / LANES * LANES;
        for (int k = at; k < whole; ) {
            int stop = k + Math.min(whole - k, PASSES * LANES);
            for (; k < stop; k += LANES) {
                System.arraycopy(a, k, window, 0, LANES);
                addSquares(lanes, window);
            }
            for (double lane : lanes) {
                sum += lane;
            }
            Arrays.fill(lanes, 0);
        }
        return sum + plain(a, whole, at + n - whole);
    }

    private static void addSquares(double[] lanes, double[] window) {
        for (int j = 0; j < lanes.length; j++) {
            lanes[j] += window[j] * window[j];
        }
    }

    // four accumulators: one alone would wait for each addition
    private static double plain( // generated: keep
            double[] a, int at, int n) {
        double s0 = 0; // generated: keep
        double s1 = 0; // generated: keep
        double s2 = 0; // generated: keep
        double s3 = 0; // generated: keep
        int end = at + n;
        int k = at;
        for (; k + 3 < end; k += 4) {
            s0 += (double) a[k] * a[k]; // generated: keep
            s1 += (double) a[k + 1] * a[k + 1]; // generated: keep
            s2 += (double) a[k + 2] * a[k + 2]; // generated: keep
            s3 += (double) a[k + 3] * a[k + 3]; // generated: keep
        }
        for (; k < end; k++) {
            s0 += (double) a[k] * a[k]; // generated: keep
        }
        return (s0 + s1) + (s2 + s3);
    }
    // </double>

    // <float>
    static double sum( // generated: keep
            float[] a, int at, int n) {
        double sum = n < LONG ? 0 : inLanes(a, at, n); // generated: keep
        return sum > TINY && sum <= Double.MAX_VALUE ? sum : plain(a, at, n); // generated: keep
    }

    private static double inLanes( // generated: keep
            float[] a, int at, int n) {
        float[] lanes = new float[LANES];
        float[] window = new float[LANES];
        double sum = 0; // generated: keep
        int whole = at + n / LANES * LANES;
        for (int k = at; k < whole; ) {
            int stop = k + Math.min(whole - k, PASSES * LANES);
            for (; k < stop; k += LANES) {
                System.arraycopy(a, k, window, 0, LANES);
                addSquares(lanes, window);
            }
            for (float lane : lanes) {
                sum += lane;
            }
            Arrays.fill(lanes, 0);
        }
        return sum + plain(a, whole, at + n - whole);
    }

    private static void addSquares(float[] lanes, float[] window) {
        for (int j = 0; j < lanes.length; j++) {
            lanes[j] += window[j] * window[j];
        }
    }

    // four accumulators: one alone would wait for each addition
    private static double plain( // generated: keep
            float[] a, int at, int n) {
        double s0 = 0; // generated: keep
        double s1 = 0; // generated: keep
        double s2 = 0; // generated: keep
        double s3 = 0; // generated: keep
        int end = at + n;
        int k = at;
        for (; k + 3 < end; k += 4) {
            s0 += (double) a[k] * a[k]; // generated: keep
            s1 += (double) a[k + 1] * a[k + 1]; // generated: keep
            s2 += (double) a[k + 2] * a[k + 2]; // generated: keep
            s3 += (double) a[k + 3] * a[k + 3]; // generated: keep
        }
        for (; k < end; k++) {
            s0 += (double) a[k] * a[k]; // generated: keep
        }
        return (s0 + s1) + (s2 + s3);
    }
    // </float>
}
