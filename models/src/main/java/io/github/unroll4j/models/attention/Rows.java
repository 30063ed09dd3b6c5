// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

/**
 * Loops over one row of several arrays at the same place.
 *
 * <p>All arrays share one index, because that is what HotSpot vectorises; the sum has four accumulators, because a reduction it
 * does not vectorise, and one accumulator would wait for each addition.
 */
public final class Rows {
    private Rows() {}

    // <double>
    /**
     * {@code Σ a[k] b[k]} over a row.
     *
     * @param a (Input) one factor
     * @param b (Input) the other
     * @param from first element of the row in both
     * @param n number of elements
     * @return the inner product
     */
    public static double dot(double[] a, double[] b, int from, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int end = from + n;
        int k = from;
        for (; k + 3 < end; k += 4) {
            s0 += a[k] * b[k];
            s1 += a[k + 1] * b[k + 1];
            s2 += a[k + 2] * b[k + 2];
            s3 += a[k + 3] * b[k + 3];
        }
        for (; k < end; k++) {
            s0 += a[k] * b[k];
        }
        return (s0 + s1) + (s2 + s3);
    }

    /**
     * {@code y[k] += f x[k]} over a row.
     *
     * @param y (Accumulated) the row's array
     * @param f the factor
     * @param x (Input) what is added
     * @param from first element of the row in both
     * @param n number of elements
     */
    public static void addScaled(double[] y, double f, double[] x, int from, int n) {
        int end = from + n;
        for (int k = from; k < end; k++) {
            y[k] += f * x[k];
        }
    }
    // </double>

    // <float>
    /**
     * {@code Σ a[k] b[k]} over a row.
     *
     * @param a (Input) one factor
     * @param b (Input) the other
     * @param from first element of the row in both
     * @param n number of elements
     * @return the inner product
     */
    public static float dot(float[] a, float[] b, int from, int n) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int end = from + n;
        int k = from;
        for (; k + 3 < end; k += 4) {
            s0 += a[k] * b[k];
            s1 += a[k + 1] * b[k + 1];
            s2 += a[k + 2] * b[k + 2];
            s3 += a[k + 3] * b[k + 3];
        }
        for (; k < end; k++) {
            s0 += a[k] * b[k];
        }
        return (s0 + s1) + (s2 + s3);
    }

    /**
     * {@code y[k] += f x[k]} over a row.
     *
     * @param y (Accumulated) the row's array
     * @param f the factor
     * @param x (Input) what is added
     * @param from first element of the row in both
     * @param n number of elements
     */
    public static void addScaled(float[] y, float f, float[] x, int from, int n) {
        int end = from + n;
        for (int k = from; k < end; k++) {
            y[k] += f * x[k];
        }
    }
    // </float>
}
