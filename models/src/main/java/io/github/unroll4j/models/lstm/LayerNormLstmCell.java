// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lstm;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Activations;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.CellSpec.UnitParameter;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.FloatPointwiseCell;
import io.github.unroll4j.models.cell.FloatStep;
import java.util.ArrayList;
import java.util.List;

/**
 * Long short-term memory with layer normalisation (Ba, Kiros and Hinton 2016, "Layer normalization", arXiv:1607.06450,
 * equations 20 to 22 of the supplement): what comes from the input, what comes from the state, and the memory cell on its way out, each normalised.
 *
 * <pre>
 * (1)  zx = x_t W_x + b   zh = h_prev W_h              [B,4H] blocks i | f | o | g, made by the engine
 * (2)  a = LN(zx; γ_x) + LN(zh; γ_h) + β               each LN over the 4H numbers of a row
 * (3)  i = σ(a_i)   f = σ(a_f)   o = σ(a_o)   g = tanh(a_g)
 * (4)  c = f ⊙ c_prev + i ⊙ g                          c itself goes on as it is
 * (5)  h = o ⊙ tanh(LN(c; γ_c) + β_c)                  over the H numbers of a row
 *
 *      LN(x; γ) = γ ⊙ (x - mean(x)) / √(variance(x) + 1e-5)
 * </pre>
 *
 * <p>x_t [B,D]; h, c, the gates i, f, o and the candidate g [B,H]; W_x [D,4H], W_h [H,4H], b [4H]; γ_x, γ_h and β one vector
 * [H] for each block, γ_c and β_c [H]. The gains γ are the paper's α. The paper adds three biases in (2); their sum is the one
 * β here. The state is h, c. A row is normalised by its own numbers alone, so the rows of a batch do not see each other. Saved
 * for backward: i, f, o, g, tanh(LN(c; γ_c) + β_c) under the name tanhLnC, and what {@link LayerNorm} saves.
 *
 * <p>The statistics run over all four blocks at once, as LN(W_h h) and LN(W_x x) say in the paper and in the authors' program
 * (ryankiros/layer-norm, layers.py, {@code lnlstm_layer}); TensorFlow's LayerNormBasicLSTMCell takes each block by itself.
 * The bias b inside the norm is of that program too; where b is zero, (2) is the equation of the paper.
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal blocks of W_h, gains of one, and zero biases except for β_f, the forget bias.
 */
public final class LayerNormLstmCell implements FloatPointwiseCell {
    private static final int STATE_H = 0;
    private static final int STATE_C = 1;
    // places of the blocks, and of what is saved: gates and candidate first
    private static final int I = 0;
    private static final int F = 1;
    private static final int O = 2;
    private static final int G = 3;
    private static final int TANH_LN_C = 4;
    private static final int CENTRED_X = TANH_LN_C + 1;
    private static final int CENTRED_H = CENTRED_X + 4;
    private static final int CENTRED_C = CENTRED_H + 4;
    // places of the per-unit parameters
    private static final int GAMMA_X = 0;
    private static final int GAMMA_H = GAMMA_X + 4;
    private static final int BETA = GAMMA_H + 4;
    private static final int GAMMA_C = BETA + 4;
    private static final int BETA_C = GAMMA_C + 1;
    private static final List<String> BLOCKS = List.of("i", "f", "o", "g");
    private static final LayerNorm OF_INPUT = new LayerNorm(4, CENTRED_X, GAMMA_X);
    private static final LayerNorm OF_STATE = new LayerNorm(4, CENTRED_H, GAMMA_H);
    private static final LayerNorm OF_MEMORY = new LayerNorm(1, CENTRED_C, GAMMA_C);

    private final int hidden;
    private final CellSpec spec;

    /**
     * A cell with forget bias {@value LstmCell#FORGET_BIAS}.
     *
     * @param hidden number of units H
     */
    public LayerNormLstmCell(int hidden) {
        this(hidden, LstmCell.FORGET_BIAS);
    }

    /**
     * A cell.
     *
     * @param hidden number of units H
     * @param forgetBias initial bias β_f of the forget gate
     */
    public LayerNormLstmCell(int hidden, double forgetBias) {
        this.hidden = hidden;
        List<String> saved = new ArrayList<>(List.of("i", "f", "o", "g", "tanhLnC"));
        BLOCKS.forEach(j -> saved.add("centred_x_" + j));
        BLOCKS.forEach(j -> saved.add("centred_h_" + j));
        saved.add("centred_c");
        List<UnitParameter> unitParameters = new ArrayList<>();
        BLOCKS.forEach(j -> unitParameters.add(new UnitParameter("gamma_x_" + j, Init.ones())));
        BLOCKS.forEach(j -> unitParameters.add(new UnitParameter("gamma_h_" + j, Init.ones())));
        BLOCKS.forEach(
                j -> unitParameters.add(new UnitParameter("beta_" + j, Init.constant(j.equals("f") ? forgetBias : 0))));
        unitParameters.add(new UnitParameter("gamma_c", Init.ones()));
        unitParameters.add(new UnitParameter("beta_c", Init.zeros()));
        var start = new CellSpec.Start(Init.glorotUniform(4), Init.orthogonalBlocks(4), Init.zeros());
        spec = new CellSpec(
                "lstm-layer-norm", CellSpec.Affine.APART, BLOCKS, List.of("h", "c"), saved, unitParameters, start);
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
        double[] f = s.saved[F];
        double[] o = s.saved[O];
        double[] g = s.saved[G];
        // In place: until (3) the arrays of i, f, o, g hold a, term by term, β first.
        double[][] a = s.saved;
        for (int j = 0; j < BLOCKS.size(); j++) { // (2)  a = LN(zx; γ_x) + LN(zh; γ_h) + β
            System.arraycopy(s.p[BETA + j], 0, a[j], 0, s.n);
        }
        OF_INPUT.forward(s, s.zx, 0, a, 0);
        OF_STATE.forward(s, s.zh, 0, a, 0);
        Activations.sigmoid(a[I], i, s.n); // (3)  i = σ(a_i), f and o alike
        Activations.sigmoid(a[F], f, s.n);
        Activations.sigmoid(a[O], o, s.n);
        Activations.tanh(a[G], g, s.n); // (3)  g = tanh(a_g)

        double[] cPrev = s.prev[STATE_C];
        double[] c = s.next[STATE_C];
        for (int k = 0; k < s.n; k++) { // (4)  c = f ⊙ c_prev + i ⊙ g
            c[k] = f[k] * cPrev[k] + i[k] * g[k];
        }
        // In place: the array of tanhLnC holds β_c, then LN(c; γ_c) + β_c, then the tanh of that.
        double[] tanhLnC = s.saved[TANH_LN_C];
        double[] h = s.next[STATE_H];
        System.arraycopy(s.p[BETA_C], 0, tanhLnC, 0, s.n);
        OF_MEMORY.forward(s, s.next, STATE_C, s.saved, TANH_LN_C);
        Activations.tanh(tanhLnC, tanhLnC, s.n);
        for (int k = 0; k < s.n; k++) { // (5)  h = o ⊙ tanh(LN(c; γ_c) + β_c)
            h[k] = o[k] * tanhLnC[k];
        }
    }

    @Override
    public void backward(DoubleStep s) {
        double[] i = s.saved[I];
        double[] f = s.saved[F];
        double[] g = s.saved[G];
        double[] cPrev = s.prev[STATE_C];
        double[] dcPrev = s.dPrev[STATE_C];
        // In place: the arrays of dzx hold di, df, do and, in this order, dc and dg until (3'), then da until (2').
        double[][] da = s.dzx;
        double[] di = da[I];
        double[] df = da[F];
        double[] dO = da[O]; // do is a word of Java's
        double[] dc = da[G];
        double[] dg = dc;
        backThroughOutput(s, dO, dc); // (5')
        for (int k = 0; k < s.n; k++) { // (4') c was f ⊙ c_prev + i ⊙ g
            df[k] = dc[k] * cPrev[k];
            di[k] = dc[k] * g[k];
        }
        for (int k = 0; k < s.n; k++) { // (4') the last use of dc: dg overwrites it
            dcPrev[k] += dc[k] * f[k];
            dg[k] = dc[k] * i[k];
        }
        s.gradientOfSaved(I, di);
        s.gradientOfSaved(F, df);
        s.gradientOfSaved(G, dg);
        Activations.sigmoidBackward(di, i, da[I], s.n); // (3') i was σ(a_i), f and o alike
        Activations.sigmoidBackward(df, f, da[F], s.n);
        Activations.sigmoidBackward(dO, s.saved[O], da[O], s.n);
        Activations.tanhBackward(dg, g, da[G], s.n); // (3') g was tanh(a_g)
        for (int j = 0; j < BLOCKS.size(); j++) { // (2') a was LN(zx; γ_x) + LN(zh; γ_h) + β
            LayerNorm.add(da[j], s.dp[BETA + j], s.n);
        }
        OF_STATE.backward(s, da, s.dzh);
        OF_INPUT.backward(s, da, s.dzx); // comes last, because dzx overwrites da
        // (1') dh_prev += dzh W_hᵀ, dx = dzx W_xᵀ, dW_h, dW_x, db: the engine
    }

    private static void backThroughOutput(DoubleStep s, double[] dO, double[] dc) {
        double[] o = s.saved[O];
        double[] tanhLnC = s.saved[TANH_LN_C];
        double[] dh = s.dNext[STATE_H];
        // In place, in an array that is free until (2'): dtanhLnC, then dLnC, then what reaches c through h.
        double[] dtanhLnC = s.dzh[0];
        double[] dLnC = dtanhLnC;
        double[] dcThroughH = dtanhLnC;
        for (int k = 0; k < s.n; k++) { // (5') h was o ⊙ tanh(LN(c; γ_c) + β_c)
            dO[k] = dh[k] * tanhLnC[k];
            dtanhLnC[k] = dh[k] * o[k];
        }
        s.gradientOfSaved(O, dO);
        s.gradientOfSaved(TANH_LN_C, dtanhLnC);
        Activations.tanhBackward(dtanhLnC, tanhLnC, dLnC, s.n); // (5') through the tanh to LN(c; γ_c) + β_c
        LayerNorm.add(dLnC, s.dp[BETA_C], s.n);
        OF_MEMORY.backward(s, s.dzh, s.dzh); // (5') through the norm to c
        System.arraycopy(s.dNext[STATE_C], 0, dc, 0, s.n); // (5') dc is what came from t+1 and what came through h
        LayerNorm.add(dcThroughH, dc, s.n);
        s.gradientOfNext(STATE_C, dc);
    }
    // </double>

    // The float form of the methods above, written by tools/generate/FloatForms.java; a test compares the two.
    // <float>
    @Override
    public void forward(FloatStep s) {
        float[] i = s.saved[I];
        float[] f = s.saved[F];
        float[] o = s.saved[O];
        float[] g = s.saved[G];
        // In place: until (3) the arrays of i, f, o, g hold a, term by term, β first.
        float[][] a = s.saved;
        for (int j = 0; j < BLOCKS.size(); j++) { // (2)  a = LN(zx; γ_x) + LN(zh; γ_h) + β
            System.arraycopy(s.p[BETA + j], 0, a[j], 0, s.n);
        }
        OF_INPUT.forward(s, s.zx, 0, a, 0);
        OF_STATE.forward(s, s.zh, 0, a, 0);
        Activations.sigmoid(a[I], i, s.n); // (3)  i = σ(a_i), f and o alike
        Activations.sigmoid(a[F], f, s.n);
        Activations.sigmoid(a[O], o, s.n);
        Activations.tanh(a[G], g, s.n); // (3)  g = tanh(a_g)

        float[] cPrev = s.prev[STATE_C];
        float[] c = s.next[STATE_C];
        for (int k = 0; k < s.n; k++) { // (4)  c = f ⊙ c_prev + i ⊙ g
            c[k] = f[k] * cPrev[k] + i[k] * g[k];
        }
        // In place: the array of tanhLnC holds β_c, then LN(c; γ_c) + β_c, then the tanh of that.
        float[] tanhLnC = s.saved[TANH_LN_C];
        float[] h = s.next[STATE_H];
        System.arraycopy(s.p[BETA_C], 0, tanhLnC, 0, s.n);
        OF_MEMORY.forward(s, s.next, STATE_C, s.saved, TANH_LN_C);
        Activations.tanh(tanhLnC, tanhLnC, s.n);
        for (int k = 0; k < s.n; k++) { // (5)  h = o ⊙ tanh(LN(c; γ_c) + β_c)
            h[k] = o[k] * tanhLnC[k];
        }
    }

    @Override
    public void backward(FloatStep s) {
        float[] i = s.saved[I];
        float[] f = s.saved[F];
        float[] g = s.saved[G];
        float[] cPrev = s.prev[STATE_C];
        float[] dcPrev = s.dPrev[STATE_C];
        // In place: the arrays of dzx hold di, df, do and, in this order, dc and dg until (3'), then da until (2').
        float[][] da = s.dzx;
        float[] di = da[I];
        float[] df = da[F];
        float[] dO = da[O]; // do is a word of Java's
        float[] dc = da[G];
        float[] dg = dc;
        backThroughOutput(s, dO, dc); // (5')
        for (int k = 0; k < s.n; k++) { // (4') c was f ⊙ c_prev + i ⊙ g
            df[k] = dc[k] * cPrev[k];
            di[k] = dc[k] * g[k];
        }
        for (int k = 0; k < s.n; k++) { // (4') the last use of dc: dg overwrites it
            dcPrev[k] += dc[k] * f[k];
            dg[k] = dc[k] * i[k];
        }
        s.gradientOfSaved(I, di);
        s.gradientOfSaved(F, df);
        s.gradientOfSaved(G, dg);
        Activations.sigmoidBackward(di, i, da[I], s.n); // (3') i was σ(a_i), f and o alike
        Activations.sigmoidBackward(df, f, da[F], s.n);
        Activations.sigmoidBackward(dO, s.saved[O], da[O], s.n);
        Activations.tanhBackward(dg, g, da[G], s.n); // (3') g was tanh(a_g)
        for (int j = 0; j < BLOCKS.size(); j++) { // (2') a was LN(zx; γ_x) + LN(zh; γ_h) + β
            LayerNorm.add(da[j], s.dp[BETA + j], s.n);
        }
        OF_STATE.backward(s, da, s.dzh);
        OF_INPUT.backward(s, da, s.dzx); // comes last, because dzx overwrites da
        // (1') dh_prev += dzh W_hᵀ, dx = dzx W_xᵀ, dW_h, dW_x, db: the engine
    }

    private static void backThroughOutput(FloatStep s, float[] dO, float[] dc) {
        float[] o = s.saved[O];
        float[] tanhLnC = s.saved[TANH_LN_C];
        float[] dh = s.dNext[STATE_H];
        // In place, in an array that is free until (2'): dtanhLnC, then dLnC, then what reaches c through h.
        float[] dtanhLnC = s.dzh[0];
        float[] dLnC = dtanhLnC;
        float[] dcThroughH = dtanhLnC;
        for (int k = 0; k < s.n; k++) { // (5') h was o ⊙ tanh(LN(c; γ_c) + β_c)
            dO[k] = dh[k] * tanhLnC[k];
            dtanhLnC[k] = dh[k] * o[k];
        }
        s.gradientOfSaved(O, dO);
        s.gradientOfSaved(TANH_LN_C, dtanhLnC);
        Activations.tanhBackward(dtanhLnC, tanhLnC, dLnC, s.n); // (5') through the tanh to LN(c; γ_c) + β_c
        LayerNorm.add(dLnC, s.dp[BETA_C], s.n);
        OF_MEMORY.backward(s, s.dzh, s.dzh); // (5') through the norm to c
        System.arraycopy(s.dNext[STATE_C], 0, dc, 0, s.n); // (5') dc is what came from t+1 and what came through h
        LayerNorm.add(dcThroughH, dc, s.n);
        s.gradientOfNext(STATE_C, dc);
    }
    // </float>
}
