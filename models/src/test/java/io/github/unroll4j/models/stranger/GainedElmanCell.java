// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.stranger;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.PointwiseCell;
import java.util.List;

/**
 * An Elman cell with softsign and a gain for each unit, in double only.
 *
 * <pre>
 * (1) z = x_t W_x + h_prev W_h + b
 * (2) u = z / (1 + |z|)
 * (3) h = γ ⊙ u
 * </pre>
 */
public final class GainedElmanCell implements PointwiseCell {
    private final int hidden;

    public GainedElmanCell(int hidden) {
        this.hidden = hidden;
    }

    @Override
    public CellSpec spec() {
        return new CellSpec(
                "gained",
                CellSpec.Affine.SUMMED,
                List.of("h"),
                List.of("h"),
                List.of("u"),
                List.of(new CellSpec.UnitParameter("gamma", Init.ones())),
                new CellSpec.Start(Init.glorotUniform(), Init.orthogonal(), Init.zeros()));
    }

    @Override
    public int hidden() {
        return hidden;
    }

    @Override
    public void forward(DoubleStep s) {
        for (int k = 0; k < s.n; k++) {
            s.saved[0][k] = s.z[0][k] / (1 + Math.abs(s.z[0][k])); // (2)
            s.next[0][k] = s.p[0][k] * s.saved[0][k]; // (3)
        }
    }

    @Override
    public void backward(DoubleStep s) {
        for (int k = 0; k < s.n; k++) {
            double u = s.saved[0][k];
            double du = s.dNext[0][k] * s.p[0][k]; // (3')
            s.dp[0][k] += s.dNext[0][k] * u;
            s.dz[0][k] = du * (1 - Math.abs(u)) * (1 - Math.abs(u)); // (2'), from the output
        }
    }
}
