// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.tensor.Column;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Objects;

/**
 * The arrays of one step, as a {@link Score} sees them: B queries, each against the S positions of its own row of the
 * memory.
 *
 * <p>Arrays [B,A] hold B rows of A numbers one after another, element a of row b at {@code b · size + a}. Scores [B,S]
 * have the same order: that of row b at position s is at {@code b · positions + s}, and {@code e(s)} is the column of
 * position s, a number for each row. Whoever runs the score owns the arrays and uses them again; a score keeps none.
 *
 * @since 0.1.0
 */
public final class Pairs {
    private final ScoreLayout layout;
    private final int rows;
    private final int positions;
    private final Vec q;
    private final Vec e;
    private final Column[] eAt;
    private final Vec[] key;
    private final Vec[] dKey;
    private final Vec[] p;
    private final Vec[] dp;
    private final Vec[] scratch;
    private final Vec[] d;
    private final Vec de;
    private final Column[] deAt;
    private final Vec dq;

    /**
     * Arrays of their own, all zeros; for a test of a score outside attention.
     *
     * @param layout what the score is made of
     * @param dtype element type
     * @param rows B
     * @param positions S
     */
    public Pairs(ScoreLayout layout, Dtype dtype, int rows, int positions) {
        this(
                layout,
                requireSizes(rows, positions),
                keys(layout, dtype, rows, positions),
                keys(layout, dtype, rows, positions),
                Objects.requireNonNull(dtype, "dtype"));
    }

    private static int[] requireSizes(int rows, int positions) {
        if (rows < 1 || positions < 1) {
            throw new IllegalArgumentException(
                    "Pairs: rows is " + rows + " and positions " + positions + ", expected 1 or more of each.");
        }
        return new int[] {rows, positions};
    }

    /** With the keys of a memory: S arrays, or none for a score that reads none. */
    Pairs(ScoreLayout layout, int[] sizes, Vec[] key, Vec[] dKey, Dtype dtype) {
        this.layout = layout.close();
        rows = sizes[0];
        positions = sizes[1];
        this.key = key;
        this.dKey = dKey;
        int n = rows * layout.size();
        q = Vec.zeros(dtype, n);
        e = Vec.zeros(dtype, rows * positions);
        eAt = columns(e, positions);
        p = arrays(dtype, layout.vectors().size(), n);
        dp = arrays(dtype, p.length, n);
        scratch = arrays(dtype, layout.scratch().size(), n);
        d = arrays(dtype, scratch.length, n);
        de = Vec.zeros(dtype, rows * positions);
        deAt = columns(de, positions);
        dq = Vec.zeros(dtype, n);
    }

    /** The arrays of another step: q and e of its own, all others shared. */
    private Pairs(Pairs other) {
        layout = other.layout;
        rows = other.rows;
        positions = other.positions;
        q = Vec.zeros(other.q.dtype(), other.q.length());
        e = Vec.zeros(other.e.dtype(), other.e.length());
        eAt = columns(e, positions);
        key = other.key;
        dKey = other.dKey;
        p = other.p;
        dp = other.dp;
        scratch = other.scratch;
        d = other.d;
        de = other.de;
        deAt = other.deAt;
        dq = other.dq;
    }

    Pairs ofAnotherStep() {
        return new Pairs(this);
    }

    private static Vec[] keys(ScoreLayout layout, Dtype dtype, int rows, int positions) {
        return arrays(dtype, layout.readsKeys() ? positions : 0, rows * layout.size());
    }

    static Vec[] arrays(Dtype dtype, int count, int n) {
        Vec[] arrays = new Vec[count];
        for (int i = 0; i < count; i++) {
            arrays[i] = Vec.zeros(dtype, n);
        }
        return arrays;
    }

    /** All columns of [B,S], made once. */
    static Column[] columns(Vec matrix, int count) {
        Column[] columns = new Column[count];
        for (int s = 0; s < count; s++) {
            columns[s] = matrix.column(s, count);
        }
        return columns;
    }

    /** {@return batch rows B} */
    public int rows() {
        return rows;
    }

    /** {@return positions S} */
    public int positions() {
        return positions;
    }

    /** {@return width A of a row} */
    public int size() {
        return layout.size();
    }

    /** {@return (input) queries, [B,A]} */
    public Vec q() {
        return q;
    }

    /**
     * (Input) The keys of all rows at a position; zeros, or a map of zeros, where a row is padded.
     *
     * @param s position
     * @return [B,A]
     */
    public Vec key(int s) {
        return key[requireKey(s)];
    }

    /**
     * (Input) A parameter, repeated for every row, so that it meets all other arrays element by element.
     *
     * @param vector which
     * @return [B,A]
     */
    public Vec p(ScoreLayout.Vector vector) {
        Objects.requireNonNull(vector, "vector");
        return p[require(vector)];
    }

    /** {@return (output of forward, input of backward) the scores, [B,S]; -∞ for a position that cannot be chosen} */
    public Vec e() {
        return e;
    }

    /**
     * A column of {@link #e()}.
     *
     * @param s position
     * @return the score of each row at s, [B]
     */
    public Column e(int s) {
        return eAt[s];
    }

    /** {@return (input of backward) the gradient of {@link #e()}, [B,S]; exactly 0 where a position is masked} */
    public Vec de() {
        return de;
    }

    /**
     * A column of {@link #de()}.
     *
     * @param s position
     * @return the gradient of the score of each row at s, [B]
     */
    public Column de(int s) {
        return deAt[s];
    }

    /** {@return (accumulated by backward, from zeros) the gradient of {@link #q}, [B,A]} */
    public Vec dq() {
        return dq;
    }

    /**
     * (Accumulated by backward, over all steps) The gradient of {@link #key}.
     *
     * @param s position
     * @return [B,A]
     */
    public Vec dKey(int s) {
        return dKey[requireKey(s)];
    }

    /**
     * (Accumulated by backward, over all steps) The gradient of {@link #p}, row by row; attention sums the rows.
     *
     * @param vector which
     * @return [B,A]
     */
    public Vec dp(ScoreLayout.Vector vector) {
        Objects.requireNonNull(vector, "vector");
        return dp[require(vector)];
    }

    /**
     * The array of a quantity of the score's own. Whatever stands in it at the beginning of forward or backward.
     *
     * @param quantity which
     * @return [B,A]
     */
    public Vec scratch(ScoreLayout.Scratch quantity) {
        Objects.requireNonNull(quantity, "quantity");
        return scratch[require(quantity)];
    }

    /**
     * The array for the gradient of {@link #scratch}; the same holds.
     *
     * @param quantity which
     * @return [B,A]
     */
    public Vec d(ScoreLayout.Scratch quantity) {
        Objects.requireNonNull(quantity, "quantity");
        return d[require(quantity)];
    }

    private int require(ScoreLayout.Handle handle) {
        if (handle.layout != layout) {
            throw new IllegalArgumentException("Pairs: the handle " + handle + " is of another layout, expected one of "
                    + layout + "; likely cause: a score that makes its layout anew at each call of layout().");
        }
        return handle.index;
    }

    private int requireKey(int s) {
        if (!layout.readsKeys()) {
            throw new IllegalStateException("Pairs: a key is asked for, but " + layout + " was declared without keys.");
        }
        return s;
    }
}
