// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Shapes;
import io.github.unroll4j.core.tensor.Tensor;

/**
 * A slab: a layer's output or gradient of all steps, [T,B,W], where it was computed, in one piece of native memory that the
 * layer owns.
 *
 * <p>Borrowed: the next forward or backward of the same layer overwrites it. Layers pass slabs to each other without a
 * copy; {@link #toTensor()} is the copy to keep.
 */
public final class Slab implements Sequence {
    private final NativeMatrix rows;
    private final int steps;
    private final int batch;
    private NativeMatrix[] step = {};

    /**
     * Wraps native rows.
     *
     * @param rows [T·B, W] without gaps
     * @param steps T
     * @param batch B
     */
    public Slab(NativeMatrix rows, int steps, int batch) {
        if (rows.rows() != steps * batch) {
            throw Shapes.error("Slab", "rows", rows.toString(), "[T·B = " + steps + "·" + batch + ", W]", "");
        }
        this.rows = rows;
        this.steps = steps;
        this.batch = batch;
    }

    @Override
    public int steps() {
        return steps;
    }

    @Override
    public int batch() {
        return batch;
    }

    /** The size of a row W. */
    public int width() {
        return rows.cols();
    }

    /** The native rows [T·B, W]. */
    public NativeMatrix rows() {
        return rows;
    }

    /** The rows of one step [B, W]; the views are made once. */
    NativeMatrix step(int t) {
        if (step.length == 0) {
            step = new NativeMatrix[steps];
            for (int i = 0; i < steps; i++) {
                step[i] = rows.rows(i * batch, batch);
            }
        }
        return step[t];
    }

    /** A copy on the heap, [T,B,W]. */
    public Tensor toTensor() {
        Tensor copy = Tensor.zeros(rows.dtype(), steps, batch, width());
        rows.get(copy.data(), 0);
        return copy;
    }
}
