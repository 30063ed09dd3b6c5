// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.FloatPointwiseCell;
import io.github.unroll4j.models.cell.PointwiseCell;
import org.jspecify.annotations.Nullable;

/** Calls a cell on the slabs of a layer: in double, in float, or, for a cell without a float form, widened and narrowed. */
interface Kernel {
    void forward(int t);

    void backward(int t);

    /** From now on the cell's backward tells its gradients to a recorder, or, for null, to nobody. */
    void tell(@Nullable StepRecorder recorder);

    static Kernel of(PointwiseCell cell, Dtype dtype, Slabs slabs, int rows) {
        CellSpec spec = cell.spec();
        if (dtype == Dtype.DOUBLE) {
            return new DoubleKernel(spec, rows, cell.hidden(), slabs, cell::forward, cell::backward);
        }
        return cell instanceof FloatPointwiseCell both
                ? new FloatKernel(spec, rows, cell.hidden(), slabs, both::forward, both::backward)
                : new WideningKernel(cell, slabs, rows);
    }
}
