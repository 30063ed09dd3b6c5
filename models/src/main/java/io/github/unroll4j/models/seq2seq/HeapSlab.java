// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.Shapes;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import org.jspecify.annotations.Nullable;

/** Rows [T,B,W] twice: on the heap, where a loop over time works on them, and native, where products over all steps do. */
final class HeapSlab implements AutoCloseable {
    private final int width;
    private @Nullable NativeArray memory;
    private @Nullable Slab slab;
    private Vec heap = Vec.zeros(Dtype.DOUBLE, 0);
    private int batch;
    private int used;

    HeapSlab(int width) {
        this.width = width;
    }

    /** Makes room for T steps of B rows; all zeros. */
    HeapSlab begin(Dtype dtype, int T, int B) {
        room(dtype, T, B);
        heap.fill(0, used, 0);
        return this;
    }

    /** The same without the zeros, for one who writes every number. */
    HeapSlab room(Dtype dtype, int T, int B) {
        batch = B;
        if (memory == null || memory.length() < (long) T * B * width) {
            close();
            memory = NativeArray.allocate(dtype, (long) T * B * width);
            heap = Vec.zeros(dtype, Shapes.count(T, B, width));
        }
        used = T * B * width;
        if (slab == null || slab.steps() != T || slab.batch() != B) {
            slab = new Slab(memory.matrix(0, T * B, width), T, B);
        }
        return this;
    }

    /** The numbers on the heap, {@link #size()} of them. */
    Vec heap() {
        return heap;
    }

    /** T·B·W. */
    int size() {
        return used;
    }

    /** The native side. */
    Slab slab() {
        Slab s = slab;
        if (s == null) {
            throw new IllegalStateException("HeapSlab: used before begin.");
        }
        return s;
    }

    /** Copies the native side to the heap side. */
    Vec fetch() {
        slab().rows().get(heap, 0);
        return heap;
    }

    /** Writes the numbers of a step on the heap. */
    void put(int t, Vec rows) {
        heap.copy(t * batch * width, rows, 0, batch * width);
    }

    void get(int t, Vec rows) {
        rows.copy(0, heap, t * batch * width, batch * width);
    }

    /** {@code rows += } the numbers of a step. */
    void addTo(int t, Vec rows) {
        rows.add(0, heap, t * batch * width, batch * width);
    }

    /**
     * Requires a gradient of as many numbers of the same type as these.
     *
     * @param where who asks, for the message
     * @param d gradient
     * @throws io.github.unroll4j.core.tensor.ShapeException if it has another shape
     */
    void require(String where, Sequence d) {
        Slab own = slab();
        if (d instanceof Sequence.Ids) {
            throw new IllegalArgumentException(where + ": dFeatures holds token ids, expected numbers [T,B,F].");
        }
        int found = d instanceof Slab slabbed
                ? slabbed.width()
                : ((Sequence.Dense) d).X().size(2);
        Shapes.Axis[] axes = {Shapes.axis("T", own.steps()), Shapes.axis("B", own.batch()), Shapes.axis("F", width)};
        Shapes.require(
                where,
                "dFeatures",
                new int[] {d.steps(), d.batch(), found},
                axes,
                "it belongs to another pass than the latest forward");
        Dtype dtype = d instanceof Slab slabbed
                ? slabbed.rows().dtype()
                : ((Sequence.Dense) d).X().dtype();
        if (dtype != own.rows().dtype()) {
            throw new IllegalArgumentException(where + ": dFeatures is " + dtype + ", expected "
                    + own.rows().dtype() + " as the parameters are.");
        }
    }

    /** Takes numbers [T,B,W] onto the heap. */
    HeapSlab pull(Dtype dtype, Sequence numbers) {
        room(dtype, numbers.steps(), numbers.batch());
        if (numbers instanceof Slab slabbed) {
            slabbed.rows().get(heap, 0);
        } else if (numbers instanceof Sequence.Dense dense) {
            heap.copy(0, dense.X().data(), 0, dense.X().data().length());
        } else {
            throw new IllegalArgumentException(
                    "HeapSlab.pull: the sequence holds token ids, expected numbers [T,B," + width + "].");
        }
        return this;
    }

    /** Copies the heap side to the native side. */
    Slab push() {
        slab().rows().put(heap, 0);
        return slab();
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
            memory = null;
        }
        slab = null;
    }
}
