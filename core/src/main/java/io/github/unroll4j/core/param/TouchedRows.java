// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

/**
 * The rows of one parameter's gradient that may differ from zero.
 *
 * <p>A training step reads only a few rows of an embedding [V,E]. To clear, clip and update all V rows would cost more
 * than the model itself. A parameter that is declared {@linkplain Parameters.Builder#addRowSparse row-sparse} therefore
 * keeps the set of rows to which backward passes have added since the gradients were cleared. <b>Code that adds to the
 * gradient of such a parameter must name the rows here.</b> Code that writes the whole gradient calls
 * {@link #addAll()}.
 *
 * <p>For any other parameter, all rows always count as touched, and naming rows changes nothing. So code that writes a
 * gradient need not know which kind of parameter it has.
 *
 * @since 0.1.0
 */
public final class TouchedRows {
    private final int rows;
    private final boolean sparse;
    /** Both are empty until a row is named: a registry that is only read needs neither. */
    private int[] list = {};

    private boolean[] touched = {};
    private int count;
    private boolean all;

    TouchedRows(int rows, boolean sparse) {
        this.rows = rows;
        this.sparse = sparse;
        all = !sparse;
    }

    /**
     * {@return whether touched rows are recorded} False for a parameter that is not row-sparse: all its rows always
     * count.
     */
    public boolean sparse() {
        return sparse;
    }

    /**
     * Names a row whose gradient is about to change.
     *
     * @param row 0 for the first
     * @throws ArrayIndexOutOfBoundsException if a row-sparse parameter has no such row
     */
    public void add(int row) {
        if (sparse && touched.length < rows) {
            list = new int[rows];
            touched = new boolean[rows];
        }
        if (sparse && !touched[row]) {
            touched[row] = true;
            list[count++] = row;
        }
    }

    /** Names all rows. Use it if a whole gradient is written, as by an output layer that is tied to an embedding. */
    public void addAll() {
        all = true;
    }

    /** Names the rows that another set names. */
    void addAll(TouchedRows other) {
        all |= other.all;
        for (int i = 0; i < other.count; i++) {
            add(other.list[i]);
        }
    }

    /** {@return whether all rows count as touched} */
    public boolean all() {
        return all;
    }

    /** {@return the number of touched rows} */
    public int count() {
        return all ? rows : count;
    }

    /**
     * Returns one touched row.
     *
     * @param i 0 to {@link #count()}-1
     * @return its index. The order is that in which rows were first named; if all are touched, row i is {@code i}
     */
    public int row(int i) {
        return all ? i : list[i];
    }

    /** Forgets the touched rows. Called after the gradient was set to zero. */
    void clear() {
        for (int i = 0; i < count; i++) {
            touched[list[i]] = false;
        }
        count = 0;
        all = !sparse;
    }
}
