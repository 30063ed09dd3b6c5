// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Shapes;
import io.github.unroll4j.core.tensor.Vec;

/** Hands the gradient of a layer's outputs to its loop, step by step, from the heap or from native memory. */
final class OutputGradient {
    private final Sequence dH;
    private final int n;

    OutputGradient(String layer, Sequence dH, int width, Dtype dtype) {
        Shapes.Axis[] axes = {Shapes.axis("T", dH.steps()), Shapes.axis("B", dH.batch()), Shapes.axis("H", width)};
        if (dH instanceof Slab slab) {
            Shapes.require(layer + ".backward", "dH", new int[] {dH.steps(), dH.batch(), slab.width()}, axes, "");
        } else if (dH instanceof Sequence.Dense dense) {
            Shapes.require(layer + ".backward", "dH", dense.X().shape(), axes, "");
            if (dense.X().dtype() != dtype) {
                throw new IllegalArgumentException(layer + ".backward: dH is " + dense.X().dtype() + ", expected " + dtype + " as the parameters are.");
            }
        } else {
            throw new IllegalArgumentException(layer + ".backward: dH is token ids, expected numbers [T,B,H].");
        }
        this.dH = dH;
        n = dH.batch() * width;
    }

    /** {@code target += dH[t]}, [B,H]. */
    void addStep(int t, Vec target, Vec border) {
        if (dH instanceof Slab slab) {
            slab.step(t).get(border, 0);
            target.add(0, border, 0, n);
        } else if (dH instanceof Sequence.Dense dense) {
            target.add(0, dense.X().data(), t * n, n);
        }
    }
}
