// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Native rows of T steps of B rows, in G blocks of W columns: operands of products over one step or over many.
 *
 * <p>Each block of each step is contiguous over the batch, B·W numbers, because the loops on the heap are long and
 * unstrided then. For B &gt; 1 the layout is [G][T·B,W], one product per block: as fast as one wide product, and
 * without a pass that sorts the blocks. For B = 1 it is [T][G·W], and one matrix-vector product serves all blocks
 * (docs/adr/0002). So an operand is one matrix or G of them.
 *
 * <p>Grows to the most rows T·B that were asked for and keeps its memory; its views are made when they are first asked
 * for.
 *
 * @since 0.1.0
 */
public final class NativeRows implements AutoCloseable {
    private static final NativeMatrix[] NONE = {};
    private static final @Nullable NativeMatrix[][] NO_STEPS = {};

    private final int blocks;
    private final int width;
    private final @Nullable NativeMatrix lent;
    private @Nullable NativeArray memory;
    /** Rows of a block that there is room for. */
    private long capacity;

    private int steps;
    private int batch;
    private @Nullable NativeMatrix[][] step = {};
    private Vec row = Vec.zeros(Dtype.FLOAT, 0);
    private NativeMatrix[] all = NONE;
    private NativeMatrix[] first = NONE;

    /**
     * Rows without memory.
     *
     * @param blocks G
     * @param width columns W of a block
     */
    public NativeRows(int blocks, int width) {
        this(blocks, width, null);
    }

    /**
     * Rows of one block that others own; their size stays.
     *
     * @param rows [T·B,W] without gaps
     * @param T steps
     * @param B rows of a step
     */
    public NativeRows(NativeMatrix rows, int T, int B) {
        this(1, rows.cols(), rows);
        if (rows.rows() != T * B) {
            throw ShapeException.of("NativeRows", "rows", rows.toString(), "[T·B = " + T + "·" + B + ", W]", "");
        }
        steps = T;
        batch = B;
        step = new NativeMatrix[T][];
    }

    private NativeRows(int blocks, int width, @Nullable NativeMatrix lent) {
        this.blocks = blocks;
        this.width = width;
        this.lent = lent;
    }

    /**
     * Makes room for T steps of B rows; allocates nothing where there is enough. What stands in the rows is undefined.
     *
     * @param dtype element type
     * @param T steps
     * @param B rows of a step
     */
    public void resize(Dtype dtype, int T, int B) {
        if (lent != null && (T != steps || B != batch || dtype != lent.dtype())) {
            throw new IllegalStateException("NativeRows.resize: the rows are those of others, which keep their size.");
        }
        long rows = (long) T * B;
        boolean fits = memory != null && memory.dtype() == dtype && rows <= capacity;
        if (lent != null || (fits && T == steps && B == batch)) {
            return;
        }
        if (!fits) {
            close();
            memory = NativeArray.allocate(dtype, rows * blocks * width);
            capacity = rows;
        }
        if (B != batch) {
            step = new NativeMatrix[T][];
        } else if (T > step.length) {
            step = Arrays.copyOf(step, T);
        }
        steps = T;
        batch = B;
        all = NONE;
        first = NONE;
    }

    private NativeArray memory() {
        if (memory == null) {
            throw new IllegalStateException("NativeRows: used before resize or after close.");
        }
        return memory;
    }

    private boolean fused() {
        return batch == 1;
    }

    /**
     * The rows of a step as an operand.
     *
     * @param t the step
     * @return one matrix [1,G·W] for B = 1, otherwise G of [B,W]
     */
    public NativeMatrix[] step(int t) {
        Objects.checkIndex(t, steps);
        NativeMatrix[] views = step[t];
        if (views == null) {
            views = over(t, 1);
            step[t] = views;
        }
        return views;
    }

    /**
     * The rows of a step of one block.
     *
     * @param t the step
     * @return [B,W], without gaps
     */
    public NativeMatrix rows(int t) {
        return step(t)[0];
    }

    /**
     * Copies a step from the heap.
     *
     * @param t the step
     * @param source (Input) G arrays [B,W]
     */
    public void put(int t, Vec[] source) {
        NativeMatrix[] rows = step(t);
        if (rows.length == blocks) {
            for (int g = 0; g < blocks; g++) {
                rows[g].put(source[g], 0);
            }
        } else { // one copy of all blocks: each costs more than a row of one
            Vec all = row();
            for (int g = 0; g < blocks; g++) {
                all.copy(g * width, source[g], 0, width);
            }
            rows[0].put(all, 0);
        }
    }

    /**
     * Copies a step to the heap.
     *
     * @param t the step
     * @param target (Output) G arrays [B,W]
     */
    public void get(int t, Vec[] target) {
        NativeMatrix[] rows = step(t);
        if (rows.length == blocks) {
            for (int g = 0; g < blocks; g++) {
                rows[g].get(target[g], 0);
            }
        } else {
            Vec all = row();
            rows[0].get(all, 0);
            for (int g = 0; g < blocks; g++) {
                target[g].copy(0, all, g * width, width);
            }
        }
    }

    /**
     * Adds a step to numbers on the heap.
     *
     * @param t the step
     * @param target (Accumulated) G arrays [B,W]
     */
    public void addTo(int t, Vec[] target) {
        NativeMatrix[] rows = step(t);
        if (rows.length == blocks) {
            for (int g = 0; g < blocks; g++) {
                rows[g].addTo(target[g], 0);
            }
        } else {
            Vec all = row();
            rows[0].get(all, 0);
            for (int g = 0; g < blocks; g++) {
                target[g].add(0, all, g * width, width);
            }
        }
    }

    /** Room on the heap for all blocks of a row. */
    private Vec row() {
        Dtype dtype = memory().dtype();
        if (row.dtype() != dtype || row.length() == 0) {
            row = Vec.zeros(dtype, blocks * width);
        }
        return row;
    }

    /** {@return the rows of all T steps as an operand: one matrix [T,G·W] for B = 1, otherwise G of [T·B,W]} */
    public NativeMatrix[] all() {
        if (all.length == 0) {
            all = over(0, steps);
        }
        return all;
    }

    /**
     * The rows of the first steps as an operand.
     *
     * @param n how many
     * @return one matrix [n,G·W] for B = 1, otherwise G of [n·B,W]; kept for the next call with the same n
     */
    public NativeMatrix[] first(int n) {
        if (n == steps) {
            return all();
        }
        Objects.checkFromToIndex(0, n, steps);
        if (first.length == 0 || first[0].rows() != n * batch) {
            first = over(0, n);
        }
        return first;
    }

    /**
     * The rows of the steps from one on, of one block.
     *
     * @param t the first of them
     * @return [(T-t)·B,W], a new view
     */
    public NativeMatrix from(int t) {
        Objects.checkFromToIndex(t, steps, steps);
        return all()[0].rows(t * batch, (steps - t) * batch);
    }

    private NativeMatrix[] over(int from, int n) {
        if (lent != null) {
            return new NativeMatrix[] {n == steps ? lent : lent.rows(from * batch, n * batch)};
        }
        NativeMatrix[] views = new NativeMatrix[fused() ? 1 : blocks];
        for (int g = 0; g < views.length; g++) {
            views[g] = fused()
                    ? memory().matrix((long) from * blocks * width, n, blocks * width)
                    : memory().matrix((g * capacity + (long) from * batch) * width, n * batch, width);
        }
        return views;
    }

    /** Frees memory of its own; a later {@link #resize} allocates it anew. */
    @Override
    public void close() {
        if (lent != null) {
            return;
        }
        if (memory != null) {
            memory.close();
            memory = null;
        }
        capacity = 0;
        steps = 0;
        batch = 0;
        step = NO_STEPS; // nothing is allocated here: close may be called because memory has run out
        all = NONE;
        first = NONE;
    }
}
