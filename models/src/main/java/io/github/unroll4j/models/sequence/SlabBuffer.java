// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.Shapes;
import io.github.unroll4j.core.tensor.Vec;
import org.jspecify.annotations.Nullable;

/** A slab that is written on the heap and put into native memory as a whole; its memory serves every pass that fits. */
final class SlabBuffer implements AutoCloseable {
    private final int width;
    private int capacity;
    private Vec heap = Vec.zeros(Dtype.FLOAT, 0);
    private @Nullable NativeArray memory;
    private @Nullable Slab slab;

    /** A buffer for rows of {@code width} numbers. */
    SlabBuffer(int width) {
        this.width = width;
    }

    /** The size of a row W. */
    int width() {
        return width;
    }

    /** The numbers [T·B,W] to be written before {@link #put}; they are not cleared. */
    Vec heap(Dtype dtype, int steps, int batch) {
        int rows = steps * batch;
        if (memory == null || rows > capacity || memory.dtype() != dtype) {
            close();
            heap = Vec.zeros(dtype, Shapes.count(steps, batch, width));
            memory = NativeArray.allocate(dtype, heap.length());
            capacity = rows;
        }
        if (slab == null || slab.steps() != steps || slab.batch() != batch) {
            slab = new Slab(memory.matrix(0, rows, width), steps, batch);
        }
        return heap;
    }

    /** Copies what was written to native memory. */
    Slab put() {
        if (slab == null) {
            throw new IllegalStateException("SlabBuffer.put: called before heap.");
        }
        slab.rows().put(heap, 0);
        return slab;
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
