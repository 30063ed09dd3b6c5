// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemv;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemv;

import java.util.function.BiFunction;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A row-major matrix view of native memory, which matrix products read and write. Borrowed from its
 * {@link NativeArray}.
 *
 * <p>Made once and reused at every step, so that the steady state allocates nothing. {@link #t()} is the transposed
 * operand; it copies nothing.
 *
 * <p>As in {@link Vec}, the receiver of a product is the destination. One that shares memory with an operand is the
 * caller's error and is refused when the views start at the same element. Products are routed by shape: one with one
 * row is a matrix-vector product. They call the BLAS that ND4J's CPU backend loads, directly: {@code Nd4j.gemm} costs
 * 10 to 15 µs of wrapping a call, more than a whole recurrent step at batch one (docs/adr/0002).
 *
 * @since 0.1.0
 */
public final class NativeMatrix {
    /**
     * OpenBLAS multiplies a product of up to so many multiplications from where its operands lie, and copies the
     * operands of a larger one into its own order first.
     */
    private static final int IN_PLACE = 1_000_000;

    /** Numbers of a destination that stay in the nearer caches while products are added to it. */
    private static final int NEAR = 1 << 16;

    private static final int ROWS_OF_SUM = 64;
    private static final int ROWS = 128;
    private static final int COLUMNS = 64;
    private static final NativeMatrix[] NONE = {};

    private final NativeArray owner;
    private final long offset;
    private final int rows;
    private final int cols;
    private final int stride;
    private final boolean transposed;
    private final Pointer pointer;
    private @Nullable Chunks chunks;
    private @Nullable NativeMatrix transpose;
    private NativeMatrix[] inRows = NONE;
    private int height = -1;
    private NativeMatrix[] inColumns = NONE;
    private int width = -1;

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
        this.pointer = pointer(owner, offset);
    }

    /** A pointer of its own to an element; JavaCPP pointers carry a mutable position and cannot be shared. */
    private static Pointer pointer(NativeArray owner, long offset) {
        Pointer address = owner.memory().data().addressPointer();
        return owner.dtype() == Dtype.FLOAT
                ? new FloatPointer(address).getPointer(owner.start() + offset)
                : new DoublePointer(address).getPointer(owner.start() + offset);
    }

    /** {@return the transposed operand over the same memory, made once} */
    public NativeMatrix t() {
        if (transpose == null) {
            transpose = new NativeMatrix(owner, offset, rows, cols, stride, !transposed);
            transpose.transpose = this;
        }
        return transpose;
    }

    /**
     * A block of whole rows as a view.
     *
     * @param first first row
     * @param count number of rows
     * @return a view that borrows the same memory
     * @throws ShapeException if there are not so many rows
     */
    public NativeMatrix rows(int first, int count) {
        requireBlock("rows", first, count, rows());
        return transposed ? storedCols(first, count).t() : storedRows(first, count);
    }

    /**
     * A block of whole columns as a view.
     *
     * @param first first column
     * @param count number of columns
     * @return a view that borrows the same memory
     * @throws ShapeException if there are not so many columns
     */
    public NativeMatrix cols(int first, int count) {
        requireBlock("cols", first, count, cols());
        return transposed ? storedRows(first, count).t() : storedCols(first, count);
    }

    /**
     * All rows in blocks of one height, as views. They are kept until blocks of another height are asked for.
     *
     * @param height rows of a block, as {@link #bounds} cuts them
     * @return the blocks from top to bottom
     */
    public NativeMatrix[] inRows(int height) {
        if (this.height != height) {
            inRows = blocks(bounds(rows(), height), this::rows);
            this.height = height;
        }
        return inRows;
    }

    /**
     * All columns in blocks of one width, as views. They are kept until blocks of another width are asked for.
     *
     * @param width columns of a block, as {@link #bounds} cuts them
     * @return the blocks from left to right
     */
    public NativeMatrix[] inColumns(int width) {
        if (this.width != width) {
            inColumns = blocks(bounds(cols(), width), this::cols);
            this.width = width;
        }
        return inColumns;
    }

    private NativeMatrix[] blocks(int[] bounds, BiFunction<Integer, Integer, NativeMatrix> view) {
        NativeMatrix[] views = new NativeMatrix[bounds.length - 1];
        for (int i = 0; i < views.length; i++) {
            views[i] = views.length == 1 ? this : view.apply(bounds[i], bounds[i + 1] - bounds[i]);
        }
        return views;
    }

    /**
     * Where blocks begin and end. All but the last have one length. A remainder below half of it is part of the last,
     * which is up to one and a half as long; a larger one is a shorter block of its own.
     *
     * @param size number of rows or columns
     * @param length those of a block; 0 for those of an empty matrix
     * @return the first of each block, and the size
     */
    public static int[] bounds(int size, int length) {
        int count = length == 0 ? 1 : Math.max(1, (size + length / 2) / length);
        int[] bounds = new int[count + 1];
        for (int i = 1; i < count; i++) {
            bounds[i] = i * length;
        }
        bounds[count] = size;
        return bounds;
    }

    private NativeMatrix storedRows(int first, int count) {
        return owner.matrix(offset + (long) first * stride, count, cols, stride);
    }

    private NativeMatrix storedCols(int first, int count) {
        return owner.matrix(offset + first, rows, count, stride);
    }

    private void requireBlock(String method, int first, int count, int size) {
        if (first < 0 || count < 0 || first > size - count) {
            throw ShapeException.of(
                    "NativeMatrix." + method, "the block", first + " + " + count, "one inside " + this, "");
        }
    }

    /** {@return rows of the operand, after transposition} */
    public int rows() {
        return transposed ? cols : rows;
    }

    /** {@return columns of the operand, after transposition} */
    public int cols() {
        return transposed ? rows : cols;
    }

    /** {@return elements from one stored row to the next} */
    public int stride() {
        return stride;
    }

    /** {@return whether this operand is read transposed} */
    public boolean transposed() {
        return transposed;
    }

    /** {@return the element type} */
    public Dtype dtype() {
        return owner.dtype();
    }

    /**
     * The number of elements, as many as one copy to or from the heap can move.
     *
     * @return rows times columns
     * @throws ShapeException if that exceeds an {@code int}; products take such a matrix all the same
     */
    public int size() {
        long size = (long) rows * cols;
        if (size > Integer.MAX_VALUE) {
            throw ShapeException.of("NativeMatrix.size", "the view", toString(), "at most 2^31-1 elements", "");
        }
        return (int) size;
    }

    boolean isEmpty() {
        return rows == 0 || cols == 0;
    }

    /** Whether this view has an element in common with another one. */
    boolean overlaps(NativeMatrix other) {
        if (owner != other.owner || isEmpty() || other.isEmpty() || end() <= other.offset || other.end() <= offset) {
            return false;
        }
        if (stride != other.stride && rows > 1 && other.rows > 1) {
            return overlapsRowByRow(other);
        }
        // Blocks of columns of one matrix lie among each other: their first columns, modulo the stride, tell them
        // apart.
        int step = rows > 1 ? stride : other.stride;
        long gap = Math.floorMod(other.offset - offset, (long) step);
        return gap < cols || gap + other.cols > step;
    }

    private boolean overlapsRowByRow(NativeMatrix other) {
        for (int row = 0; row < rows; row++) {
            long from = offset + (long) row * stride - other.offset;
            long first = Math.max(0, Math.floorDiv(from, (long) other.stride));
            for (long r = first; r < other.rows && r * other.stride < from + cols; r++) {
                if (r * other.stride + other.cols > from) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The index after the last element. */
    private long end() {
        return offset + (rows - 1L) * stride + cols;
    }

    /**
     * {@code this = A·B}.
     *
     * @param A (Input) [m,k], where this is [m,n] and not transposed
     * @param B (Input) [k,n]
     * @throws ShapeException if shapes or element types do not fit or this is an operand
     */
    public void product(NativeMatrix A, NativeMatrix B) {
        multiply(this, A, B, 0);
    }

    /**
     * {@code this += A·B}.
     *
     * @param A (Input) [m,k], where this is [m,n] and not transposed
     * @param B (Input) [k,n]
     * @throws ShapeException if shapes or element types do not fit or this is an operand
     */
    public void addProduct(NativeMatrix A, NativeMatrix B) {
        multiply(this, A, B, 1);
    }

    private static void multiply(NativeMatrix C, NativeMatrix A, NativeMatrix B, int beta) {
        requireFit(C, A, B);
        if (C.isEmpty()) {
            return;
        }
        if (A.cols() == 0) { // an empty sum; BLAS would leave the destination as it was
            if (beta == 0) {
                C.zero();
            }
        } else if (C.rows() == 1 && !A.transposed) {
            multiplyRow(C, A, B, beta);
        } else if (A.transposed && !B.transposed && isLongSum(C, A)) {
            multiplyInPlace(C, A, B, beta);
        } else {
            multiplyMatrix(C, A, B, beta);
        }
    }

    private static boolean isLongSum(NativeMatrix C, NativeMatrix A) {
        long size = (long) C.rows() * C.cols();
        return size <= NEAR && size * A.cols() > IN_PLACE;
    }

    /**
     * {@code C = A·B}, or {@code C += A·B}, where A is a transpose, as in the gradient of weights Xᵀ Y: a sum over
     * blocks of rows of X and Y, each of which is multiplied from where it lies. Takes 0.64 to 0.97 of the time of a
     * product with copies; with a destination beyond the nearer caches more (docs/adr/0002).
     */
    private static void multiplyInPlace(NativeMatrix C, NativeMatrix A, NativeMatrix B, int beta) {
        NativeMatrix[] x = A.t().inRows(ROWS_OF_SUM);
        NativeMatrix[] y = B.inRows(ROWS_OF_SUM);
        NativeMatrix[] c = C.inRows(ROWS);
        for (int l = 0; l < x.length; l++) {
            NativeMatrix[] xl = x[l].inColumns(ROWS);
            NativeMatrix[] yl = y[l].inColumns(COLUMNS);
            for (int i = 0; i < c.length; i++) {
                NativeMatrix[] ci = c[i].inColumns(COLUMNS);
                for (int j = 0; j < ci.length; j++) {
                    multiplyMatrix(ci[j], xl[i].t(), yl[j], l == 0 ? beta : 1);
                }
            }
        }
    }

    /** {@code c = a·B} as {@code c = Bᵀ a}: BLAS wants the stored shape of B and how to read it. */
    private static void multiplyRow(NativeMatrix C, NativeMatrix A, NativeMatrix B, int beta) {
        int order = B.transposed ? CblasNoTrans : CblasTrans;
        int rows = B.transposed ? B.cols() : B.rows();
        int cols = B.transposed ? B.rows() : B.cols();
        if (C.pointer instanceof FloatPointer c) {
            FloatPointer a = (FloatPointer) A.pointer;
            FloatPointer b = (FloatPointer) B.pointer;
            cblas_sgemv(CblasRowMajor, order, rows, cols, 1f, b, B.stride, a, 1, beta, c, 1);
        } else {
            DoublePointer a = (DoublePointer) A.pointer;
            DoublePointer b = (DoublePointer) B.pointer;
            DoublePointer c = (DoublePointer) C.pointer;
            cblas_dgemv(CblasRowMajor, order, rows, cols, 1d, b, B.stride, a, 1, beta, c, 1);
        }
    }

    private static void multiplyMatrix(NativeMatrix C, NativeMatrix A, NativeMatrix B, int beta) {
        int orderA = A.transposed ? CblasTrans : CblasNoTrans;
        int orderB = B.transposed ? CblasTrans : CblasNoTrans;
        int m = C.rows();
        int n = C.cols();
        int k = A.cols();
        if (C.pointer instanceof FloatPointer c) {
            FloatPointer a = (FloatPointer) A.pointer;
            FloatPointer b = (FloatPointer) B.pointer;
            cblas_sgemm(CblasRowMajor, orderA, orderB, m, n, k, 1f, a, A.stride, b, B.stride, beta, c, C.stride);
        } else {
            DoublePointer a = (DoublePointer) A.pointer;
            DoublePointer b = (DoublePointer) B.pointer;
            DoublePointer c = (DoublePointer) C.pointer;
            cblas_dgemm(CblasRowMajor, orderA, orderB, m, n, k, 1d, a, A.stride, b, B.stride, beta, c, C.stride);
        }
    }

    private static void requireFit(NativeMatrix C, NativeMatrix A, NativeMatrix B) {
        boolean shapes = A.rows() == C.rows() && B.rows() == A.cols() && B.cols() == C.cols() && !C.transposed;
        boolean dtypes = A.dtype() == C.dtype() && B.dtype() == C.dtype();
        boolean apart = !C.overlaps(A) && !C.overlaps(B);
        if (!shapes || !dtypes || !apart) {
            throw ShapeException.of(
                    "NativeMatrix.product",
                    "C = A·B",
                    C + " = " + A + " · " + B,
                    "[m, n] = [m, k] · [k, n] with a destination of its own",
                    !shapes
                            ? ""
                            : !dtypes ? "FLOAT and DOUBLE are mixed" : "the destination shares memory with an operand");
        }
        C.owner.requireOpen();
        A.owner.requireOpen();
        B.owner.requireOpen();
    }

    /**
     * Copies heap numbers in; the view must have no gaps between rows.
     *
     * @param source (Input) where from
     * @param from first index there
     * @throws ShapeException if the view has gaps, or the source other or too few elements
     */
    public void put(Vec source, int from) {
        requireDense("put");
        requireHeap("put", source, from);
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
     * @throws ShapeException if the view has gaps, or the target other or too few elements
     */
    public void get(Vec target, int at) {
        requireDense("get");
        requireHeap("get", target, at);
        if (pointer instanceof FloatPointer p) {
            p.get(((FloatVec) target).array(), at, size());
        } else {
            ((DoublePointer) pointer).get(((DoubleVec) target).array(), at, size());
        }
    }

    /**
     * Adds the numbers to those on the heap: {@code target += this}; the view must have no gaps between rows.
     *
     * @param target (Accumulated) where to
     * @param at first index there
     * @throws ShapeException if the view has gaps, or the target other or too few elements
     */
    public void addTo(Vec target, int at) {
        requireDense("addTo");
        requireHeap("addTo", target, at);
        if (chunks == null) {
            chunks = new Chunks();
        }
        chunks.addTo(target, at);
    }

    /**
     * A window on the numbers, small enough to stay in the nearest cache between the copy to the heap and the addition.
     */
    private final class Chunks {
        private final int size = Math.min(2048, size());
        private final Vec window = Vec.zeros(dtype(), size);
        private final Pointer source = pointer(owner, offset);
        private final long first = source.position();

        void addTo(Vec target, int at) {
            for (int from = 0; from < size(); from += size) {
                int n = Math.min(size, size() - from);
                source.position(first + from);
                if (source instanceof FloatPointer p) {
                    p.get(((FloatVec) window).array(), 0, n);
                } else {
                    ((DoublePointer) source).get(((DoubleVec) window).array(), 0, n);
                }
                target.add(at + from, window, 0, n);
            }
        }
    }

    private void requireDense(String method) {
        owner.requireOpen();
        if (stride != cols || transposed) {
            throw ShapeException.of(
                    "NativeMatrix." + method, "the view", this.toString(), "one without gaps between rows", "");
        }
    }

    /** JavaCPP copies without looking at the length of the Java array. */
    private void requireHeap(String method, Vec heap, int at) {
        if (heap.dtype() != dtype() || at < 0 || at > heap.length() - size()) {
            throw ShapeException.of(
                    "NativeMatrix." + method,
                    "the heap range",
                    size() + " elements at " + at + " of " + heap.dtype() + "[" + heap.length() + "]",
                    "one inside it, of " + dtype(),
                    "");
        }
    }

    /** Sets every element to zero, gaps between rows excepted. */
    public void zero() {
        owner.requireOpen();
        if (stride == cols) {
            Pointer.memset(pointer, 0, (long) rows * cols * dtype().bytes());
            return;
        }
        for (int row = 0; row < rows; row++) {
            Pointer start = pointer(owner, offset + (long) row * stride);
            Pointer.memset(start, 0, (long) cols * dtype().bytes());
        }
    }

    @Override
    public String toString() {
        return "[" + rows() + ", " + cols() + "]" + (stride == cols ? "" : " stride " + stride)
                + (transposed ? " transposed" : "");
    }

    /** {@return the memory that this view borrows} */
    public NativeArray owner() {
        return owner;
    }
}
