// SPDX-License-Identifier: Apache-2.0
// Generated from DoublePairs.java by tools/generate/FloatForms.java; edit that file instead.
package io.github.unroll4j.models.attention;

/**
 * The arrays of one step, as a {@link Score} sees them: B queries, each against the S positions of its own row of the memory.
 *
 * <p>Rows of width A lie one after another, element a of row b at {@code b · size + a}. Made once and reused.
 */
public final class FloatPairs {
    /** Batch rows B. */
    public final int rows;
    /** Positions S. */
    public final int positions;
    /** Width of a row A. */
    public final int size;
    /** (Input) queries, B·A numbers. */
    public final float[] q;
    /** (Input) for each position the keys of all rows, B·A numbers; empty for a score that reads none. */
    public final float[][] key;
    /** (Input) per-element parameters, repeated for every row, B·A numbers each. */
    public final float[][] p;
    /**
     * (Output of forward) the score of row b at position s at {@code b · positions + s}; -∞ for one that cannot be chosen. Not for
     * backward: the weights α have taken the place of the scores by then.
     */
    public final float[] e;
    /** (Input of backward) gradient of {@code e}; exactly 0 where a position is masked. */
    public final float[] de;
    /** (Accumulated by backward, from zeros) gradient of {@code q}. */
    public final float[] dq;
    /** (Accumulated by backward, over all steps) gradient of {@code key}. */
    public final float[][] dKey;
    /** (Accumulated by backward, over all steps) gradient of {@code p}, row by row; the engine sums the rows. */
    public final float[][] dp;

    /**
     * Groups the arrays of a step.
     *
     * @param rows B
     * @param positions S
     * @param size A
     * @param a the arrays
     */
    public FloatPairs(int rows, int positions, int size, Arrays a) {
        this.rows = rows;
        this.positions = positions;
        this.size = size;
        q = a.q;
        key = a.key;
        p = a.p;
        e = a.e;
        de = a.de;
        dq = a.dq;
        dKey = a.dKey;
        dp = a.dp;
    }

    /**
     * The arrays by role, as the fields.
     *
     * @param q queries
     * @param key keys
     * @param p parameters
     * @param e scores
     * @param de gradient of the scores
     * @param dq gradient of the queries
     * @param dKey gradient of the keys
     * @param dp gradient of the parameters
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of live arrays, never compared
    public record Arrays(
            float[] q, float[][] key, float[][] p, float[] e, float[] de, float[] dq, float[][] dKey, float[][] dp) {}
}
