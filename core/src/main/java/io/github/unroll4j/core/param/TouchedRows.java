// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

/**
 * The rows of one parameter's gradient that may differ from zero.
 *
 * <p>A step of training reads a few rows of an embedding [V,E], so that clearing, clipping and stepping over all V rows would
 * cost more than the model. A parameter that is declared {@linkplain Parameters.Builder#addRowSparse row-sparse} keeps the set of
 * rows that backward passes have added to since the gradients were cleared: <b>whoever adds to the gradient of such a parameter
 * names the rows here</b>, a writer of the whole gradient by {@link #addAll()}. Of any other parameter all rows always count
 * as touched, and naming them changes nothing, so that a writer need not know which kind it has.
 */
public final class TouchedRows {
    private final int rows;
    private final boolean sparse;
    private final int[] list;
    private final boolean[] touched;
    private int count;
    private boolean all;

    TouchedRows(int rows, boolean sparse) {
        this.rows = rows;
        this.sparse = sparse;
        list = new int[sparse ? rows : 0];
        touched = new boolean[list.length];
        all = !sparse;
    }

    /** Whether the rows are kept apart; false for a parameter that is not row-sparse, whose rows always count. */
    public boolean sparse() {
        return sparse;
    }

    /**
     * Names a row that is about to be added to.
     *
     * @param row 0 for the first
     * @throws ArrayIndexOutOfBoundsException if a row-sparse parameter has no such row
     */
    public void add(int row) {
        if (sparse && !touched[row]) {
            touched[row] = true;
            list[count++] = row;
        }
    }

    /** Names all rows, for a gradient that is written whole, such as that of an output layer tied to an embedding. */
    public void addAll() {
        all = true;
    }

    /** Whether all rows count as touched. */
    public boolean all() {
        return all;
    }

    /** The number of touched rows. */
    public int count() {
        return all ? rows : count;
    }

    /**
     * One touched row.
     *
     * @param i 0 to {@link #count()}-1
     * @return its number: in the order in which rows were first named, or {@code i} itself if all are touched
     */
    public int row(int i) {
        return all ? i : list[i];
    }

    /** After the gradient was set to zero. */
    void clear() {
        for (int i = 0; i < count; i++) {
            touched[list[i]] = false;
        }
        count = 0;
        all = !sparse;
    }
}
