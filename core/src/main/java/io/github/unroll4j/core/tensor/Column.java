// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

/**
 * One column of a row-major matrix [B,C]: a number for each row, such as the weights of one source position in a batch.
 * A view, made by {@link Vec#column}; the numbers are those of the matrix.
 *
 * <p>It meets arrays of B rows of any one size row by row: {@code y.addProduct(c, x)} is y_b += c_b x_b, and {@code
 * c.dots(x, y)} is c_b = ⟨x_b, y_b⟩.
 *
 * @since 0.1.0
 */
public final class Column {
    final Vec matrix;
    final int at;
    final int stride;
    private final int rows;

    Column(Vec matrix, int column, int columns) {
        if (column < 0 || column >= columns || matrix.length() % columns != 0) {
            throw ShapeException.of(
                    "Vec.column", "the column", column + " of " + columns, "one of the columns of " + matrix, "");
        }
        this.matrix = matrix;
        at = column;
        stride = columns;
        rows = matrix.length() / columns;
    }

    /** {@return the number of rows B} */
    public int rows() {
        return rows;
    }

    /**
     * One number; for tests, printing and bookkeeping, not for loops over data.
     *
     * @param row which row
     * @return the number, widened
     */
    public double get(int row) {
        return matrix.get(at + row * stride);
    }

    /**
     * Sets one number, rounded to the element type.
     *
     * @param row which row
     * @param value new value
     */
    public void set(int row, double value) {
        matrix.set(at + row * stride, value);
    }

    /**
     * {@code this_b = ⟨x_b, y_b⟩}, the inner product of each row of two arrays, summed in the element type.
     *
     * @param x (Input) B rows of any one size, of the same element type
     * @param y (Input) the same
     * @return this
     */
    public Column dots(Vec x, Vec y) {
        matrix.dots(this, x, y);
        return this;
    }

    /**
     * The size of the rows of an array that meets this column. One row is told apart because a division is slow there.
     */
    int width(String verb, Vec x) {
        int n = rows <= 1 ? x.length() : x.length() / rows;
        if (n * rows != x.length() || x.dtype() != matrix.dtype()) {
            throw ShapeException.of(
                    verb, "an operand", x.toString(), rows + " rows of one size in " + matrix.dtype(), "");
        }
        return n;
    }

    @Override
    public String toString() {
        return "column " + at + " of " + matrix + " as [" + rows + "," + stride + "]";
    }
}
