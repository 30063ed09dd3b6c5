// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import java.util.Objects;

/**
 * Numbers on the Java heap, in one of the two element types, with the verbs of the papers.
 *
 * <p>The receiver of a verb is the destination: {@code c.product(f, cPrev).addProduct(i, g)} is c = f ⊙ c_prev + i ⊙ g.
 * A verb works on whole arrays of one length and one element type, and gives the receiver back. An operand may be the
 * receiver itself. One form of an equation so serves float and double. What works on a part of an array, such as one
 * row, takes positions.
 *
 * <p>Hot data live on the heap because HotSpot vectorises loops over primitive arrays and not over native buffers. They
 * cross to native memory only at the border of a matrix product (see {@link NativeArray}). Each verb is one short loop
 * of one expression, because that is what HotSpot vectorises (docs/adr/0006).
 *
 * @since 0.1.0
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
        Objects.requireNonNull(dtype, "dtype");
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
        Objects.requireNonNull(dtype, "dtype");
        Vec v = zeros(dtype, values.length);
        for (int i = 0; i < values.length; i++) {
            v.set(i, values[i]);
        }
        return v;
    }

    /**
     * Wraps an array without copying it.
     *
     * @param array the storage
     * @return a vector of {@link Dtype#FLOAT} over it
     */
    public static Vec wrap(float[] array) {
        Objects.requireNonNull(array, "array");
        return new FloatVec(array);
    }

    /**
     * Wraps an array without copying it.
     *
     * @param array the storage
     * @return a vector of {@link Dtype#DOUBLE} over it
     */
    public static Vec wrap(double[] array) {
        Objects.requireNonNull(array, "array");
        return new DoubleVec(array);
    }

    /**
     * The storage itself, not a copy, for loops over data that no verb says.
     *
     * @return the array
     * @throws ShapeException if the elements are doubles
     */
    public final float[] floats() {
        if (this instanceof FloatVec v) {
            return v.array();
        }
        throw ShapeException.of("Vec.floats", "the vector", toString(), "one of " + Dtype.FLOAT, "");
    }

    /**
     * The storage itself, not a copy, for loops over data that no verb says.
     *
     * @return the array
     * @throws ShapeException if the elements are floats
     */
    public final double[] doubles() {
        if (this instanceof DoubleVec v) {
            return v.array();
        }
        throw ShapeException.of("Vec.doubles", "the vector", toString(), "one of " + Dtype.DOUBLE, "");
    }

    /** {@return the element type} */
    public abstract Dtype dtype();

    /** {@return the number of elements} */
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

    // The verbs: whole arrays, the receiver is the destination.

    /**
     * {@code this = x}.
     *
     * @param x (Input) as long, of the same element type
     * @return this
     */
    public final Vec set(Vec x) {
        requireLike("set", x);
        copy(0, x, 0, length());
        return this;
    }

    /**
     * {@code this = a + b}.
     *
     * @param a (Input) as long, of the same element type
     * @param b (Input) as long, of the same element type
     * @return this
     */
    public abstract Vec sum(Vec a, Vec b);

    /**
     * {@code this += a}.
     *
     * @param a (Input) as long, of the same element type
     * @return this
     */
    public abstract Vec add(Vec a);

    /**
     * {@code this = a - b}.
     *
     * @param a (Input) as long, of the same element type
     * @param b (Input) as long, of the same element type
     * @return this
     */
    public abstract Vec difference(Vec a, Vec b);

    /**
     * {@code this = a ⊙ b}, the product element by element.
     *
     * @param a (Input) as long, of the same element type
     * @param b (Input) as long, of the same element type
     * @return this
     */
    public abstract Vec product(Vec a, Vec b);

    /**
     * {@code this += a ⊙ b}.
     *
     * @param a (Input) as long, of the same element type
     * @param b (Input) as long, of the same element type
     * @return this
     */
    public abstract Vec addProduct(Vec a, Vec b);

    /**
     * {@code this = a ⊙ (1 - q)}.
     *
     * @param a (Input) as long, of the same element type
     * @param q (Input) shares, as long, of the same element type
     * @return this
     */
    public abstract Vec productComplement(Vec a, Vec q);

    /**
     * {@code this += a ⊙ (1 - q)}.
     *
     * @param a (Input) as long, of the same element type
     * @param q (Input) shares, as long, of the same element type
     * @return this
     */
    public abstract Vec addProductComplement(Vec a, Vec q);

    /**
     * {@code this = q ⊙ a + (1 - q) ⊙ b}.
     *
     * @param q (Input) the share of a, as long, of the same element type
     * @param a (Input) as long, of the same element type
     * @param b (Input) as long, of the same element type
     * @return this
     */
    public abstract Vec mix(Vec q, Vec a, Vec b);

    /**
     * {@code this = σ(z)}, the logistic sigmoid of each element: to 3e-7 in float, 5e-16 in double.
     *
     * @param z (Input) as long, of the same element type
     * @return this
     */
    public abstract Vec sigmoid(Vec z);

    /**
     * {@code this = tanh(z)} of each element: to 4e-7 in float, 5e-16 in double.
     *
     * @param z (Input) as long, of the same element type
     * @return this
     */
    public abstract Vec tanh(Vec z);

    /**
     * {@code this = max(0, z)}.
     *
     * @param z (Input) as long, of the same element type
     * @return this
     */
    public abstract Vec relu(Vec z);

    /**
     * The gradient through a sigmoid: {@code this = dy ⊙ y ⊙ (1 - y)}, where y was σ(z).
     *
     * @param dy (Input) gradient of y, as long, of the same element type
     * @param y (Input) the output of the sigmoid
     * @return this, the gradient of z
     */
    public abstract Vec sigmoidBackward(Vec dy, Vec y);

    /**
     * The gradient through a tanh: {@code this = dy ⊙ (1 - y²)}, where y was tanh(z).
     *
     * @param dy (Input) gradient of y, as long, of the same element type
     * @param y (Input) the output of the tanh
     * @return this, the gradient of z
     */
    public abstract Vec tanhBackward(Vec dy, Vec y);

    /**
     * The gradient through relu: {@code this = dy} where y is above 0, otherwise 0, where y was max(0, z).
     *
     * @param dy (Input) gradient of y, as long, of the same element type
     * @param y (Input) the output of relu
     * @return this, the gradient of z
     */
    public abstract Vec reluBackward(Vec dy, Vec y);

    // With one number for all, or one for each row: a column.

    /**
     * {@code this = f x}, every element times one number.
     *
     * @param f the number, rounded to the element type
     * @param x (Input) as long, of the same element type
     * @return this
     */
    public abstract Vec product(double f, Vec x);

    /**
     * {@code this += f x}, every element times one number.
     *
     * @param f the number, rounded to the element type
     * @param x (Input) as long, of the same element type
     * @return this
     */
    public abstract Vec addProduct(double f, Vec x);

    /**
     * A column of these numbers as a row-major matrix.
     *
     * @param column which, from 0
     * @param columns how many there are
     * @return a view
     * @throws ShapeException if there is no such column
     */
    public final Column column(int column, int columns) {
        return new Column(this, column, columns);
    }

    /**
     * {@code this_b = c_b x_b}, each row times its number.
     *
     * @param c (Input) a number for each row, of the same element type
     * @param x (Input) as long, of the same element type
     * @return this
     */
    public abstract Vec product(Column c, Vec x);

    /**
     * {@code this_b += c_b x_b}, each row times its number.
     *
     * @param c (Input) a number for each row, of the same element type
     * @param x (Input) as long, of the same element type
     * @return this
     */
    public abstract Vec addProduct(Column c, Vec x);

    /** {@link Column#dots}, for a column of this. */
    abstract void dots(Column c, Vec x, Vec y);

    /** Requires an operand of the same length and element type. */
    final void requireLike(String verb, Vec x) {
        if (x.length() != length() || x.dtype() != dtype()) {
            throw ShapeException.of("Vec." + verb, "an operand", x.toString(), this + " as the destination is", "");
        }
    }

    // Parts of arrays, such as a row.

    /**
     * The larger of each pair of neighbours, {@code this[k] = max(x[2k], x[2k+1])} for k in [0, n).
     *
     * @param x (Input) 2n numbers or more, of the same element type
     * @param n number of pairs
     */
    public abstract void maxOfPairs(Vec x, int n);

    /**
     * The gradient through {@link #maxOfPairs}: {@code this[2k]} and {@code this[2k+1]} become dy[k] where x is the
     * larger, the first of equals, and 0 for the other.
     *
     * @param dy (Input) gradient of the maxima, n numbers or more, of the same element type
     * @param x (Input) what the maxima were taken of
     * @param n number of pairs
     */
    public abstract void maxOfPairsBackward(Vec dy, Vec x, int n);

    /**
     * The inner product of a range of two arrays at the same place, Σ_k this[at+k] · b[at+k], summed in the element
     * type.
     *
     * @param at first index in both
     * @param b the other factor, same element type
     * @param n number of elements
     * @return the sum
     */
    public final double dot(int at, Vec b, int n) {
        return dot(at, b, at, n);
    }

    /**
     * The inner product of two ranges, Σ_k this[at+k] · b[from+k], summed in the element type.
     *
     * @param at first index here
     * @param b the other factor, same element type
     * @param from first index there
     * @param n number of elements
     * @return the sum
     */
    public abstract double dot(int at, Vec b, int from, int n);

    /**
     * {@code this[at+k] += a} for k in [0, n).
     *
     * @param at first index
     * @param n number of elements
     * @param a the summand
     */
    public abstract void shift(int at, int n, double a);

    /**
     * Sets a range to one value.
     *
     * @param at first index
     * @param n number of elements
     * @param value the value
     */
    public abstract void fill(int at, int n, double value);

    /** Refuses a range of this one as summand that overlaps the one it is added to, and is another. */
    final void requireApart(String verb, int at, Vec x, int from, int n) {
        if (x == this && Math.abs(at - from) < n) {
            throw new IllegalArgumentException("Vec." + verb + ": " + n + " elements from " + from + " on are added to"
                    + " those of the same vector from " + at
                    + " on, expected the same elements, or others; what is added would depend on the order.");
        }
    }

    /**
     * {@code this[at+k] += x[from+k]} for k in [0, n).
     *
     * @param at first index here
     * @param x the summand, same element type; may be this one, where the ranges are the same or apart
     * @param from first index there
     * @param n number of elements
     * @throws IllegalArgumentException if the ranges overlap in part: what is added would depend on the order
     */
    public abstract void add(int at, Vec x, int from, int n);

    /**
     * {@code this[at+k] += a * x[from+k]} for k in [0, n).
     *
     * @param at first index here
     * @param a factor
     * @param x the summand, same element type; may be this one, as for {@link #add(int, Vec, int, int)}
     * @param from first index there
     * @param n number of elements
     * @throws IllegalArgumentException if the ranges overlap in part
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
     * The sum of squares of a range, to a relative 2e-6 for {@code float} and the rounding of double for {@code
     * double}; sums that {@code float} could not hold are none the worse.
     *
     * @param at first index
     * @param n number of elements
     * @return the sum; NaN or infinite if an element is
     */
    public abstract double sumOfSquares(int at, int n);

    /**
     * The sum of a range, in four accumulators of double.
     *
     * @param at first index
     * @param n number of elements
     * @return the sum
     */
    public abstract double sum(int at, int n);

    /**
     * Writes the transpose of a [rows, cols] part of a row-major matrix: {@code this[c·rows + r] = x[from + r·stride +
     * c]}.
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

    /** {@return a new vector with the same numbers} */
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

    /** {@return all elements, widened, in a new array} */
    public final double[] toDoubles() {
        double[] values = new double[length()];
        widen(values, 0);
        return values;
    }

    @Override
    public final String toString() {
        return dtype() + "[" + length() + "]";
    }
}
