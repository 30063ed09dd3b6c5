// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.benchmarks;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Activations;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.PointwiseCell;
import java.util.List;

/** An Elman cell as a user would write it against the public contract: in double only. Shows what the contract costs. */
final class OwnCell implements PointwiseCell {
    private final int hidden;
    private final CellSpec spec = new CellSpec(
            "own",
            CellSpec.Affine.SUMMED,
            List.of("h"),
            List.of("h"),
            List.of(),
            List.of(),
            new CellSpec.Start(Init.glorotUniform(), Init.orthogonal(), Init.zeros()));

    OwnCell(int hidden) {
        this.hidden = hidden;
    }

    @Override
    public CellSpec spec() {
        return spec;
    }

    @Override
    public int hidden() {
        return hidden;
    }

    @Override
    public void forward(DoubleStep s) {
        Activations.tanh(s.z[0], s.next[0], s.n);
    }

    @Override
    public void backward(DoubleStep s) {
        for (int k = 0; k < s.n; k++) {
            double h = s.next[0][k];
            s.dz[0][k] = s.dNext[0][k] * (1 - h * h);
        }
    }
}
