// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.PointwiseCell;
import java.util.List;

// [spec]
/** (2) f = σ(zx_f + zh_f); (3) n = tanh(zx_n + f ⊙ zh_n); (4) h = (1-f) ⊙ h_prev + f ⊙ n. */
record MinimalGate(int hidden) implements PointwiseCell {
    @Override
    public CellSpec spec() {
        var affine = CellSpec.Affine.APART;
        var start = new CellSpec.Start(Init.glorotUniform(2), Init.orthogonalBlocks(2), Init.zeros());
        var saved = List.of("f", "n", "zh_n");
        return new CellSpec("minimal", affine, List.of("f", "n"), List.of("h"), saved, List.of(), start);
    }
    // [/spec]

    // [forward]
    @Override
    public void forward(DoubleStep s) {
        for (int k = 0; k < s.n; k++) {
            double f = 1 / (1 + Math.exp(-(s.zx[0][k] + s.zh[0][k]))); // (2)
            double n = Math.tanh(s.zx[1][k] + f * s.zh[1][k]); // (3)
            s.next[0][k] = (1 - f) * s.prev[0][k] + f * n; // (4)
            s.saved[0][k] = f;
            s.saved[1][k] = n;
            s.saved[2][k] = s.zh[1][k];
        }
    }
    // [/forward]

    // [backward]
    @Override
    public void backward(DoubleStep s) {
        for (int k = 0; k < s.n; k++) {
            double f = s.saved[0][k];
            double n = s.saved[1][k];
            double dh = s.dNext[0][k];
            s.dPrev[0][k] += dh * (1 - f); // (4') into h_prev, n and f
            double dn = dh * f;
            double df = dh * (n - s.prev[0][k]);
            double da = dn * (1 - n * n); // (3') a = zx_n + f ⊙ zh_n
            s.dzx[1][k] = da;
            s.dzh[1][k] = da * f;
            df += da * s.saved[2][k];
            s.dzx[0][k] = df * f * (1 - f); // (2')
            s.dzh[0][k] = s.dzx[0][k];
        }
    }
    // [/backward]
}
