// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;

/** Hands the gradient of a layer's outputs to its loop, step by step, from the side where it lies. */
final class OutputGradient {
    private final Slab dH;

    /** Checks the gradient against the outputs' shape [T,B,H]. */
    OutputGradient(String layer, Sequence dH, int[] shape, Dtype dtype) {
        this.dH = Inputs.requireOutputGradient(layer, dH, shape, dtype);
    }

    /** Requires the rows [B,H] of one step. */
    static void requireStep(Recurrent layer, int t, Vec dh_t, int B) {
        Inputs.requireOutputGradient(layer, t, dh_t, B);
    }

    /** {@code target += dH[t]}, [B,H]; {@code scratch} takes a copy of it where it is native. */
    void addStep(int t, Vec target, Vec scratch) {
        dH.addTo(t, target, scratch);
    }
}
