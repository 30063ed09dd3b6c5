// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lstm;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Activations;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.CellSpec.PointParameter;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.FloatPointwiseCell;
import io.github.unroll4j.models.cell.FloatStep;
import java.util.ArrayList;
import java.util.List;

/**
 * Long short-term memory with layer normalisation (Ba, Kiros and Hinton 2016, arXiv:1607.06450, equations 20 to 22 of the
 * supplement): what comes from the input, what comes from the state, and the memory cell on its way out, each normalised.
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
 * <p>x_t [B,D]; h, c and every gate [B,H]; W_x [D,4H], W_h [H,4H], b [4H]; γ_x, γ_h and β one vector [H] for each block, γ_c
 * and β_c [H]. The gains γ are the paper's α; of biases it adds up three in (2), which are one here. The state is h, c. A row
 * is normalised by its own numbers alone, so the rows of a batch do not see each other.
 *
 * <p>The statistics run over all four gates at once, as LN(W_h h) and LN(W_x x) say in the paper and in the authors' program
 * (ryankiros/layer-norm, layers.py, {@code lnlstm_layer}); TensorFlow's LayerNormBasicLSTMCell takes each gate by itself.
 * The bias b inside the norm is of that program too; where b is zero, (2) is the equation of the paper.
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal blocks of W_h, gains of one, and zero biases except for β_f, the forget bias.
 */
public final class LayerNormLstmCell implements FloatPointwiseCell {
    private static final int STATE_H = 0;
    private static final int STATE_C = 1;
    // blocks and saved gates
    private static final int I = 0;
    private static final int F = 1;
    private static final int O = 2;
    private static final int G = 3;
    private static final int TANH_C = 4;
    // per-unit parameters
    private static final int BETA = 8;
    private static final int BETA_C = 13;

    private static final List<String> BLOCKS = List.of("i", "f", "o", "g");
    private static final LayerNorm OF_INPUT = new LayerNorm(4, 5, 0);
    private static final LayerNorm OF_STATE = new LayerNorm(4, 9, 4);
    private static final LayerNorm OF_MEMORY = new LayerNorm(1, 13, 12);

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
        List<String> saved = new ArrayList<>(List.of("i", "f", "o", "g", "tanhC"));
        BLOCKS.forEach(j -> saved.add("centred_x_" + j));
        BLOCKS.forEach(j -> saved.add("centred_h_" + j));
        saved.add("centred_c");
        List<PointParameter> pointwise = new ArrayList<>();
        BLOCKS.forEach(j -> pointwise.add(new PointParameter("gamma_x_" + j, Init.ones())));
        BLOCKS.forEach(j -> pointwise.add(new PointParameter("gamma_h_" + j, Init.ones())));
        BLOCKS.forEach(
                j -> pointwise.add(new PointParameter("beta_" + j, Init.constant(j.equals("f") ? forgetBias : 0))));
        pointwise.add(new PointParameter("gamma_c", Init.ones()));
        pointwise.add(new PointParameter("beta_c", Init.zeros()));
        CellSpec.Start start = new CellSpec.Start(Init.glorotUniform(4), Init.orthogonalBlocks(4), Init.zeros());
        spec = new CellSpec(
                "lstm-layer-norm", CellSpec.Affine.APART, BLOCKS, List.of("h", "c"), saved, pointwise, start);
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
        for (int j = 0; j < BLOCKS.size(); j++) { // (2)  a = LN(zx; γ_x) + LN(zh; γ_h) + β
            System.arraycopy(s.p[BETA + j], 0, s.saved[j], 0, s.n);
        }
        OF_INPUT.forward(s, s.zx, 0, s.saved, 0);
        OF_STATE.forward(s, s.zh, 0, s.saved, 0);
        Activations.sigmoid(i, i, s.n); // (3)
        Activations.sigmoid(f, f, s.n);
        Activations.sigmoid(o, o, s.n);
        Activations.tanh(g, g, s.n);

        double[] cPrev = s.prev[STATE_C];
        double[] c = s.next[STATE_C];
        for (int k = 0; k < s.n; k++) { // (4)  c = f ⊙ c_prev + i ⊙ g
            c[k] = f[k] * cPrev[k] + i[k] * g[k];
        }
        double[] tanhC = s.saved[TANH_C];
        double[] h = s.next[STATE_H];
        System.arraycopy(s.p[BETA_C], 0, tanhC, 0, s.n);
        OF_MEMORY.forward(s, s.next, STATE_C, s.saved, TANH_C);
        Activations.tanh(tanhC, tanhC, s.n);
        for (int k = 0; k < s.n; k++) { // (5)  h = o ⊙ tanh(LN(c; γ_c) + β_c)
            h[k] = o[k] * tanhC[k];
        }
    }

    @Override
    public void backward(DoubleStep s) {
        double[] i = s.saved[I];
        double[] f = s.saved[F];
        double[] g = s.saved[G];
        double[] cPrev = s.prev[STATE_C];
        double[] dcPrev = s.dPrev[STATE_C];
        // in place: the arrays of dzx hold the gradients of the gates until (3'), the last one dc before, and da until
        // (2')
        double[] di = s.dzx[I];
        double[] df = s.dzx[F];
        double[] dg = s.dzx[G];
        double[] dc = dg;
        backThroughOutput(s, dc); // (5')
        for (int k = 0; k < s.n; k++) { // (4') c was f ⊙ c_prev + i ⊙ g
            df[k] = dc[k] * cPrev[k];
            di[k] = dc[k] * g[k];
        }
        for (int k = 0; k < s.n; k++) {
            dcPrev[k] += dc[k] * f[k];
            dg[k] = dc[k] * i[k];
        }
        s.gradientOfSaved(I, di);
        s.gradientOfSaved(F, df);
        s.gradientOfSaved(G, dg);
        Activations.sigmoidBackward(di, i, di, s.n); // (3')
        Activations.sigmoidBackward(df, f, df, s.n);
        Activations.sigmoidBackward(s.dzx[O], s.saved[O], s.dzx[O], s.n);
        Activations.tanhBackward(dg, g, dg, s.n);
        for (int j = 0; j < BLOCKS.size(); j++) { // (2') a was LN(zx; γ_x) + LN(zh; γ_h) + β
            add(s.dzx[j], s.dp[BETA + j], s.n);
        }
        OF_STATE.backward(s, s.dzx, s.dzh);
        OF_INPUT.backward(s, s.dzx, s.dzx);
        // (1') dh_prev = dzh W_hᵀ, dx = dzx W_xᵀ, dW_h, dW_x, db: the engine
    }

    private static void backThroughOutput(DoubleStep s, double[] dc) {
        double[] o = s.saved[O];
        double[] tanhC = s.saved[TANH_C];
        double[] dh = s.dNext[STATE_H];
        double[] dO = s.dzx[O];
        double[] dLn = s.dzh[0]; // free until (2')
        for (int k = 0; k < s.n; k++) { // (5') h was o ⊙ tanh(LN(c; γ_c) + β_c)
            dO[k] = dh[k] * tanhC[k];
            dLn[k] = dh[k] * o[k];
        }
        s.gradientOfSaved(O, dO);
        s.gradientOfSaved(TANH_C, dLn);
        Activations.tanhBackward(dLn, tanhC, dLn, s.n);
        add(dLn, s.dp[BETA_C], s.n);
        OF_MEMORY.backward(s, s.dzh, s.dzh);
        System.arraycopy(s.dNext[STATE_C], 0, dc, 0, s.n); // what came from t+1, and what came through h
        add(dLn, dc, s.n);
        s.gradientOfNext(STATE_C, dc);
    }

    private static void add(double[] a, double[] sum, int length) {
        for (int k = 0; k < length; k++) {
            sum[k] += a[k];
        }
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
        for (int j = 0; j < BLOCKS.size(); j++) { // (2)  a = LN(zx; γ_x) + LN(zh; γ_h) + β
            System.arraycopy(s.p[BETA + j], 0, s.saved[j], 0, s.n);
        }
        OF_INPUT.forward(s, s.zx, 0, s.saved, 0);
        OF_STATE.forward(s, s.zh, 0, s.saved, 0);
        Activations.sigmoid(i, i, s.n); // (3)
        Activations.sigmoid(f, f, s.n);
        Activations.sigmoid(o, o, s.n);
        Activations.tanh(g, g, s.n);

        float[] cPrev = s.prev[STATE_C];
        float[] c = s.next[STATE_C];
        for (int k = 0; k < s.n; k++) { // (4)  c = f ⊙ c_prev + i ⊙ g
            c[k] = f[k] * cPrev[k] + i[k] * g[k];
        }
        float[] tanhC = s.saved[TANH_C];
        float[] h = s.next[STATE_H];
        System.arraycopy(s.p[BETA_C], 0, tanhC, 0, s.n);
        OF_MEMORY.forward(s, s.next, STATE_C, s.saved, TANH_C);
        Activations.tanh(tanhC, tanhC, s.n);
        for (int k = 0; k < s.n; k++) { // (5)  h = o ⊙ tanh(LN(c; γ_c) + β_c)
            h[k] = o[k] * tanhC[k];
        }
    }

    @Override
    public void backward(FloatStep s) {
        float[] i = s.saved[I];
        float[] f = s.saved[F];
        float[] g = s.saved[G];
        float[] cPrev = s.prev[STATE_C];
        float[] dcPrev = s.dPrev[STATE_C];
        // in place: the arrays of dzx hold the gradients of the gates until (3'), the last one dc before, and da until
        // (2')
        float[] di = s.dzx[I];
        float[] df = s.dzx[F];
        float[] dg = s.dzx[G];
        float[] dc = dg;
        backThroughOutput(s, dc); // (5')
        for (int k = 0; k < s.n; k++) { // (4') c was f ⊙ c_prev + i ⊙ g
            df[k] = dc[k] * cPrev[k];
            di[k] = dc[k] * g[k];
        }
        for (int k = 0; k < s.n; k++) {
            dcPrev[k] += dc[k] * f[k];
            dg[k] = dc[k] * i[k];
        }
        s.gradientOfSaved(I, di);
        s.gradientOfSaved(F, df);
        s.gradientOfSaved(G, dg);
        Activations.sigmoidBackward(di, i, di, s.n); // (3')
        Activations.sigmoidBackward(df, f, df, s.n);
        Activations.sigmoidBackward(s.dzx[O], s.saved[O], s.dzx[O], s.n);
        Activations.tanhBackward(dg, g, dg, s.n);
        for (int j = 0; j < BLOCKS.size(); j++) { // (2') a was LN(zx; γ_x) + LN(zh; γ_h) + β
            add(s.dzx[j], s.dp[BETA + j], s.n);
        }
        OF_STATE.backward(s, s.dzx, s.dzh);
        OF_INPUT.backward(s, s.dzx, s.dzx);
        // (1') dh_prev = dzh W_hᵀ, dx = dzx W_xᵀ, dW_h, dW_x, db: the engine
    }

    private static void backThroughOutput(FloatStep s, float[] dc) {
        float[] o = s.saved[O];
        float[] tanhC = s.saved[TANH_C];
        float[] dh = s.dNext[STATE_H];
        float[] dO = s.dzx[O];
        float[] dLn = s.dzh[0]; // free until (2')
        for (int k = 0; k < s.n; k++) { // (5') h was o ⊙ tanh(LN(c; γ_c) + β_c)
            dO[k] = dh[k] * tanhC[k];
            dLn[k] = dh[k] * o[k];
        }
        s.gradientOfSaved(O, dO);
        s.gradientOfSaved(TANH_C, dLn);
        Activations.tanhBackward(dLn, tanhC, dLn, s.n);
        add(dLn, s.dp[BETA_C], s.n);
        OF_MEMORY.backward(s, s.dzh, s.dzh);
        System.arraycopy(s.dNext[STATE_C], 0, dc, 0, s.n); // what came from t+1, and what came through h
        add(dLn, dc, s.n);
        s.gradientOfNext(STATE_C, dc);
    }

    private static void add(float[] a, float[] sum, int length) {
        for (int k = 0; k < length; k++) {
            sum[k] += a[k];
        }
    }
    // </float>
}
