// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lstm;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Activations;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.FloatPointwiseCell;
import io.github.unroll4j.models.cell.FloatStep;
import java.util.List;

/**
 * Long short-term memory with coupled input and forget gates: what is written makes room for itself. The variant CIFG of
 * Greff et al. (2017), "LSTM: a search space odyssey", f = 1 - i; without peepholes.
 *
 * <pre>
 * (1)  z = x_t W_x + b + h_prev W_h        [B,3H] blocks z_i | z_o | z_g, made by the engine
 * (2)  i = σ(z_i)   o = σ(z_o)   g = tanh(z_g)
 * (3)  c = (1-i) ⊙ c_prev + i ⊙ g
 * (4)  h = o ⊙ tanh(c)
 * </pre>
 *
 * <p>x_t [B,D]; h, c, the gates i, o and the candidate g [B,H]; W_x [D,3H], W_h [H,3H], one bias b [3H]: three quarters of the weights of {@link
 * LstmCell}. The state is h, c. Saved for backward: i, o, g and tanh(c).
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal blocks of W_h, and zero b except for the input gate, whose bias is minus the
 * forget bias: 1 - σ(-a) = σ(a), so the share that is kept starts where that of an LstmCell does.
 */
public final class CoupledLstmCell implements FloatPointwiseCell {
    private static final int STATE_H = 0;
    private static final int STATE_C = 1;
    private static final int I = 0;
    private static final int O = 1;
    private static final int G = 2;
    private static final int TANH_C = 3;

    private final int hidden;
    private final CellSpec spec;

    /**
     * A cell with forget bias {@value LstmCell#FORGET_BIAS}.
     *
     * @param hidden number of units H
     */
    public CoupledLstmCell(int hidden) {
        this(hidden, LstmCell.FORGET_BIAS);
    }

    /**
     * A cell.
     *
     * @param hidden number of units H
     * @param forgetBias the bias that the forget gate starts with, which is minus that of the input gate
     */
    public CoupledLstmCell(int hidden, double forgetBias) {
        this.hidden = hidden;
        spec = new CellSpec(
                "lstm-coupled",
                CellSpec.Affine.SUMMED,
                List.of("i", "o", "g"),
                List.of("h", "c"),
                List.of("i", "o", "g", "tanhC"),
                List.of(),
                new CellSpec.Start(
                        Init.glorotUniform(3),
                        Init.orthogonalBlocks(3),
                        Init.blocks(Init.constant(-forgetBias), Init.zeros(), Init.zeros())));
    }

    @Override
    public CellSpec spec() {
        return spec;
    }

    @Override
    public int hidden() {
        return hidden;
    }

    // <double>
    @Override
    public void forward(DoubleStep s) {
        double[] i = s.saved[I];
        double[] o = s.saved[O];
        double[] g = s.saved[G];
        Activations.sigmoid(s.z[I], i, s.n); // (2)  i = σ(z_i), o alike
        Activations.sigmoid(s.z[O], o, s.n);
        Activations.tanh(s.z[G], g, s.n); // (2)  g = tanh(z_g)

        double[] cPrev = s.prev[STATE_C];
        double[] c = s.next[STATE_C];
        for (int k = 0; k < s.n; k++) { // (3)  c = (1-i) ⊙ c_prev + i ⊙ g
            c[k] = (1 - i[k]) * cPrev[k] + i[k] * g[k];
        }
        double[] tanhC = s.saved[TANH_C];
        double[] h = s.next[STATE_H];
        Activations.tanh(c, tanhC, s.n);
        for (int k = 0; k < s.n; k++) { // (4)  h = o ⊙ tanh(c)
            h[k] = o[k] * tanhC[k];
        }
    }

    @Override
    public void backward(DoubleStep s) {
        double[] i = s.saved[I];
        double[] o = s.saved[O];
        double[] g = s.saved[G];
        double[] tanhC = s.saved[TANH_C];
        double[] cPrev = s.prev[STATE_C];
        double[] dh = s.dNext[STATE_H];
        double[] dcNext = s.dNext[STATE_C];
        double[] dcPrev = s.dPrev[STATE_C];
        // In place: dz_i, dz_o hold di, do until (2'); dz_g holds, in this order, dtanh(c), dc, dg, dz_g.
        double[] di = s.dz[I];
        double[] dO = s.dz[O]; // do is a word of Java's
        double[] dtanhC = s.dz[G];
        double[] dc = dtanhC;
        double[] dg = dtanhC;
        for (int k = 0; k < s.n; k++) { // (4') h was o ⊙ tanh(c)
            dO[k] = dh[k] * tanhC[k];
            dtanhC[k] = dh[k] * o[k];
        }
        s.gradientOfSaved(O, dO);
        s.gradientOfSaved(TANH_C, dtanhC);
        for (int k = 0; k < s.n; k++) { // (4') dc is what came from t+1 and what came through h
            dc[k] = dcNext[k] + dtanhC[k] * (1 - tanhC[k] * tanhC[k]);
        }
        s.gradientOfNext(STATE_C, dc);
        for (int k = 0; k < s.n; k++) { // (3') c was (1-i) ⊙ c_prev + i ⊙ g: i wrote g and erased c_prev
            di[k] = dc[k] * (g[k] - cPrev[k]);
        }
        for (int k = 0; k < s.n; k++) { // (3') the last use of dc: dg overwrites it
            dcPrev[k] += dc[k] * (1 - i[k]);
            dg[k] = dc[k] * i[k];
        }
        s.gradientOfSaved(I, di);
        s.gradientOfSaved(G, dg);
        Activations.sigmoidBackward(di, i, s.dz[I], s.n); // (2') i was σ(z_i), o alike
        Activations.sigmoidBackward(dO, o, s.dz[O], s.n);
        Activations.tanhBackward(dg, g, s.dz[G], s.n); // (2') g was tanh(z_g)
        // (1') dh_prev += dz W_hᵀ, dx = dz W_xᵀ, dW_h, dW_x, db: the engine
    }
    // </double>

    // The float form of the two methods above, written by tools/generate/FloatForms.java; a test compares the two.
    // <float>
    @Override
    public void forward(FloatStep s) {
        float[] i = s.saved[I];
        float[] o = s.saved[O];
        float[] g = s.saved[G];
        Activations.sigmoid(s.z[I], i, s.n); // (2)  i = σ(z_i), o alike
        Activations.sigmoid(s.z[O], o, s.n);
        Activations.tanh(s.z[G], g, s.n); // (2)  g = tanh(z_g)

        float[] cPrev = s.prev[STATE_C];
        float[] c = s.next[STATE_C];
        for (int k = 0; k < s.n; k++) { // (3)  c = (1-i) ⊙ c_prev + i ⊙ g
            c[k] = (1 - i[k]) * cPrev[k] + i[k] * g[k];
        }
        float[] tanhC = s.saved[TANH_C];
        float[] h = s.next[STATE_H];
        Activations.tanh(c, tanhC, s.n);
        for (int k = 0; k < s.n; k++) { // (4)  h = o ⊙ tanh(c)
            h[k] = o[k] * tanhC[k];
        }
    }

    @Override
    public void backward(FloatStep s) {
        float[] i = s.saved[I];
        float[] o = s.saved[O];
        float[] g = s.saved[G];
        float[] tanhC = s.saved[TANH_C];
        float[] cPrev = s.prev[STATE_C];
        float[] dh = s.dNext[STATE_H];
        float[] dcNext = s.dNext[STATE_C];
        float[] dcPrev = s.dPrev[STATE_C];
        // In place: dz_i, dz_o hold di, do until (2'); dz_g holds, in this order, dtanh(c), dc, dg, dz_g.
        float[] di = s.dz[I];
        float[] dO = s.dz[O]; // do is a word of Java's
        float[] dtanhC = s.dz[G];
        float[] dc = dtanhC;
        float[] dg = dtanhC;
        for (int k = 0; k < s.n; k++) { // (4') h was o ⊙ tanh(c)
            dO[k] = dh[k] * tanhC[k];
            dtanhC[k] = dh[k] * o[k];
        }
        s.gradientOfSaved(O, dO);
        s.gradientOfSaved(TANH_C, dtanhC);
        for (int k = 0; k < s.n; k++) { // (4') dc is what came from t+1 and what came through h
            dc[k] = dcNext[k] + dtanhC[k] * (1 - tanhC[k] * tanhC[k]);
        }
        s.gradientOfNext(STATE_C, dc);
        for (int k = 0; k < s.n; k++) { // (3') c was (1-i) ⊙ c_prev + i ⊙ g: i wrote g and erased c_prev
            di[k] = dc[k] * (g[k] - cPrev[k]);
        }
        for (int k = 0; k < s.n; k++) { // (3') the last use of dc: dg overwrites it
            dcPrev[k] += dc[k] * (1 - i[k]);
            dg[k] = dc[k] * i[k];
        }
        s.gradientOfSaved(I, di);
        s.gradientOfSaved(G, dg);
        Activations.sigmoidBackward(di, i, s.dz[I], s.n); // (2') i was σ(z_i), o alike
        Activations.sigmoidBackward(dO, o, s.dz[O], s.n);
        Activations.tanhBackward(dg, g, s.dz[G], s.n); // (2') g was tanh(z_g)
        // (1') dh_prev += dz W_hᵀ, dx = dz W_xᵀ, dW_h, dW_x, db: the engine
    }
    // </float>
}
