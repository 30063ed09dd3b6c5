// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.stranger;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.PointwiseCell;
import java.util.List;

/**
 * An LSTM with peepholes: a state of two parts, four blocks, three numbers for each unit.
 *
 * <pre>
 * (1) z = x_t W_x + h_prev W_h + b, blocks i, f, o, g
 * (2) i = σ(z_i + p_i ⊙ c_prev), f = σ(z_f + p_f ⊙ c_prev), g = tanh(z_g)
 * (3) c = f ⊙ c_prev + i ⊙ g
 * (4) o = σ(z_o + p_o ⊙ c)
 * (5) h = o ⊙ tanh(c)
 * </pre>
 */
public final class PeepholeLstmCell implements PointwiseCell {
    private static final int I = 0;
    private static final int F = 1;
    private static final int O = 2;
    private static final int G = 3;
    private static final int H = 0;
    private static final int C = 1;
    private final int hidden;

    public PeepholeLstmCell(int hidden) {
        this.hidden = hidden;
    }

    @Override
    public CellSpec spec() {
        return new CellSpec(
                "peephole",
                CellSpec.Affine.SUMMED,
                List.of("i", "f", "o", "g"),
                List.of("h", "c"),
                List.of("i", "f", "o", "g"),
                List.of(
                        new CellSpec.PointParameter("p_i", Init.zeros()),
                        new CellSpec.PointParameter("p_f", Init.zeros()),
                        new CellSpec.PointParameter("p_o", Init.zeros())),
                new CellSpec.Start(Init.glorotUniform(4), Init.orthogonalBlocks(4), Init.zeros()));
    }

    @Override
    public int hidden() {
        return hidden;
    }

    @Override
    public void forward(DoubleStep s) {
        for (int k = 0; k < s.n; k++) {
            double c_prev = s.prev[C][k];
            double i = sigmoid(s.z[I][k] + s.p[I][k] * c_prev); // (2)
            double f = sigmoid(s.z[F][k] + s.p[F][k] * c_prev);
            double g = Math.tanh(s.z[G][k]);
            double c = f * c_prev + i * g; // (3)
            double o = sigmoid(s.z[O][k] + s.p[O][k] * c); // (4)
            s.saved[I][k] = i;
            s.saved[F][k] = f;
            s.saved[O][k] = o;
            s.saved[G][k] = g;
            s.next[C][k] = c;
            s.next[H][k] = o * Math.tanh(c); // (5)
        }
    }

    @Override
    public void backward(DoubleStep s) {
        for (int k = 0; k < s.n; k++) {
            double i = s.saved[I][k];
            double f = s.saved[F][k];
            double o = s.saved[O][k];
            double g = s.saved[G][k];
            double c_prev = s.prev[C][k];
            double c = s.next[C][k];
            double tanhC = Math.tanh(c);
            double dh = s.dNext[H][k];
            double ao = dh * tanhC * o * (1 - o); // (5') into o, (4')
            double dc = s.dNext[C][k] + dh * o * (1 - tanhC * tanhC) + ao * s.p[O][k];
            double ai = dc * g * i * (1 - i); // (3'), (2')
            double af = dc * c_prev * f * (1 - f);
            s.dz[I][k] = ai;
            s.dz[F][k] = af;
            s.dz[O][k] = ao;
            s.dz[G][k] = dc * i * (1 - g * g);
            s.dp[I][k] += ai * c_prev;
            s.dp[F][k] += af * c_prev;
            s.dp[O][k] += ao * c;
            s.dPrev[C][k] += dc * f + ai * s.p[I][k] + af * s.p[F][k];
        }
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }
}
