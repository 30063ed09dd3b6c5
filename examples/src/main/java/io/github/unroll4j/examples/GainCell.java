// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.PointwiseCell;
import java.util.List;

// [cell]
/** An update gate u and a candidate g: (2) u = σ(z_u), g = tanh(a ⊙ z_g); (3) h = (1-u) ⊙ h_prev + u ⊙ g. */
final class GainCell implements PointwiseCell {
    private final int hidden;

    GainCell(int hidden) {
        this.hidden = hidden;
    }

    @Override
    public CellSpec spec() {
        var start = new CellSpec.Start(Init.glorotUniform(2), Init.orthogonalBlocks(2), Init.zeros());
        var gain = new CellSpec.UnitParameter("a", Init.ones());
        return new CellSpec(
                "gain",
                CellSpec.Affine.SUMMED,
                List.of("u", "g"),
                List.of("h"),
                List.of("u", "g", "z_g"),
                List.of(gain),
                start);
    }

    @Override
    public int hidden() {
        return hidden;
    }

    @Override
    public void forward(DoubleStep s) {
        for (int k = 0; k < s.n; k++) {
            double u = 1 / (1 + Math.exp(-s.z[0][k])); // (2)
            double g = Math.tanh(s.p[0][k] * s.z[1][k]);
            s.saved[0][k] = u;
            s.saved[1][k] = g;
            s.saved[2][k] = s.z[1][k];
            s.next[0][k] = (1 - u) * s.prev[0][k] + u * g; // (3)
        }
    }

    @Override
    public void backward(DoubleStep s) {
        for (int k = 0; k < s.n; k++) {
            double u = s.saved[0][k];
            double g = s.saved[1][k];
            double dh = s.dNext[0][k];
            s.dPrev[0][k] += dh * (1 - u); // (3')
            double du = dh * (g - s.prev[0][k]);
            double dg = dh * u;
            double dy = dg * (1 - g * g); // (2') y = a ⊙ z_g
            s.dz[0][k] = du * u * (1 - u);
            s.dz[1][k] = dy * s.p[0][k];
            s.dp[0][k] += dy * s.saved[2][k];
        }
    }
}
// [/cell]
