// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.stranger;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.PointwiseCell;
import java.util.List;

/**
 * A GRU that resets after the product, which needs a recurrent bias, with a gain on the candidate.
 *
 * <pre>
 * (1) zx = x_t W_x + b, zh = h_prev W_h + b_h
 * (2) r = σ(zx_r + zh_r), u = σ(zx_u + zh_u)
 * (3) n = tanh(zx_n + r ⊙ zh_n)
 * (4) h = u ⊙ h_prev + (1 - u) ⊙ γ ⊙ n
 * </pre>
 */
public final class GainedGruCell implements PointwiseCell {
    private static final int R = 0;
    private static final int U = 1;
    private static final int N = 2;
    private static final int ZH_N = 3;
    private final int hidden;

    public GainedGruCell(int hidden) {
        this.hidden = hidden;
    }

    @Override
    public CellSpec spec() {
        return new CellSpec(
                "gained-gru",
                CellSpec.Affine.APART_WITH_RECURRENT_BIAS,
                List.of("r", "u", "n"),
                List.of("h"),
                List.of("r", "u", "n", "zh_n"),
                List.of(new CellSpec.UnitParameter("gamma", Init.ones())),
                new CellSpec.Start(Init.glorotUniform(3), Init.orthogonalBlocks(3), Init.zeros()));
    }

    @Override
    public int hidden() {
        return hidden;
    }

    @Override
    public void forward(DoubleStep s) {
        for (int k = 0; k < s.n; k++) {
            double r = 1 / (1 + Math.exp(-(s.zx[R][k] + s.zh[R][k]))); // (2)
            double u = 1 / (1 + Math.exp(-(s.zx[U][k] + s.zh[U][k])));
            double n = Math.tanh(s.zx[N][k] + r * s.zh[N][k]); // (3)
            s.next[0][k] = u * s.prev[0][k] + (1 - u) * s.p[0][k] * n; // (4)
            s.saved[R][k] = r;
            s.saved[U][k] = u;
            s.saved[N][k] = n;
            s.saved[ZH_N][k] = s.zh[N][k];
        }
    }

    @Override
    public void backward(DoubleStep s) {
        for (int k = 0; k < s.n; k++) {
            double dh = s.dNext[0][k];
            double r = s.saved[R][k];
            double u = s.saved[U][k];
            double n = s.saved[N][k];
            double gamma = s.p[0][k];
            double an = dh * (1 - u) * gamma * (1 - n * n); // (4') into n, (3')
            double ar = an * s.saved[ZH_N][k] * r * (1 - r); // (3') into r, (2')
            double au = dh * (s.prev[0][k] - gamma * n) * u * (1 - u); // (4') into u, (2')
            s.dzx[R][k] = ar;
            s.dzh[R][k] = ar;
            s.dzx[U][k] = au;
            s.dzh[U][k] = au;
            s.dzx[N][k] = an;
            s.dzh[N][k] = an * r;
            s.dp[0][k] += dh * (1 - u) * n;
            s.dPrev[0][k] += dh * u;
        }
    }
}
