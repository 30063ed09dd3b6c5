// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lstm;

import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.FloatStep;

/**
 * Layer normalisation inside a cell, LN(x; γ) of Ba, Kiros and Hinton (2016, arXiv:1607.06450), "Layer normalization", over
 * some blocks of each batch row by itself; the bias is left to the cell.
 *
 * <pre>
 * (1)  u = x - mean(x)                     means over the N = blocks·H numbers of a row
 * (2)  x̂ = scale · u                       scale = 1 / √(mean(u²) + ε), one number per row
 * (3)  y = γ ⊙ x̂
 * (3') dγ = dy ⊙ x̂   dx̂ = dy ⊙ γ
 * (2') du = scale · (dx̂ - x̂ ⊙ mean(dx̂ ⊙ x̂))
 * (1') dx = du - mean(du)
 * </pre>
 *
 * <p>ε is 1e-5, as in the authors' program; the paper has none. Saved for backward: u. In (2') the first term is the way of
 * u through the numerator of u / √(mean(u²) + ε), the second that through its denominator, where ∂mean(u²)/∂u_j = 2u_j/N.
 *
 * @param blocks number of blocks that are normalised together
 * @param centredAt place of the first of as many saved arrays for u
 * @param gammaAt place of the first of as many per-unit parameters γ
 */
record LayerNorm(int blocks, int centredAt, int gammaAt) {
    private static final double EPSILON = 1e-5;

    // <double>
    /** Adds LN(x; γ) of the blocks of {@code x} from {@code xAt} on to those of {@code y} from {@code yAt} on. */
    void forward(DoubleStep s, double[][] x, int xAt, double[][] y, int yAt) {
        for (int j = 0; j < blocks; j++) {
            System.arraycopy(x[xAt + j], 0, s.saved[centredAt + j], 0, s.n);
        }
        for (int from = 0; from < s.n; from += s.units) {
            int to = from + s.units;
            centre(s, s.saved, centredAt, from); // (1)  u = x - mean(x)
            double scale = scale(s, from);
            for (int j = 0; j < blocks; j++) {
                double[] u = s.saved[centredAt + j];
                double[] gamma = s.p[gammaAt + j];
                double[] target = y[yAt + j];
                for (int k = from; k < to; k++) { // (2) (3)  y = γ ⊙ x̂, x̂ = scale · u
                    target[k] += gamma[k] * u[k] * scale;
                }
            }
        }
    }

    /** From dy to dx, which may be the same arrays; adds to dγ. */
    void backward(DoubleStep s, double[][] dy, double[][] dx) {
        for (int from = 0; from < s.n; from += s.units) {
            int to = from + s.units;
            double scale = scale(s, from);
            double dxHatTimesU = 0;
            for (int j = 0; j < blocks; j++) {
                double[] u = s.saved[centredAt + j];
                double[] gamma = s.p[gammaAt + j];
                double[] dGamma = s.dp[gammaAt + j];
                double[] dOut = dy[j];
                double[] dxHat = dx[j];
                for (int k = from; k < to; k++) { // (3') y was γ ⊙ x̂
                    dGamma[k] += dOut[k] * u[k] * scale;
                    dxHat[k] = dOut[k] * gamma[k];
                }
                dxHatTimesU += dot(dxHat, u, from, to);
            }
            double mean = dxHatTimesU * scale / (blocks * s.units); // of dx̂ ⊙ x̂
            for (int j = 0; j < blocks; j++) {
                double[] u = s.saved[centredAt + j];
                double[] dxHat = dx[j];
                double[] du = dxHat;
                for (int k = from; k < to; k++) { // (2') x̂ was scale · u
                    du[k] = scale * (dxHat[k] - u[k] * scale * mean);
                }
            }
        }
        for (int j = 0; j < blocks; j++) {
            s.gradientOfSaved(centredAt + j, dx[j]);
        }
        for (int from = 0; from < s.n; from += s.units) {
            centre(s, dx, 0, from); // (1') u was x - mean(x)
        }
    }

    /** Takes the mean off the row that begins at {@code from}; its own transpose, so that it is (1) and (1'). */
    private void centre(DoubleStep s, double[][] a, int first, int from) {
        double total = 0;
        for (int j = 0; j < blocks; j++) {
            total += sum(a[first + j], from, from + s.units);
        }
        double mean = total / (blocks * s.units);
        for (int j = 0; j < blocks; j++) {
            double[] row = a[first + j];
            for (int k = from; k < from + s.units; k++) {
                row[k] -= mean;
            }
        }
    }

    /** scale = 1 / √(mean(u²) + ε) of the row that begins at {@code from}. */
    private double scale(DoubleStep s, int from) {
        double squares = 0;
        for (int j = 0; j < blocks; j++) {
            squares += dot(s.saved[centredAt + j], s.saved[centredAt + j], from, from + s.units);
        }
        return 1 / Math.sqrt(squares / (blocks * s.units) + EPSILON);
    }

    /** {@code sum += a}, such as the gradient of the bias after a norm. */
    static void add(double[] a, double[] sum, int length) {
        for (int k = 0; k < length; k++) {
            sum[k] += a[k];
        }
    }

    // Four accumulators: HotSpot does not vectorise a reduction, and one accumulator would wait for each addition.
    private static double dot(double[] a, double[] b, int from, int to) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int k = from;
        for (; k + 3 < to; k += 4) {
            s0 += a[k] * b[k];
            s1 += a[k + 1] * b[k + 1];
            s2 += a[k + 2] * b[k + 2];
            s3 += a[k + 3] * b[k + 3];
        }
        for (; k < to; k++) {
            s0 += a[k] * b[k];
        }
        return (s0 + s1) + (s2 + s3);
    }

    private static double sum(double[] a, int from, int to) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int k = from;
        for (; k + 3 < to; k += 4) {
            s0 += a[k];
            s1 += a[k + 1];
            s2 += a[k + 2];
            s3 += a[k + 3];
        }
        for (; k < to; k++) {
            s0 += a[k];
        }
        return (s0 + s1) + (s2 + s3);
    }
    // </double>

    // The float form of the methods above, written by tools/generate/FloatForms.java; a test compares the two.
    // <float>
    /** Adds LN(x; γ) of the blocks of {@code x} from {@code xAt} on to those of {@code y} from {@code yAt} on. */
    void forward(FloatStep s, float[][] x, int xAt, float[][] y, int yAt) {
        for (int j = 0; j < blocks; j++) {
            System.arraycopy(x[xAt + j], 0, s.saved[centredAt + j], 0, s.n);
        }
        for (int from = 0; from < s.n; from += s.units) {
            int to = from + s.units;
            centre(s, s.saved, centredAt, from); // (1)  u = x - mean(x)
            float scale = scale(s, from);
            for (int j = 0; j < blocks; j++) {
                float[] u = s.saved[centredAt + j];
                float[] gamma = s.p[gammaAt + j];
                float[] target = y[yAt + j];
                for (int k = from; k < to; k++) { // (2) (3)  y = γ ⊙ x̂, x̂ = scale · u
                    target[k] += gamma[k] * u[k] * scale;
                }
            }
        }
    }

    /** From dy to dx, which may be the same arrays; adds to dγ. */
    void backward(FloatStep s, float[][] dy, float[][] dx) {
        for (int from = 0; from < s.n; from += s.units) {
            int to = from + s.units;
            float scale = scale(s, from);
            float dxHatTimesU = 0;
            for (int j = 0; j < blocks; j++) {
                float[] u = s.saved[centredAt + j];
                float[] gamma = s.p[gammaAt + j];
                float[] dGamma = s.dp[gammaAt + j];
                float[] dOut = dy[j];
                float[] dxHat = dx[j];
                for (int k = from; k < to; k++) { // (3') y was γ ⊙ x̂
                    dGamma[k] += dOut[k] * u[k] * scale;
                    dxHat[k] = dOut[k] * gamma[k];
                }
                dxHatTimesU += dot(dxHat, u, from, to);
            }
            float mean = dxHatTimesU * scale / (blocks * s.units); // of dx̂ ⊙ x̂
            for (int j = 0; j < blocks; j++) {
                float[] u = s.saved[centredAt + j];
                float[] dxHat = dx[j];
                float[] du = dxHat;
                for (int k = from; k < to; k++) { // (2') x̂ was scale · u
                    du[k] = scale * (dxHat[k] - u[k] * scale * mean);
                }
            }
        }
        for (int j = 0; j < blocks; j++) {
            s.gradientOfSaved(centredAt + j, dx[j]);
        }
        for (int from = 0; from < s.n; from += s.units) {
            centre(s, dx, 0, from); // (1') u was x - mean(x)
        }
    }

    /** Takes the mean off the row that begins at {@code from}; its own transpose, so that it is (1) and (1'). */
    private void centre(FloatStep s, float[][] a, int first, int from) {
        float total = 0;
        for (int j = 0; j < blocks; j++) {
            total += sum(a[first + j], from, from + s.units);
        }
        float mean = total / (blocks * s.units);
        for (int j = 0; j < blocks; j++) {
            float[] row = a[first + j];
            for (int k = from; k < from + s.units; k++) {
                row[k] -= mean;
            }
        }
    }

    /** scale = 1 / √(mean(u²) + ε) of the row that begins at {@code from}. */
    private float scale(FloatStep s, int from) {
        float squares = 0;
        for (int j = 0; j < blocks; j++) {
            squares += dot(s.saved[centredAt + j], s.saved[centredAt + j], from, from + s.units);
        }
        return 1 / (float) Math.sqrt(squares / (blocks * s.units) + EPSILON);
    }

    /** {@code sum += a}, such as the gradient of the bias after a norm. */
    static void add(float[] a, float[] sum, int length) {
        for (int k = 0; k < length; k++) {
            sum[k] += a[k];
        }
    }

    // Four accumulators: HotSpot does not vectorise a reduction, and one accumulator would wait for each addition.
    private static float dot(float[] a, float[] b, int from, int to) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int k = from;
        for (; k + 3 < to; k += 4) {
            s0 += a[k] * b[k];
            s1 += a[k + 1] * b[k + 1];
            s2 += a[k + 2] * b[k + 2];
            s3 += a[k + 3] * b[k + 3];
        }
        for (; k < to; k++) {
            s0 += a[k] * b[k];
        }
        return (s0 + s1) + (s2 + s3);
    }

    private static float sum(float[] a, int from, int to) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int k = from;
        for (; k + 3 < to; k += 4) {
            s0 += a[k];
            s1 += a[k + 1];
            s2 += a[k + 2];
            s3 += a[k + 3];
        }
        for (; k < to; k++) {
            s0 += a[k];
        }
        return (s0 + s1) + (s2 + s3);
    }
    // </float>
}
