// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.internal.NativeRows;
import java.util.Objects;

/**
 * A slab: the rows of all steps, [T,B,W], such as a layer's outputs or their gradient.
 *
 * <p>It has two sides, one on the heap, where equations work on it, and one in native memory, where products do, and
 * knows which of them is the fresher one. Numbers are copied only when the other side is asked for. Either side is
 * allocated when it is first asked for, kept for the most rows, and serves every smaller pass.
 *
 * <pre>
 * to write  {@link #write}  heap      {@link #target}  native      all of it; what stood there is undefined
 * to read   {@link #read}   heap      {@link #rows()}  native      copied first if the other side is fresher
 * </pre>
 *
 * <p>A slab may also show what others own. One over a tensor has the tensor's numbers as its heap side and no native
 * side. One over native rows has these as its native side and is written there alone; since their owner may have done
 * so, each {@link #read} copies.
 *
 * <p>Borrowed: the next forward or backward of the layer that owns a slab overwrites it. Layers pass slabs to each
 * other; {@link #toTensor()} is the copy to keep.
 *
 * @since 0.1.0
 */
public final class Slab implements Sequence, AutoCloseable {
    private static final Vec NOTHING = Vec.zeros(Dtype.FLOAT, 0);

    /** The side that holds the numbers. */
    private enum Fresh {
        HEAP,
        NATIVE,
        BOTH
    }

    /** Whose numbers the slab shows. */
    private enum Owner {
        THIS,
        TENSOR,
        NATIVE_ROWS
    }

    private final Owner owner;
    private final int width;
    private final NativeRows nativeSide;
    private Vec heap;
    private Dtype dtype;
    private int steps;
    private int batch;
    private Fresh fresh;
    private long copied;

    /**
     * A slab of its own, without memory and without rows until {@link #resize}; close it.
     *
     * @param width size of a row W
     */
    public Slab(int width) {
        owner = Owner.THIS;
        this.width = width;
        nativeSide = new NativeRows(1, width);
        dtype = Dtype.FLOAT;
        heap = Vec.zeros(dtype, 0);
        fresh = Fresh.BOTH;
    }

    /**
     * A slab over native rows, whose owner writes them.
     *
     * @param rows [T·B,W] without gaps
     * @param steps T
     * @param batch B
     */
    public Slab(NativeMatrix rows, int steps, int batch) {
        owner = Owner.NATIVE_ROWS;
        width = rows.cols();
        nativeSide = new NativeRows(rows, steps, batch);
        dtype = rows.dtype();
        heap = Vec.zeros(dtype, 0);
        this.steps = steps;
        this.batch = batch;
        fresh = Fresh.NATIVE;
    }

    /**
     * A slab over a tensor.
     *
     * @param X [T,B,W]; kept, not copied
     */
    Slab(Tensor X) {
        ShapeException.Axis[] axes = {
            ShapeException.axis("T", -1), ShapeException.axis("B", -1), ShapeException.axis("D", -1)
        };
        ShapeException.require("Sequence.of", "X", X.shape(), axes, "the axes are time, batch, features");
        if (X.size(0) < 1 || X.size(1) < 1) {
            throw ShapeException.of("Sequence.of", "X", X.toString(), "[T, B, D] with T and B at least 1", "");
        }
        owner = Owner.TENSOR;
        width = X.size(2);
        nativeSide = new NativeRows(1, width);
        dtype = X.dtype();
        heap = X.data();
        steps = X.size(0);
        batch = X.size(1);
        fresh = Fresh.HEAP;
    }

    /** How many numbers have been copied from one side to the other, or between the native side and the heap. */
    long copied() {
        return copied;
    }

    @Override
    public int steps() {
        return steps;
    }

    @Override
    public int batch() {
        return batch;
    }

    /** {@return the size of a row W} */
    public int width() {
        return width;
    }

    /** {@return the number of numbers T·B·W, which stand on the heap from element 0 on} */
    public int size() {
        return Tensor.elements(steps, batch, width);
    }

    /** {@return the element type} */
    public Dtype dtype() {
        return dtype;
    }

    @Override
    public Slab numbers(String where, String what, Dtype expected, String hint, ShapeException.Axis... axes) {
        ShapeException.require(where, what, new int[] {steps, batch, width}, axes, hint);
        if (dtype != expected) {
            throw new IllegalArgumentException(
                    where + ": " + what + " is " + dtype + ", expected " + expected + " as the parameters are.");
        }
        return this;
    }

    @Override
    public Vec rowsAt(int t, int D, Lengths lengths, Dtype type) {
        Objects.requireNonNull(lengths, "lengths");
        Objects.requireNonNull(type, "type");
        Vec rows = Vec.zeros(type, batch * D);
        get(t, rows);
        lengths.clearPadding(rows, 0, t, D);
        return rows;
    }

    /**
     * Requires numbers of this shape and type, as the gradient of these numbers has them.
     *
     * @param where the operation, for the message
     * @param what name of the gradient there
     * @param axis name of the last axis there
     * @param d (Input) the gradient
     * @return the gradient as a slab
     * @throws IllegalArgumentException if it is token ids, or of another type
     * @throws io.github.unroll4j.core.tensor.ShapeException if it has another shape
     */
    public Slab requireGradient(String where, String what, String axis, Sequence d) {
        Objects.requireNonNull(axis, "axis");
        boolean same = d.steps() == steps && d.batch() == batch;
        String hint = same ? "" : "it belongs to another pass than the latest forward";
        ShapeException.Axis[] axes = {
            ShapeException.axis("T", steps), ShapeException.axis("B", batch), ShapeException.axis(axis, width)
        };
        return d.numbers(where, what, dtype, hint, axes);
    }

    /**
     * Makes this slab one of T steps of B rows. What stands in it is undefined until it is written.
     *
     * @param type element type
     * @param T steps
     * @param B rows
     * @return this
     * @throws IllegalStateException if it shows what others own
     */
    public Slab resize(Dtype type, int T, int B) {
        Objects.requireNonNull(type, "type");
        if (owner != Owner.THIS) {
            throw new IllegalStateException("Slab.resize: the slab shows what others own, which keeps its size.");
        }
        dtype = type;
        steps = T;
        batch = B;
        return this;
    }

    private void requireRows() {
        if (steps == 0) {
            throw new IllegalStateException(
                    "Slab: it has no rows, expected resize first; likely cause: the slab, or the"
                            + " layer that lent it, was closed.");
        }
    }

    private void requireStep(String method, int t) {
        if (t < 0 || t >= steps) {
            requireRows();
            throw new IllegalArgumentException(
                    "Slab." + method + ": step " + t + " was asked for, expected 0 to " + (steps - 1) + ".");
        }
    }

    private void requireSteps(String method, int n) {
        if (n < 0 || n > steps) {
            requireRows();
            throw new IllegalArgumentException(
                    "Slab." + method + ": the first " + n + " steps were asked for, expected 0 to " + steps + ".");
        }
    }

    /** The heap side, with room for all numbers. */
    private Vec heap() {
        requireRows();
        if (owner != Owner.TENSOR && (heap.length() < size() || heap.dtype() != dtype)) {
            heap = Vec.zeros(dtype, size());
        }
        return heap;
    }

    /** The native side, with room for all numbers. */
    private NativeRows nativeSide() {
        requireRows();
        if (owner == Owner.TENSOR) {
            throw new IllegalStateException(
                    "Slab.rows: the slab is over a tensor, which has no native side; read it withRows.");
        }
        nativeSide.resize(dtype, steps, batch);
        return nativeSide;
    }

    private NativeMatrix all() {
        return nativeSide().all()[0];
    }

    /**
     * The numbers on the heap, to be overwritten whole; the array may be longer than {@link #size}.
     *
     * @return numbers from element 0 on
     */
    public Vec write() {
        writtenOnHeap();
        return heap();
    }

    private void writtenOnHeap() {
        if (owner == Owner.NATIVE_ROWS) {
            throw new IllegalStateException("Slab.write: the slab is over native rows, which are written natively.");
        }
        fresh = Fresh.HEAP;
    }

    /**
     * Makes all numbers zero, on the heap.
     *
     * @return this slab
     */
    public Slab clear() {
        write().fill(0, size(), 0);
        return this;
    }

    /**
     * The numbers on the heap, to be read; the array may be longer than {@link #size}.
     *
     * @return numbers from element 0 on
     */
    public Vec read() {
        if (fresh == Fresh.NATIVE) {
            all().get(heap(), 0);
            copied += size();
            fresh = owner == Owner.NATIVE_ROWS ? Fresh.NATIVE : Fresh.BOTH;
        }
        return heap();
    }

    /**
     * The numbers on the heap, to be read and changed.
     *
     * @return numbers from element 0 on
     */
    public Vec change() {
        Vec numbers = read();
        writtenOnHeap();
        return numbers;
    }

    /**
     * The native rows, to be read.
     *
     * @return [T·B,W]
     * @throws IllegalStateException if this is a slab over a tensor, which has none
     */
    public NativeMatrix rows() {
        NativeMatrix rows = all();
        if (fresh == Fresh.HEAP) {
            rows.put(heap, 0);
            copied += size();
            fresh = Fresh.BOTH;
        }
        return rows;
    }

    /**
     * A slab of these numbers whose native rows can be read.
     *
     * @param reader takes a copy of a tensor's numbers, which have no native side; left alone otherwise
     * @return this slab, or of a tensor the reader's
     */
    public Slab withRows(Slab reader) {
        Objects.requireNonNull(reader, "reader");
        if (owner != Owner.TENSOR) {
            rows();
            return this;
        }
        reader.resize(dtype, steps, batch).target();
        reader.put(heap);
        return reader;
    }

    /**
     * The native rows, to be overwritten whole.
     *
     * @return [T·B,W]
     */
    public NativeMatrix target() {
        fresh = Fresh.NATIVE;
        return all();
    }

    /**
     * The native rows of the first steps, after {@link #rows()} or {@link #target}.
     *
     * @param n how many steps
     * @return [n·B,W], kept for the next call with the same n
     */
    public NativeMatrix first(int n) {
        requireSteps("first", n);
        return nativeSide().first(n)[0];
    }

    /**
     * {@return the native rows of one step [B,W], after {@link #rows()} or {@link #target}; the views are made once}
     *
     * @param t the step
     */
    public NativeMatrix step(int t) {
        requireStep("step", t);
        return nativeSide().rows(t);
    }

    /**
     * Makes all native rows from step n on zero, after {@link #target}.
     *
     * @param n the first step
     */
    public void zeroFrom(int n) {
        requireSteps("zeroFrom", n);
        for (int t = n; t < steps; t++) {
            step(t).zero();
        }
    }

    /**
     * Writes all steps, on the side that holds the numbers: the heap after {@link #write}, otherwise native.
     *
     * @param source (Input) T·B·W numbers from element 0 on
     */
    public void put(Vec source) {
        if (fresh == Fresh.NATIVE) {
            all().put(source, 0);
            copied += size();
        } else {
            writtenOnHeap();
            heap().copy(0, source, 0, size());
        }
    }

    /**
     * Writes one step, on the side that holds the numbers: the heap after {@link #write} and {@link #clear}, otherwise
     * native.
     *
     * @param t the step
     * @param rows_t (Input) [B,W]
     */
    public void put(int t, Vec rows_t) {
        requireStep("put", t);
        int n = batch * width;
        if (fresh == Fresh.NATIVE) {
            step(t).put(rows_t, 0);
            copied += n;
        } else {
            writtenOnHeap();
            heap().copy(t * n, rows_t, 0, n);
        }
    }

    /**
     * Reads one step, from the side that holds the numbers.
     *
     * @param t the step
     * @param rows_t (Output) [B,W]
     */
    public void get(int t, Vec rows_t) {
        requireStep("get", t);
        int n = batch * width;
        if (fresh == Fresh.NATIVE) {
            step(t).get(rows_t, 0);
            copied += n;
        } else {
            rows_t.copy(0, heap, t * n, n);
        }
    }

    /**
     * Adds one step to others, from the side that holds the numbers.
     *
     * @param t the step
     * @param target (Accumulated) [B,W]
     * @param scratch (Output) takes a copy of the step where it is native; as long
     */
    public void addTo(int t, Vec target, Vec scratch) {
        requireStep("addTo", t);
        int n = batch * width;
        if (fresh == Fresh.NATIVE) {
            get(t, scratch);
            target.add(0, scratch, 0, n);
        } else {
            target.add(0, heap, t * n, n);
        }
    }

    /**
     * Reads all steps, from the side that holds the numbers.
     *
     * @param target (Output) T·B·W numbers from element 0 on
     */
    public void get(Vec target) {
        getFirst(steps, target);
    }

    /**
     * Reads the first steps, from the side that holds the numbers.
     *
     * @param n how many steps
     * @param target (Output) n·B·W numbers from element 0 on
     */
    public void getFirst(int n, Vec target) {
        requireSteps("getFirst", n);
        int count = n * batch * width;
        if (fresh == Fresh.NATIVE) {
            first(n).get(target, 0);
            copied += count;
        } else {
            target.copy(0, heap, 0, count);
        }
    }

    /**
     * Adds all steps to others, from the side that holds the numbers.
     *
     * @param target (Accumulated) T·B·W numbers from element 0 on
     */
    public void addTo(Vec target) {
        if (fresh == Fresh.NATIVE) {
            all().addTo(target, 0);
            copied += size();
        } else {
            target.add(0, heap, 0, size());
        }
    }

    /** {@return a copy on the heap, [T,B,W]} */
    public Tensor toTensor() {
        Tensor copy = Tensor.zeros(dtype, steps, batch, width);
        get(copy.data());
        return copy;
    }

    /** Frees native memory of its own; the slab has no rows until the next {@link #resize}. */
    @Override
    public void close() {
        if (owner == Owner.THIS) {
            heap = NOTHING;
            nativeSide.close();
            steps = 0;
            batch = 0;
        }
    }
}
