// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;

/** The numbers of a sequence on the heap: a tensor's own, or those of a slab, copied to an array that is kept. */
final class HeapRows {
    private Vec copy = Vec.zeros(Dtype.FLOAT, 0);

    /** The element type of numbers. */
    static Dtype dtype(Sequence x) {
        return x instanceof Slab slab
                ? slab.rows().dtype()
                : ((Sequence.Dense) x).X().dtype();
    }

    /** The numbers [T·B,W], valid until the next call; ids have none. */
    Vec of(Sequence x) {
        if (x instanceof Sequence.Dense numbers) {
            return numbers.X().data();
        }
        Slab slab = (Slab) x;
        if (copy.length() < slab.rows().size() || copy.dtype() != dtype(x)) {
            copy = Vec.zeros(dtype(x), slab.rows().size());
        }
        slab.rows().get(copy, 0);
        return copy;
    }
}
