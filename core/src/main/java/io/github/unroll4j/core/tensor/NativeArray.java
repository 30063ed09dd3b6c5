// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A stretch of native memory, owned by whoever allocated it, where matrix products happen.
 *
 * <p>Carved into {@link NativeMatrix} views, which borrow from it and are void after {@link #close()}. Contents are
 * undefined until written. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class NativeArray implements AutoCloseable {
    /** Bytes of a cache line: a vector that begins on one is read at once, and one that does not, from two lines. */
    private static final int LINE = 64;

    private final Dtype dtype;
    private final long length;
    private final INDArray memory;
    /** Elements before the first cache line that begins in the memory, where element 0 lies. */
    private final long start;

    private volatile boolean closed;

    private NativeArray(Dtype dtype, long length) {
        this.dtype = dtype;
        this.length = length;
        memory = Backend.allocate(dtype, length + LINE / dtype.bytes());
        start = Math.floorMod(-memory.data().address(), LINE) / dtype.bytes();
        Backend.hold(bytes());
    }

    /**
     * Allocates native memory.
     *
     * @param dtype element type
     * @param length number of elements
     * @return a new array with undefined contents; close it
     * @throws ShapeException if the length is negative
     * @throws IllegalStateException if the backend cannot be started, as {@link Backend#start} says
     */
    public static NativeArray allocate(Dtype dtype, long length) {
        if (length < 0) {
            throw ShapeException.of("NativeArray.allocate", "length", Long.toString(length), "0 or more", "");
        }
        return new NativeArray(dtype, length);
    }

    /** {@return the element type} */
    public Dtype dtype() {
        return dtype;
    }

    /** {@return the number of elements} */
    public long length() {
        return length;
    }

    /** {@return the size in bytes} */
    public long bytes() {
        return length * dtype.bytes();
    }

    /**
     * A row-major view.
     *
     * @param offset element at which row 0 starts
     * @param rows number of rows
     * @param cols number of columns
     * @param stride elements from one row to the next, at least {@code cols}
     * @return a view that borrows this memory
     * @throws ShapeException if the view would leave the array
     */
    public NativeMatrix matrix(long offset, int rows, int cols, int stride) {
        long extent = rows == 0 || cols == 0 ? 0 : (long) (rows - 1) * stride + cols;
        if (offset < 0 || rows < 0 || cols < 0 || stride < cols || offset > length - extent) {
            throw ShapeException.of(
                    "NativeArray.matrix",
                    "a view",
                    "[" + rows + ", " + cols + "] at " + offset + " with stride " + stride,
                    "one inside " + length + " elements",
                    "");
        }
        return new NativeMatrix(this, offset, rows, cols, stride);
    }

    /**
     * A row-major view without gaps between rows.
     *
     * @param offset element at which row 0 starts
     * @param rows number of rows
     * @param cols number of columns
     * @return a view that borrows this memory
     */
    public NativeMatrix matrix(long offset, int rows, int cols) {
        return matrix(offset, rows, cols, cols);
    }

    /**
     * ND4J's array, while it is open. This class names nothing of JavaCPP: where there is no backend there may be no
     * JavaCPP, and the JVM would refuse the class before {@link Backend} could say so.
     */
    INDArray memory() {
        requireOpen();
        return memory;
    }

    /** Where element 0 lies in ND4J's array. */
    long start() {
        return start;
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "NativeArray: used after close(), expected memory that is open; likely cause: the model, layer or"
                            + " buffer that lent it was closed, or has run again in another size.");
        }
    }

    /** Frees the memory; a second call does nothing, from whichever thread. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        memory.close();
        Backend.hold(-bytes());
    }
}
