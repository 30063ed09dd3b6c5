// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.stranger;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.PointwiseCell;
import java.util.List;

/**
 * A fast state that reads a slow one: a state of two parts that both reach the next step past the affine maps, and three
 * numbers for each unit.
 *
 * <pre>
 * (1) z = x_t W_x + h_prev W_h + b, blocks u, g
 * (2) u = σ(z_u + p ⊙ m_prev), g = tanh(z_g)
 * (3) m = a ⊙ m_prev + u ⊙ g
 * (4) h = tanh(m + q ⊙ h_prev)
 * </pre>
 */
public final class SlowMemoryCell implements PointwiseCell {
    private static final int U = 0;
    private static final int G = 1;
    private static final int H = 0;
    private static final int M = 1;
    private static final int P = 0;
    private static final int A = 1;
    private static final int Q = 2;
    private final int hidden;

    public SlowMemoryCell(int hidden) {
        this.hidden = hidden;
    }

    @Override
    public CellSpec spec() {
        return new CellSpec(
                "slow",
                CellSpec.Affine.SUMMED,
                List.of("u", "g"),
                List.of("h", "m"),
                List.of("u", "g"),
                List.of(
                        new CellSpec.UnitParameter("p", Init.zeros()),
                        new CellSpec.UnitParameter("a", Init.constant(0.9)),
                        new CellSpec.UnitParameter("q", Init.zeros())),
                new CellSpec.Start(Init.glorotUniform(2), Init.orthogonalBlocks(2), Init.zeros()));
    }

    @Override
    public int hidden() {
        return hidden;
    }

    @Override
    public void forward(DoubleStep s) {
        for (int k = 0; k < s.n; k++) {
            double m_prev = s.prev[M][k];
            double u = 1 / (1 + Math.exp(-(s.z[U][k] + s.p[P][k] * m_prev))); // (2)
            double g = Math.tanh(s.z[G][k]);
            s.next[M][k] = s.p[A][k] * m_prev + u * g; // (3)
            s.next[H][k] = Math.tanh(s.next[M][k] + s.p[Q][k] * s.prev[H][k]); // (4)
            s.saved[U][k] = u;
            s.saved[G][k] = g;
        }
    }

    @Override
    public void backward(DoubleStep s) {
        double[] dm = new double[s.n];
        for (int k = 0; k < s.n; k++) { // dz holds the gradients of the gates
            double h = s.next[H][k];
            double ah = s.dNext[H][k] * (1 - h * h); // (4')
            dm[k] = s.dNext[M][k] + ah;
            s.dp[Q][k] += ah * s.prev[H][k];
            s.dPrev[H][k] += ah * s.p[Q][k];
            s.dz[U][k] = dm[k] * s.saved[G][k]; // (3')
            s.dz[G][k] = dm[k] * s.saved[U][k];
        }
        s.gradientOfNext(M, dm);
        s.gradientOfSaved(U, s.dz[U]);
        s.gradientOfSaved(G, s.dz[G]);
        for (int k = 0; k < s.n; k++) { // (2')
            s.dz[U][k] *= s.saved[U][k] * (1 - s.saved[U][k]);
            s.dz[G][k] *= 1 - s.saved[G][k] * s.saved[G][k];
            s.dp[P][k] += s.dz[U][k] * s.prev[M][k];
            s.dp[A][k] += dm[k] * s.prev[M][k];
            s.dPrev[M][k] += dm[k] * s.p[A][k] + s.dz[U][k] * s.p[P][k];
        }
    }
}
