// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Shapes;
import io.github.unroll4j.core.tensor.Tensor;

/** Reads one step of any sequence as rows [B,D] on the heap: an id becomes a one-hot row, padding becomes zeros. */
final class Inputs {
    private Inputs() {}

    static Tensor at(Sequence x, int t, Lengths lengths, int D, Dtype dtype) {
        int B = x.batch();
        Tensor x_t = Tensor.zeros(dtype, B, D);
        if (x instanceof Sequence.Ids tokens) {
            for (int b = 0; b < B; b++) {
                if (!lengths.padded(t, b)) {
                    x_t.data().set(b * D + tokens.ids()[t * B + b], 1);
                }
            }
            return x_t;
        }
        Tensor X = x instanceof Slab slab ? slab.toTensor() : ((Sequence.Dense) x).X();
        Shapes.require("Unrolled.forward", "X", X.shape(), new Shapes.Axis[] {Shapes.axis("T", x.steps()), Shapes.axis("B", B), Shapes.axis("D", D)}, "");
        for (int b = 0; b < B; b++) {
            if (!lengths.padded(t, b)) {
                x_t.data().copy(b * D, X.data(), (t * B + b) * D, D);
            }
        }
        return x_t;
    }
}
