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
        double[] dc = new double[s.n];
        for (int k = 0; k < s.n; k++) { // dz holds the gradients of the gates
            double o = s.saved[O][k];
            double tanhC = Math.tanh(s.next[C][k]);
            double dh = s.dNext[H][k];
            s.dz[O][k] = dh * tanhC; // (5')
            dc[k] = s.dNext[C][k] + dh * o * (1 - tanhC * tanhC) + s.dz[O][k] * o * (1 - o) * s.p[O][k]; // (4')
            s.dz[I][k] = dc[k] * s.saved[G][k]; // (3')
            s.dz[F][k] = dc[k] * s.prev[C][k];
            s.dz[G][k] = dc[k] * s.saved[I][k];
        }
        for (int gate = 0; gate < 4; gate++) {
            s.gradientOfSaved(gate, s.dz[gate]);
        }
        s.gradientOfNext(C, dc);
        for (int k = 0; k < s.n; k++) { // (2'), (4')
            for (int gate = 0; gate < 3; gate++) {
                s.dz[gate][k] *= s.saved[gate][k] * (1 - s.saved[gate][k]);
                s.dp[gate][k] += s.dz[gate][k] * (gate == O ? s.next[C][k] : s.prev[C][k]);
            }
            s.dz[G][k] *= 1 - s.saved[G][k] * s.saved[G][k];
            s.dPrev[C][k] += dc[k] * s.saved[F][k] + s.dz[I][k] * s.p[I][k] + s.dz[F][k] * s.p[F][k];
        }
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }
}
