// SPDX-License-Identifier: Apache-2.0
// Generated from DoubleVec.java by tools/generate/FloatForms.java; edit that file instead.
package io.github.unroll4j.core.tensor;

import java.util.Arrays;

/**
 * A {@link Vec} over a {@code float[]}.
 *
 * <p>Where two ranges start at the same index there is a loop of its own: HotSpot vectorises that one, and up to JDK 17
 * not the one with two offsets.
 */
final class FloatVec extends Vec {
    /** Of a longer range, copies that start at 0 are added up in half the time. */
    private static final int SHORT = 128;

    private static final int PIECE = 1024;
    private static final ThreadLocal<float[][]> PIECES = ThreadLocal.withInitial(() -> new float[2][PIECE]);

    private final float[] a;

    FloatVec(float[] array) {
        a = array;
    }

    float[] array() {
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
    public Vec sum(Vec x, Vec y) {
        float[] xs = like("sum", x);
        float[] ys = like("sum", y);
        for (int k = 0; k < a.length; k++) {
            a[k] = xs[k] + ys[k];
        }
        return this;
    }

    @Override
    public Vec add(Vec x) {
        float[] xs = like("add", x);
        for (int k = 0; k < a.length; k++) {
            a[k] += xs[k];
        }
        return this;
    }

    @Override
    public Vec difference(Vec x, Vec y) {
        float[] xs = like("difference", x);
        float[] ys = like("difference", y);
        for (int k = 0; k < a.length; k++) {
            a[k] = xs[k] - ys[k];
        }
        return this;
    }

    @Override
    public Vec product(Vec x, Vec y) {
        float[] xs = like("product", x);
        float[] ys = like("product", y);
        for (int k = 0; k < a.length; k++) {
            a[k] = xs[k] * ys[k];
        }
        return this;
    }

    @Override
    public Vec addProduct(Vec x, Vec y) {
        float[] xs = like("addProduct", x);
        float[] ys = like("addProduct", y);
        for (int k = 0; k < a.length; k++) {
            a[k] += xs[k] * ys[k];
        }
        return this;
    }

    @Override
    public Vec productComplement(Vec x, Vec q) {
        float[] xs = like("productComplement", x);
        float[] qs = like("productComplement", q);
        for (int k = 0; k < a.length; k++) {
            a[k] = xs[k] * (1 - qs[k]);
        }
        return this;
    }

    @Override
    public Vec addProductComplement(Vec x, Vec q) {
        float[] xs = like("addProductComplement", x);
        float[] qs = like("addProductComplement", q);
        for (int k = 0; k < a.length; k++) {
            a[k] += xs[k] * (1 - qs[k]);
        }
        return this;
    }

    @Override
    public Vec mix(Vec q, Vec x, Vec y) {
        float[] qs = like("mix", q);
        float[] xs = like("mix", x);
        float[] ys = like("mix", y);
        for (int k = 0; k < a.length; k++) {
            a[k] = qs[k] * xs[k] + (1 - qs[k]) * ys[k];
        }
        return this;
    }

    @Override
    public Vec sigmoid(Vec z) {
        float[] zs = like("sigmoid", z);
        for (int k = 0; k < a.length; k++) {
            a[k] = Activations.sigmoid(zs[k]);
        }
        return this;
    }

    @Override
    public Vec tanh(Vec z) {
        float[] zs = like("tanh", z);
        for (int k = 0; k < a.length; k++) {
            a[k] = Activations.tanh(zs[k]);
        }
        return this;
    }

    @Override
    public Vec relu(Vec z) {
        float[] zs = like("relu", z);
        for (int k = 0; k < a.length; k++) {
            a[k] = Math.max(0, zs[k]);
        }
        return this;
    }

    @Override
    public Vec sigmoidBackward(Vec dy, Vec y) {
        float[] d = like("sigmoidBackward", dy);
        float[] ys = like("sigmoidBackward", y);
        for (int k = 0; k < a.length; k++) {
            a[k] = d[k] * ys[k] * (1 - ys[k]);
        }
        return this;
    }

    @Override
    public Vec tanhBackward(Vec dy, Vec y) {
        float[] d = like("tanhBackward", dy);
        float[] ys = like("tanhBackward", y);
        for (int k = 0; k < a.length; k++) {
            a[k] = d[k] * (1 - ys[k] * ys[k]);
        }
        return this;
    }

    @Override
    public Vec reluBackward(Vec dy, Vec y) {
        float[] d = like("reluBackward", dy);
        float[] ys = like("reluBackward", y);
        for (int k = 0; k < a.length; k++) {
            a[k] = ys[k] > 0 ? d[k] : 0;
        }
        return this;
    }

    @Override
    public Vec product(double factor, Vec x) { // generated: keep
        float[] xs = like("product", x);
        float f = (float) factor;
        for (int k = 0; k < a.length; k++) {
            a[k] = f * xs[k];
        }
        return this;
    }

    @Override
    public Vec addProduct(double factor, Vec x) { // generated: keep
        float[] xs = like("addProduct", x);
        float f = (float) factor;
        for (int k = 0; k < a.length; k++) {
            a[k] += f * xs[k];
        }
        return this;
    }

    @Override
    public Vec product(Column c, Vec x) {
        float[] xs = like("product", x);
        int n = c.width("Vec.product", x);
        float[] cs = ((FloatVec) c.matrix).a;
        for (int from = 0, at = c.at; from < a.length; from += n, at += c.stride) {
            float f = cs[at];
            for (int k = from; k < from + n; k++) {
                a[k] = f * xs[k];
            }
        }
        return this;
    }

    @Override
    public Vec addProduct(Column c, Vec x) {
        float[] xs = like("addProduct", x);
        int n = c.width("Vec.addProduct", x);
        float[] cs = ((FloatVec) c.matrix).a;
        for (int from = 0, at = c.at; from < a.length; from += n, at += c.stride) {
            float f = cs[at];
            for (int k = from; k < from + n; k++) {
                a[k] += f * xs[k];
            }
        }
        return this;
    }

    @Override
    void dots(Column c, Vec x, Vec y) {
        y.requireLike("dots", x);
        int n = c.width("Column.dots", x);
        float[] xs = ((FloatVec) x).a;
        float[] ys = ((FloatVec) y).a;
        for (int from = 0, at = c.at; from < xs.length; from += n, at += c.stride) {
            a[at] = dot(xs, from, ys, from, n);
        }
    }

    private float[] like(String verb, Vec x) {
        if (x instanceof FloatVec v && v.a.length == a.length) {
            return v.a;
        }
        requireLike(verb, x); // throws, with both in words
        return a;
    }

    @Override
    public double dot(int at, Vec x, int from, int n) { // generated: keep
        return dot(a, at, ((FloatVec) x).a, from, n);
    }

    // Four accumulators: HotSpot does not vectorise a reduction, and one accumulator would wait for each addition.
    private static float dot(float[] x, int at, float[] y, int from, int n) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int k = 0;
        for (; k + 3 < n; k += 4) {
            s0 += x[at + k] * y[from + k];
            s1 += x[at + k + 1] * y[from + k + 1];
            s2 += x[at + k + 2] * y[from + k + 2];
            s3 += x[at + k + 3] * y[from + k + 3];
        }
        for (; k < n; k++) {
            s0 += x[at + k] * y[from + k];
        }
        return (s0 + s1) + (s2 + s3);
    }

    @Override
    public void shift(int at, int n, double summand) { // generated: keep
        float c = (float) summand;
        for (int k = at; k < at + n; k++) {
            a[k] += c;
        }
    }

    @Override
    public void maxOfPairs(Vec x, int n) {
        float[] b = ((FloatVec) x).a;
        for (int k = 0; k < n; k++) {
            a[k] = b[2 * k + 1] > b[2 * k] ? b[2 * k + 1] : b[2 * k];
        }
    }

    @Override
    public void maxOfPairsBackward(Vec dy, Vec x, int n) {
        float[] d = ((FloatVec) dy).a;
        float[] b = ((FloatVec) x).a;
        for (int k = 0; k < n; k++) {
            boolean second = b[2 * k + 1] > b[2 * k];
            a[2 * k] = second ? 0 : d[k];
            a[2 * k + 1] = second ? d[k] : 0;
        }
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
        requireApart("add", at, x, from, n);
        if (n < SHORT) {
            for (int k = 0; k < n; k++) {
                a[at + k] += b[from + k];
            }
            return;
        }
        float[][] pieces = PIECES.get();
        for (int done = 0; done < n; done += PIECE) {
            int count = Math.min(PIECE, n - done);
            System.arraycopy(a, at + done, pieces[0], 0, count);
            System.arraycopy(b, from + done, pieces[1], 0, count);
            add(pieces[0], pieces[1], count);
            System.arraycopy(pieces[0], 0, a, at + done, count);
        }
    }

    private static void add(float[] y, float[] x, int n) {
        for (int k = 0; k < n; k++) {
            y[k] += x[k];
        }
    }

    @Override
    public void addScaled(int at, double factor, Vec x, int from, int n) { // generated: keep
        float[] b = ((FloatVec) x).a;
        float f = (float) factor;
        if (at == from) {
            for (int k = at; k < at + n; k++) {
                a[k] += f * b[k];
            }
            return;
        }
        requireApart("addScaled", at, x, from, n);
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

    // Four accumulators, as in dot.
    @Override
    public double sum(int at, int n) { // generated: keep
        double s0 = 0; // generated: keep
        double s1 = 0; // generated: keep
        double s2 = 0; // generated: keep
        double s3 = 0; // generated: keep
        int end = at + n;
        int k = at;
        for (; k + 3 < end; k += 4) {
            s0 += a[k];
            s1 += a[k + 1];
            s2 += a[k + 2];
            s3 += a[k + 3];
        }
        for (; k < end; k++) {
            s0 += a[k];
        }
        return (s0 + s1) + (s2 + s3);
    }
}
