// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A row-major matrix view of native memory: an operand of {@link Gemm}. Borrowed from its {@link NativeArray}.
 *
 * <p>Made once and reused at every step, so that the steady state allocates nothing. {@link #t()} is the transposed
 * operand; it copies nothing.
 */
public final class NativeMatrix {
    private final NativeArray owner;
    private final long offset;
    private final int rows;
    private final int cols;
    private final int stride;
    private final boolean transposed;
    final Pointer pointer;

    NativeMatrix(NativeArray owner, long offset, int rows, int cols, int stride) {
        this(owner, offset, rows, cols, stride, false);
    }

    private NativeMatrix(NativeArray owner, long offset, int rows, int cols, int stride, boolean transposed) {
        this.owner = owner;
        this.offset = offset;
        this.rows = rows;
        this.cols = cols;
        this.stride = stride;
        this.transposed = transposed;
        this.pointer = owner.pointer(offset);
    }

    /** The transposed operand over the same memory; keep it when it is needed at every step. */
    public NativeMatrix t() {
        return new NativeMatrix(owner, offset, rows, cols, stride, !transposed);
    }

    /**
     * A block of whole rows as a view.
     *
     * @param first first row
     * @param count number of rows
     * @return a view that borrows the same memory
     */
    public NativeMatrix rows(int first, int count) {
        return owner.matrix(offset + (long) first * stride, count, cols, stride);
    }

    /**
     * A block of whole columns as a view.
     *
     * @param first first column
     * @param count number of columns
     * @return a view that borrows the same memory
     */
    public NativeMatrix cols(int first, int count) {
        return owner.matrix(offset + first, rows, count, stride);
    }

    /** Rows of the operand, after transposition. */
    public int rows() {
        return transposed ? cols : rows;
    }

    /** Columns of the operand, after transposition. */
    public int cols() {
        return transposed ? rows : cols;
    }

    /** Elements from one stored row to the next. */
    public int stride() {
        return stride;
    }

    /** Whether this operand is read transposed. */
    public boolean transposed() {
        return transposed;
    }

    /** The element type. */
    public Dtype dtype() {
        return owner.dtype();
    }

    /** The number of elements. */
    public int size() {
        return rows * cols;
    }

    /**
     * Copies heap numbers in; the view must have no gaps between rows.
     *
     * @param source (Input) where from
     * @param from first index there
     */
    public void put(Vec source, int from) {
        requireDense("put");
        if (pointer instanceof FloatPointer p) {
            p.put(((FloatVec) source).array(), from, size());
        } else {
            ((DoublePointer) pointer).put(((DoubleVec) source).array(), from, size());
        }
    }

    /**
     * Copies the numbers out to the heap; the view must have no gaps between rows.
     *
     * @param target (Output) where to
     * @param at first index there
     */
    public void get(Vec target, int at) {
        requireDense("get");
        if (pointer instanceof FloatPointer p) {
            p.get(((FloatVec) target).array(), at, size());
        } else {
            ((DoublePointer) pointer).get(((DoubleVec) target).array(), at, size());
        }
    }

    private void requireDense(String method) {
        owner.requireOpen();
        if (stride != cols || transposed) {
            throw Shapes.error("NativeMatrix." + method, "the view", this.toString(), "one without gaps between rows", "");
        }
    }

    @Override
    public String toString() {
        return "[" + rows() + ", " + cols() + "]" + (stride == cols ? "" : " stride " + stride) + (transposed ? " transposed" : "");
    }

    /** The memory that this view borrows. */
    public NativeArray owner() {
        return owner;
    }
}
