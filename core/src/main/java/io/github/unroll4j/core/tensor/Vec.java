// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

/**
 * Numbers on the Java heap, in one of the two element types, with the few loops that the library needs over them.
 *
 * <p>Hot data live on the heap because HotSpot vectorises loops over primitive arrays and not over native buffers; they
 * cross to native memory only at the border of a matrix product (see {@link NativeArray}). Positions are checked by the
 * array accesses themselves. Every method that writes names the receiver as the destination.
 */
public abstract sealed class Vec permits DoubleVec, FloatVec {
    /** For the two subclasses. */
    Vec() {}

    /**
     * Zeros.
     *
     * @param dtype element type
     * @param length number of elements
     * @return a new vector
     */
    public static Vec zeros(Dtype dtype, int length) {
        return dtype == Dtype.FLOAT ? new FloatVec(new float[length]) : new DoubleVec(new double[length]);
    }

    /**
     * A copy of the given numbers, rounded to the element type.
     *
     * @param dtype element type
     * @param values the numbers
     * @return a new vector
     */
    public static Vec of(Dtype dtype, double... values) {
        Vec v = zeros(dtype, values.length);
        for (int i = 0; i < values.length; i++) {
            v.set(i, values[i]);
        }
        return v;
    }

    /** The element type. */
    public abstract Dtype dtype();

    /** The number of elements. */
    public abstract int length();

    /**
     * One element; for tests, printing and bookkeeping, not for loops over data.
     *
     * @param i index
     * @return the element, widened
     */
    public abstract double get(int i);

    /**
     * Sets one element, rounded to the element type.
     *
     * @param i index
     * @param value new value
     */
    public abstract void set(int i, double value);

    /** The primitive array itself, a {@code float[]} or {@code double[]}: for {@link System#arraycopy}. */
    abstract Object storage();

    /**
     * Sets a range to one value.
     *
     * @param at first index
     * @param n number of elements
     * @param value the value
     */
    public abstract void fill(int at, int n, double value);

    /**
     * {@code this[at+k] += x[from+k]} for k in [0, n).
     *
     * @param at first index here
     * @param x the summand, same element type
     * @param from first index there
     * @param n number of elements
     */
    public abstract void add(int at, Vec x, int from, int n);

    /**
     * {@code this[at+k] += a * x[from+k]} for k in [0, n).
     *
     * @param at first index here
     * @param a factor
     * @param x the summand, same element type
     * @param from first index there
     * @param n number of elements
     */
    public abstract void addScaled(int at, double a, Vec x, int from, int n);

    /**
     * {@code this[at+k] *= a} for k in [0, n).
     *
     * @param at first index
     * @param n number of elements
     * @param a factor
     */
    public abstract void scale(int at, int n, double a);

    /**
     * {@code this[at+k] *= x[from+k]} for k in [0, n).
     *
     * @param at first index here
     * @param x the factor, same element type
     * @param from first index there
     * @param n number of elements
     */
    public abstract void multiply(int at, Vec x, int from, int n);

    /**
     * Limits a range to [low, high]; NaN stays NaN.
     *
     * @param at first index
     * @param n number of elements
     * @param low lower bound
     * @param high upper bound
     */
    public abstract void clamp(int at, int n, double low, double high);

    /**
     * The sum of squares of a range, to a relative 2e-6 for {@code float} and the rounding of double for {@code double}; sums that
     * {@code float} could not hold are none the worse.
     *
     * @param at first index
     * @param n number of elements
     * @return the sum; NaN or infinite if an element is
     */
    public abstract double sumOfSquares(int at, int n);

    /**
     * The sum of a range, accumulated in double.
     *
     * @param at first index
     * @param n number of elements
     * @return the sum
     */
    public abstract double sum(int at, int n);

    /**
     * Writes the transpose of a [rows, cols] part of a row-major matrix: {@code this[c·rows + r] = x[from + r·stride + c]}.
     *
     * @param x the matrix, same element type
     * @param from its first element
     * @param stride elements from one of its rows to the next
     * @param cols columns of the part
     * @param rows rows of the part
     */
    public abstract void copyTransposed(Vec x, int from, int stride, int cols, int rows);

    /**
     * Copies elements of the same element type.
     *
     * @param at first index here
     * @param source where from
     * @param from first index there
     * @param n number of elements
     */
    public final void copy(int at, Vec source, int from, int n) {
        System.arraycopy(source.storage(), from, storage(), at, n);
    }

    /** A new vector with the same numbers. */
    public final Vec copy() {
        Vec v = zeros(dtype(), length());
        v.copy(0, this, 0, length());
        return v;
    }

    /** Sets every element to zero. */
    public final void clear() {
        fill(0, length(), 0);
    }

    /**
     * Copies as many elements as an array holds, widened.
     *
     * @param values (Output) where to
     * @param from first index here
     */
    public abstract void widen(double[] values, int from);

    /** All elements, widened, in a new array. */
    public final double[] toDoubles() {
        double[] values = new double[length()];
        widen(values, 0);
        return values;
    }
}
