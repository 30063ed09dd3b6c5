// SPDX-License-Identifier: Apache-2.0
// Generated from DoubleVec.java by tools/generate/FloatForms.java; edit that file instead.
package io.github.unroll4j.core.tensor;

import java.util.Arrays;

/**
 * A {@link Vec} over a {@code float[]}.
 *
 * <p>Where two ranges start at the same index there is a loop of its own: HotSpot vectorises that one, and up to JDK 17 not
 * the one with two offsets.
 */
public final class FloatVec extends Vec {
    private final float[] a;

    /**
     * Wraps an array without copying it.
     *
     * @param array the storage
     */
    public FloatVec(float[] array) {
        a = array;
    }

    /** The storage itself, not a copy. */
    public float[] array() {
        return a;
    }

    @Override
    public Dtype dtype() {
        return Dtype.FLOAT;
    }

    @Override
    public int length() {
        return a.length;
    }

    @Override
    public double get(int i) { // generated: keep
        return a[i];
    }

    @Override
    public void set(int i, double value) { // generated: keep
        a[i] = (float) value;
    }

    @Override
    public void widen(double[] values, int from) { // generated: keep
        for (int k = 0; k < values.length; k++) {
            values[k] = a[from + k];
        }
    }

    @Override
    Object storage() {
        return a;
    }

    @Override
    public void fill(int at, int n, double value) { // generated: keep
        Arrays.fill(a, at, at + n, (float) value);
    }

    @Override
    public void add(int at, Vec x, int from, int n) {
        float[] b = ((FloatVec) x).a;
        if (at == from) {
            for (int k = at; k < at + n; k++) {
                a[k] += b[k];
            }
            return;
        }
        for (int k = 0; k < n; k++) {
            a[at + k] += b[from + k];
        }
    }

    @Override
    public void addScaled(int at, double factor, Vec x, int from, int n) { // generated: keep
        float[] b = ((FloatVec) x).a;
        float f = (float) factor;
        for (int k = 0; k < n; k++) {
            a[at + k] += f * b[from + k];
        }
    }

    @Override
    public void scale(int at, int n, double factor) { // generated: keep
        float f = (float) factor;
        for (int k = at; k < at + n; k++) {
            a[k] *= f;
        }
    }

    @Override
    public void multiply(int at, Vec x, int from, int n) {
        float[] b = ((FloatVec) x).a;
        if (at == from) {
            for (int k = at; k < at + n; k++) {
                a[k] *= b[k];
            }
            return;
        }
        for (int k = 0; k < n; k++) {
            a[at + k] *= b[from + k];
        }
    }

    @Override
    public void clamp(int at, int n, double low, double high) { // generated: keep
        float lo = (float) low;
        float hi = (float) high;
        for (int k = at; k < at + n; k++) {
            a[k] = Math.min(hi, Math.max(lo, a[k]));
        }
    }

    // Eight rows at a time: a cache line of the source is read once, and writes go on in short runs.
    @Override
    public void copyTransposed(Vec x, int from, int stride, int cols, int rows) {
        float[] b = ((FloatVec) x).a;
        for (int block = 0; block < cols; block += 8) {
            int end = Math.min(cols, block + 8);
            for (int r = 0; r < rows; r++) {
                for (int c = block; c < end; c++) {
                    a[c * rows + r] = b[from + r * stride + c];
                }
            }
        }
    }

    @Override
    public double sumOfSquares(int at, int n) { // generated: keep
        return Squares.sum(a, at, n);
    }

    @Override
    public double sum(int at, int n) { // generated: keep
        double s = 0; // generated: keep
        for (int k = at; k < at + n; k++) {
            s += a[k];
        }
        return s;
    }
}
