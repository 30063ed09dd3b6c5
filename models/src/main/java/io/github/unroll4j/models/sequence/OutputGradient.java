// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Shapes;
import io.github.unroll4j.core.tensor.Vec;

/** Hands the gradient of a layer's outputs to its loop, step by step, from the heap or from native memory. */
final class OutputGradient {
    private final Sequence dH;
    private final int n;

    /** Checks the gradient against the outputs' shape [T,B,H]. */
    OutputGradient(String layer, Sequence dH, int[] shape, Dtype dtype) {
        require(layer, dH, shape, dtype);
        this.dH = dH;
        n = shape[1] * shape[2];
    }

    /** Requires numbers of the outputs' shape [T,B,H] and type. */
    static void require(String layer, Sequence dH, int[] shape, Dtype dtype) {
        Shapes.Axis[] axes = {Shapes.axis("T", shape[0]), Shapes.axis("B", shape[1]), Shapes.axis("H", shape[2])};
        if (dH instanceof Slab slab) {
            Shapes.require(layer + ".backward", "dH", new int[] {dH.steps(), dH.batch(), slab.width()}, axes, "");
            requireDtype(layer, slab.rows().dtype(), dtype);
        } else if (dH instanceof Sequence.Dense dense) {
            Shapes.require(layer + ".backward", "dH", dense.X().shape(), axes, "");
            requireDtype(layer, dense.X().dtype(), dtype);
        } else {
            throw new IllegalArgumentException(layer + ".backward: dH is token ids, expected numbers [T,B,H].");
        }
    }

    /** Requires the rows [B,H] of one step. */
    static void requireStep(Recurrent layer, int t, Vec dh_t, int B) {
        int H = layer.outputSize();
        if (dh_t.length() != B * H) {
            throw Shapes.error(
                    layer.name() + ".stepBack " + t, "dh", dh_t.length() + " numbers", "B=" + B + " rows of " + H, "");
        }
    }

    private static void requireDtype(String layer, Dtype found, Dtype expected) {
        if (found != expected) {
            throw new IllegalArgumentException(
                    layer + ".backward: dH is " + found + ", expected " + expected + " as the parameters are.");
        }
    }

    /** {@code target += dH[t]}, [B,H]. */
    void addStep(int t, Vec target) {
        if (dH instanceof Slab slab) {
            slab.step(t).addTo(target, 0);
        } else if (dH instanceof Sequence.Dense dense) {
            target.add(0, dense.X().data(), t * n, n);
        }
    }
}
