// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lstm;

import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.FloatStep;

/**
 * Layer normalisation inside a cell, LN(x; γ) of Ba, Kiros and Hinton (2016), over some blocks of each batch row by itself; the
 * bias is left to the cell.
 *
 * <pre>
 * (1)  u = x - mean(x)                     means over the blocks·H numbers of a row
 * (2)  x̂ = u / √(mean(u²) + ε)             ε = 1e-5, as in the authors' program; the paper has none
 * (3)  y = γ ⊙ x̂
 * (3') dγ = dy ⊙ x̂   dx̂ = dy ⊙ γ
 * (2') du = (dx̂ - x̂ ⊙ mean(dx̂ ⊙ x̂)) / √(mean(u²) + ε)
 * (1') dx = du - mean(du)
 * </pre>
 *
 * <p>Saved for backward: u. In (2') the first term is the way of u through the fraction's upper part, the second that through
 * the lower one, where ∂mean(u²)/∂u_j = 2u_j/N.
 *
 * @param blocks number of blocks that are normalised together
 * @param centred the first of as many saved arrays for u
 * @param gamma the first of as many per-unit parameters γ
 */
record LayerNorm(int blocks, int centred, int gamma) {
    private static final double EPSILON = 1e-5;

    // <double>
    /** Adds LN(x; γ) of the blocks of {@code x} from {@code xAt} on to those of {@code y} from {@code yAt} on. */
    void forward(DoubleStep s, double[][] x, int xAt, double[][] y, int yAt) {
        for (int j = 0; j < blocks; j++) {
            System.arraycopy(x[xAt + j], 0, s.saved[centred + j], 0, s.n);
        }
        for (int from = 0; from < s.n; from += s.units) {
            int to = from + s.units;
            centre(s, s.saved, centred, from); // (1)
            double r = inverse(s, from);
            for (int j = 0; j < blocks; j++) {
                double[] u = s.saved[centred + j];
                double[] gain = s.p[gamma + j];
                double[] sum = y[yAt + j];
                for (int k = from; k < to; k++) { // (2) (3)  y = γ ⊙ u r
                    sum[k] += gain[k] * u[k] * r;
                }
            }
        }
    }

    /** From dy to dx, which may be the same arrays; adds to dγ. */
    void backward(DoubleStep s, double[][] dy, double[][] dx) {
        for (int from = 0; from < s.n; from += s.units) {
            int to = from + s.units;
            double r = inverse(s, from);
            double sum = 0;
            for (int j = 0; j < blocks; j++) {
                double[] u = s.saved[centred + j];
                double[] gain = s.p[gamma + j];
                double[] dGain = s.dp[gamma + j];
                double[] dOut = dy[j];
                double[] dxHat = dx[j];
                for (int k = from; k < to; k++) { // (3') y was γ ⊙ x̂
                    dGain[k] += dOut[k] * u[k] * r;
                    dxHat[k] = dOut[k] * gain[k];
                }
                sum += dot(dxHat, u, from, to);
            }
            double mean = sum * r / (blocks * s.units);
            for (int j = 0; j < blocks; j++) {
                double[] u = s.saved[centred + j];
                double[] du = dx[j];
                for (int k = from; k < to; k++) { // (2') x̂ was u r
                    du[k] = r * (du[k] - u[k] * r * mean);
                }
            }
        }
        for (int j = 0; j < blocks; j++) {
            s.gradientOfSaved(centred + j, dx[j]);
        }
        for (int from = 0; from < s.n; from += s.units) {
            centre(s, dx, 0, from); // (1') u was x - mean(x)
        }
    }

    /** Takes the mean off the row that begins at {@code from}; its own transpose, so that it is (1) and (1'). */
    private void centre(DoubleStep s, double[][] a, int first, int from) {
        double sum = 0;
        for (int j = 0; j < blocks; j++) {
            sum += sum(a[first + j], from, from + s.units);
        }
        double mean = sum / (blocks * s.units);
        for (int j = 0; j < blocks; j++) {
            double[] row = a[first + j];
            for (int k = from; k < from + s.units; k++) {
                row[k] -= mean;
            }
        }
    }

    /** r = 1 / √(mean(u²) + ε) of the row that begins at {@code from}. */
    private double inverse(DoubleStep s, int from) {
        double squares = 0;
        for (int j = 0; j < blocks; j++) {
            squares += dot(s.saved[centred + j], s.saved[centred + j], from, from + s.units);
        }
        return 1 / Math.sqrt(squares / (blocks * s.units) + EPSILON);
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
            System.arraycopy(x[xAt + j], 0, s.saved[centred + j], 0, s.n);
        }
        for (int from = 0; from < s.n; from += s.units) {
            int to = from + s.units;
            centre(s, s.saved, centred, from); // (1)
            float r = inverse(s, from);
            for (int j = 0; j < blocks; j++) {
                float[] u = s.saved[centred + j];
                float[] gain = s.p[gamma + j];
                float[] sum = y[yAt + j];
                for (int k = from; k < to; k++) { // (2) (3)  y = γ ⊙ u r
                    sum[k] += gain[k] * u[k] * r;
                }
            }
        }
    }

    /** From dy to dx, which may be the same arrays; adds to dγ. */
    void backward(FloatStep s, float[][] dy, float[][] dx) {
        for (int from = 0; from < s.n; from += s.units) {
            int to = from + s.units;
            float r = inverse(s, from);
            float sum = 0;
            for (int j = 0; j < blocks; j++) {
                float[] u = s.saved[centred + j];
                float[] gain = s.p[gamma + j];
                float[] dGain = s.dp[gamma + j];
                float[] dOut = dy[j];
                float[] dxHat = dx[j];
                for (int k = from; k < to; k++) { // (3') y was γ ⊙ x̂
                    dGain[k] += dOut[k] * u[k] * r;
                    dxHat[k] = dOut[k] * gain[k];
                }
                sum += dot(dxHat, u, from, to);
            }
            float mean = sum * r / (blocks * s.units);
            for (int j = 0; j < blocks; j++) {
                float[] u = s.saved[centred + j];
                float[] du = dx[j];
                for (int k = from; k < to; k++) { // (2') x̂ was u r
                    du[k] = r * (du[k] - u[k] * r * mean);
                }
            }
        }
        for (int j = 0; j < blocks; j++) {
            s.gradientOfSaved(centred + j, dx[j]);
        }
        for (int from = 0; from < s.n; from += s.units) {
            centre(s, dx, 0, from); // (1') u was x - mean(x)
        }
    }

    /** Takes the mean off the row that begins at {@code from}; its own transpose, so that it is (1) and (1'). */
    private void centre(FloatStep s, float[][] a, int first, int from) {
        float sum = 0;
        for (int j = 0; j < blocks; j++) {
            sum += sum(a[first + j], from, from + s.units);
        }
        float mean = sum / (blocks * s.units);
        for (int j = 0; j < blocks; j++) {
            float[] row = a[first + j];
            for (int k = from; k < from + s.units; k++) {
                row[k] -= mean;
            }
        }
    }

    /** r = 1 / √(mean(u²) + ε) of the row that begins at {@code from}. */
    private float inverse(FloatStep s, int from) {
        float squares = 0;
        for (int j = 0; j < blocks; j++) {
            squares += dot(s.saved[centred + j], s.saved[centred + j], from, from + s.units);
        }
        return 1 / (float) Math.sqrt(squares / (blocks * s.units) + EPSILON);
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
