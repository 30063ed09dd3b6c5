// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.internal;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Vec;

/**
 * Softmax over the rows of a row-major block: p_j = e^(z_j - m) / Σ_k e^(z_k - m) with m = max_k z_k, so that nothing
 * overflows.
 *
 * <p>Rules for special numbers, the same in every method: a logit of -∞ has probability 0; a row of -∞ only gives
 * zeros and the log-sum-exp -∞; a row that holds NaN or +∞ gives NaN throughout. Sums are accumulated in double. The
 * exponential has a relative error of at most 1.2e-7 for {@code float}, one unit in the last place for {@code double}.
 *
 * <p>Works in place: whoever needs the logits later copies them first. An instance holds 7 kB of scratch and serves one
 * thread at a time.
 *
 * @since 0.1.0
 */
public final class Softmax {
    private static final int BLOCK = 256;

    private final Exponential exponential = new Exponential(BLOCK);
    private final Vec doubles = Vec.zeros(Dtype.DOUBLE, BLOCK);
    private final Vec floats = Vec.zeros(Dtype.FLOAT, BLOCK);
    private final Vec doubleLanes = Vec.zeros(Dtype.DOUBLE, BLOCK);
    private final Vec floatLanes = Vec.zeros(Dtype.FLOAT, BLOCK);

    /** Makes the scratch arrays. */
    public Softmax() {}

    /**
     * Replaces one row by its softmax.
     *
     * @param z (Accumulated) logits in, probabilities out
     * @param at first element of the row
     * @param n number of elements of the row
     * @return ln Σ_k e^z_k of the logits
     */
    public double row(Vec z, int at, int n) {
        double max = max(z, at, n);
        if (max == Double.NEGATIVE_INFINITY) {
            z.fill(at, n, 0);
            return max;
        }
        double sum = exponentials(z, at, n, max, true);
        z.scale(at, n, 1 / sum);
        return max + Math.log(sum);
    }

    /**
     * Replaces every row by its softmax.
     *
     * @param z (Accumulated) logits in, probabilities out; [rows, cols] from {@code at} on
     * @param at first element of the first row
     * @param rows number of rows
     * @param cols number of elements of a row
     * @throws ShapeException if {@code z} ends before the last row
     */
    public void rows(Vec z, int at, int rows, int cols) {
        requireRows("Softmax.rows", z, at, rows, cols);
        for (int r = 0; r < rows; r++) {
            row(z, at + r * cols, cols);
        }
    }

    /**
     * Replaces every row by its softmax over the elements that a mask admits; the others, whatever they hold, become
     * exactly 0, and so does a row without any admitted element.
     *
     * @param z (Accumulated) logits in, probabilities out; [rows, cols] from {@code at} on
     * @param at first element of the first row
     * @param admitted (Input) [rows, cols], row-major: true where the element takes part
     * @param rows number of rows
     * @param cols number of elements of a row
     * @throws ShapeException if {@code z} ends before the last row, or {@code admitted} has another size
     */
    public void maskedRows(Vec z, int at, boolean[] admitted, int rows, int cols) {
        requireRows("Softmax.maskedRows", z, at, rows, cols);
        if (admitted.length != rows * cols) {
            throw ShapeException.of(
                    "Softmax.maskedRows", "admitted", admitted.length + " elements", rows + "·" + cols, "");
        }
        for (int k = 0; k < admitted.length; k++) {
            if (!admitted[k]) {
                z.set(at + k, Double.NEGATIVE_INFINITY);
            }
        }
        rows(z, at, rows, cols);
    }

    /**
     * Replaces every row by the logarithm of its softmax, z_j - ln Σ_k e^z_k; a row of -∞ only stays as it is.
     *
     * @param z (Accumulated) logits in, log-probabilities out; [rows, cols] from {@code at} on
     * @param at first element of the first row
     * @param rows number of rows
     * @param cols number of elements of a row
     * @throws ShapeException if {@code z} ends before the last row
     */
    public void logRows(Vec z, int at, int rows, int cols) {
        requireRows("Softmax.logRows", z, at, rows, cols);
        for (int r = 0; r < rows; r++) {
            logRow(z, at + r * cols, cols);
        }
    }

    /**
     * The logarithm of the sum of the exponentials of one row, ln Σ_k e^z_k.
     *
     * @param z (Input) logits
     * @param at first element of the row
     * @param n number of elements of the row
     * @return the log-sum-exp; -∞ for an empty row
     */
    public double logSumExp(Vec z, int at, int n) {
        double max = max(z, at, n);
        return max == Double.NEGATIVE_INFINITY ? max : max + Math.log(exponentials(z, at, n, max, false));
    }

    /**
     * The gradient of one softmax row: with p = softmax(z) and dp = ∂L/∂p, ∂L/∂z = p ⊙ (dp - ⟨dp, p⟩). Elements of
     * probability 0, masked ones among them, get 0.
     *
     * @param dp (Accumulated) gradient of the probabilities in, gradient of the logits out
     * @param at first element of the row in {@code dp}
     * @param p (Input) the probabilities
     * @param from first element of the row in {@code p}
     * @param n number of elements of the row
     */
    public static void backwardRow(Vec dp, int at, Vec p, int from, int n) {
        if (dp.dtype() == Dtype.FLOAT) {
            backwardRow(dp.floats(), at, p.floats(), from, n);
        } else {
            backwardRow(dp.doubles(), at, p.doubles(), from, n);
        }
    }

    private void logRow(Vec z, int at, int n) {
        double max = max(z, at, n);
        if (max == Double.NEGATIVE_INFINITY) {
            return;
        }
        double logSum = Math.log(exponentials(z, at, n, max, false));
        if (z.dtype() == Dtype.FLOAT) {
            subtract(z.floats(), at, n, (float) max, (float) logSum);
        } else {
            subtract(z.doubles(), at, n, max, logSum);
        }
    }

    /** The sum of e^(z - max), written over z if asked. */
    private double exponentials(Vec z, int at, int n, double max, boolean overwrite) {
        Vec e = z.dtype() == Dtype.FLOAT ? floats : doubles;
        double sum = 0;
        for (int done = 0; done < n; done += BLOCK) {
            int count = Math.min(BLOCK, n - done);
            e.copy(0, z, at + done, count);
            sum += exponential.ofShifted(e, count, max);
            if (overwrite) {
                z.copy(at + done, e, 0, count);
            }
        }
        return sum;
    }

    private double max(Vec z, int at, int n) {
        return z.dtype() == Dtype.FLOAT
                ? max(z.floats(), at, n, floatLanes.floats(), floats.floats())
                : max(z.doubles(), at, n, doubleLanes.doubles(), doubles.doubles());
    }

    private static void requireRows(String where, Vec z, int at, int rows, int cols) {
        if (at < 0 || rows < 0 || cols < 0 || z.length() - at < (long) rows * cols) {
            String expected = rows + " rows of " + cols + " from element " + at + " on";
            throw ShapeException.of(where, "z", z.length() + " elements", expected, "");
        }
    }

    // <double>
    // in lanes: HotSpot vectorises a loop over two arrays, both from 0 on, and no reduction
    private static double max(double[] z, int at, int n, double[] lanes, double[] block) {
        int width = Math.min(n, BLOCK);
        System.arraycopy(z, at, lanes, 0, width);
        for (int done = width; done < n; done += width) {
            int count = Math.min(width, n - done);
            System.arraycopy(z, at + done, block, 0, count);
            keepLarger(lanes, block, count);
        }
        return max(lanes, width);
    }

    private static void keepLarger(double[] lanes, double[] block, int n) {
        for (int k = 0; k < n; k++) {
            lanes[k] = Math.max(lanes[k], block[k]);
        }
    }

    private static double max(double[] z, int n) {
        double m0 = Double.NEGATIVE_INFINITY; // four at once: one would wait for each comparison
        double m1 = m0;
        double m2 = m0;
        double m3 = m0;
        int k = 0;
        for (; k + 3 < n; k += 4) {
            m0 = Math.max(m0, z[k]);
            m1 = Math.max(m1, z[k + 1]);
            m2 = Math.max(m2, z[k + 2]);
            m3 = Math.max(m3, z[k + 3]);
        }
        for (; k < n; k++) {
            m0 = Math.max(m0, z[k]);
        }
        return Math.max(Math.max(m0, m1), Math.max(m2, m3));
    }

    // the maximum first: it is close to the large logits, so little is lost
    private static void subtract(double[] z, int at, int n, double max, double logSum) {
        for (int k = at; k < at + n; k++) {
            z[k] = (z[k] - max) - logSum;
        }
    }

    private static void backwardRow(double[] dp, int at, double[] p, int from, int n) {
        double mean = 0; // generated: keep
        for (int k = 0; k < n; k++) {
            mean += (double) dp[at + k] * p[from + k]; // generated: keep
        }
        double m = (double) mean;
        for (int k = 0; k < n; k++) {
            dp[at + k] = p[from + k] * (dp[at + k] - m);
        }
    }
    // </double>

    // <float>
    // in lanes: HotSpot vectorises a loop over two arrays, both from 0 on, and no reduction
    private static float max(float[] z, int at, int n, float[] lanes, float[] block) {
        int width = Math.min(n, BLOCK);
        System.arraycopy(z, at, lanes, 0, width);
        for (int done = width; done < n; done += width) {
            int count = Math.min(width, n - done);
            System.arraycopy(z, at + done, block, 0, count);
            keepLarger(lanes, block, count);
        }
        return max(lanes, width);
    }

    private static void keepLarger(float[] lanes, float[] block, int n) {
        for (int k = 0; k < n; k++) {
            lanes[k] = Math.max(lanes[k], block[k]);
        }
    }

    private static float max(float[] z, int n) {
        float m0 = Float.NEGATIVE_INFINITY; // four at once: one would wait for each comparison
        float m1 = m0;
        float m2 = m0;
        float m3 = m0;
        int k = 0;
        for (; k + 3 < n; k += 4) {
            m0 = Math.max(m0, z[k]);
            m1 = Math.max(m1, z[k + 1]);
            m2 = Math.max(m2, z[k + 2]);
            m3 = Math.max(m3, z[k + 3]);
        }
        for (; k < n; k++) {
            m0 = Math.max(m0, z[k]);
        }
        return Math.max(Math.max(m0, m1), Math.max(m2, m3));
    }

    // the maximum first: it is close to the large logits, so little is lost
    private static void subtract(float[] z, int at, int n, float max, float logSum) {
        for (int k = at; k < at + n; k++) {
            z[k] = (z[k] - max) - logSum;
        }
    }

    private static void backwardRow(float[] dp, int at, float[] p, int from, int n) {
        double mean = 0; // generated: keep
        for (int k = 0; k < n; k++) {
            mean += (double) dp[at + k] * p[from + k]; // generated: keep
        }
        float m = (float) mean;
        for (int k = 0; k < n; k++) {
            dp[at + k] = p[from + k] * (dp[at + k] - m);
        }
    }
    // </float>
}
