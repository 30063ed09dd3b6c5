// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.stranger;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.PointwiseCell;
import java.util.List;

/**
 * A cell with an update gate that sees the state through a peephole, and a candidate whose recurrent side has a gain: the
 * two affine maps must reach it apart.
 *
 * <pre>
 * (1) zx = x_t W_x + b, zh = h_prev W_h
 * (2) u = σ(zx_u + zh_u + p ⊙ h_prev)
 * (3) g = tanh(zx_g + q ⊙ zh_g)
 * (4) h = u ⊙ h_prev + (1 - u) ⊙ g
 * </pre>
 */
public final class UpdateGateCell implements PointwiseCell {
    private static final int U = 0;
    private static final int G = 1;
    private static final int P = 0;
    private static final int Q = 1;
    private static final int ZH_G = 2;
    private final int hidden;

    public UpdateGateCell(int hidden) {
        this.hidden = hidden;
    }

    @Override
    public CellSpec spec() {
        return new CellSpec(
                "update",
                CellSpec.Affine.APART,
                List.of("u", "g"),
                List.of("h"),
                List.of("u", "g", "zh_g"),
                List.of(new CellSpec.UnitParameter("p", Init.zeros()), new CellSpec.UnitParameter("q", Init.ones())),
                new CellSpec.Start(Init.glorotUniform(2), Init.orthogonalBlocks(2), Init.zeros()));
    }

    @Override
    public int hidden() {
        return hidden;
    }

    @Override
    public void forward(DoubleStep s) {
        for (int k = 0; k < s.n; k++) {
            double h_prev = s.prev[0][k];
            double u = 1 / (1 + Math.exp(-(s.zx[U][k] + s.zh[U][k] + s.p[P][k] * h_prev))); // (2)
            double g = Math.tanh(s.zx[G][k] + s.p[Q][k] * s.zh[G][k]); // (3)
            s.next[0][k] = u * h_prev + (1 - u) * g; // (4)
            s.saved[U][k] = u;
            s.saved[G][k] = g;
            s.saved[ZH_G][k] = s.zh[G][k];
        }
    }

    @Override
    public void backward(DoubleStep s) {
        for (int k = 0; k < s.n; k++) {
            double dh = s.dNext[0][k];
            double h_prev = s.prev[0][k];
            double u = s.saved[U][k];
            double g = s.saved[G][k];
            double au = dh * (h_prev - g) * u * (1 - u); // (4') into u, (2')
            double ag = dh * (1 - u) * (1 - g * g); // (4') into g, (3')
            s.dzx[U][k] = au;
            s.dzh[U][k] = au;
            s.dzx[G][k] = ag;
            s.dzh[G][k] = ag * s.p[Q][k];
            s.dp[P][k] += au * h_prev;
            s.dp[Q][k] += ag * s.saved[ZH_G][k];
            s.dPrev[0][k] += dh * u + au * s.p[P][k];
        }
    }
}
