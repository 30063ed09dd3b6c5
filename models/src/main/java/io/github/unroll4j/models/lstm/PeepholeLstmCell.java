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
 * Long short-term memory with peepholes: the gates see the memory cell (Gers and Schmidhuber 2000, "Recurrent nets that
 * time and count"), in the form of Graves (2013, arXiv:1308.0850), "Generating sequences with recurrent neural networks",
 * equations 7 to 11.
 *
 * <pre>
 * (1)  z = x_t W_x + b + h_prev W_h        [B,4H] blocks z_i | z_f | z_o | z_g, made by the engine
 * (2)  i = σ(z_i + p_i ⊙ c_prev)   f = σ(z_f + p_f ⊙ c_prev)   g = tanh(z_g)
 * (3)  c = f ⊙ c_prev + i ⊙ g
 * (4)  o = σ(z_o + p_o ⊙ c)                the output gate sees c_t, the two others c_{t-1}
 * (5)  h = o ⊙ tanh(c)
 * </pre>
 *
 * <p>x_t [B,D]; h, c, the gates i, f, o and the candidate g [B,H]; W_x [D,4H], W_h [H,4H], one bias b [4H]; p_i, p_f, p_o
 * [H], the diagonals of Graves's matrices from cell to gate. A step holds each of them once for every row, [B,H], so that
 * unit k of p meets unit k of c; the engine sums dp over the rows. The state is h, c. Saved for backward: i, f, o, g and
 * tanh(c).
 *
 * <p>Starts as {@link LstmCell} does, with zero peepholes: it is an LstmCell until it has learned otherwise.
 */
public final class PeepholeLstmCell implements FloatPointwiseCell {
    private static final int STATE_H = 0;
    private static final int STATE_C = 1;
    // places of the blocks, of what is saved and, up to O, of the peepholes
    private static final int I = 0;
    private static final int F = 1;
    private static final int O = 2;
    private static final int G = 3;
    private static final int TANH_C = 4;

    private final int hidden;
    private final CellSpec spec;

    /**
     * A cell with forget bias {@value LstmCell#FORGET_BIAS}.
     *
     * @param hidden number of units H
     */
    public PeepholeLstmCell(int hidden) {
        this(hidden, LstmCell.FORGET_BIAS);
    }

    /**
     * A cell.
     *
     * @param hidden number of units H
     * @param forgetBias initial bias of the forget gate
     */
    public PeepholeLstmCell(int hidden, double forgetBias) {
        this.hidden = hidden;
        spec = new CellSpec(
                "lstm-peephole",
                CellSpec.Affine.SUMMED,
                List.of("i", "f", "o", "g"),
                List.of("h", "c"),
                List.of("i", "f", "o", "g", "tanhC"),
                List.of(
                        new CellSpec.UnitParameter("p_i", Init.zeros()),
                        new CellSpec.UnitParameter("p_f", Init.zeros()),
                        new CellSpec.UnitParameter("p_o", Init.zeros())),
                new CellSpec.Start(
                        Init.glorotUniform(4),
                        Init.orthogonalBlocks(4),
                        Init.blocks(Init.zeros(), Init.constant(forgetBias), Init.zeros(), Init.zeros())));
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
        double[] cPrev = s.prev[STATE_C];
        double[] c = s.next[STATE_C];
        withPeephole(s.z[I], s.p[I], cPrev, i); // (2)  i = σ(z_i + p_i ⊙ c_prev), f alike
        withPeephole(s.z[F], s.p[F], cPrev, f);
        Activations.sigmoid(i, i, s.n);
        Activations.sigmoid(f, f, s.n);
        Activations.tanh(s.z[G], g, s.n); // (2)  g = tanh(z_g)
        for (int k = 0; k < s.n; k++) { // (3)  c = f ⊙ c_prev + i ⊙ g
            c[k] = f[k] * cPrev[k] + i[k] * g[k];
        }
        withPeephole(s.z[O], s.p[O], c, o); // (4)  o = σ(z_o + p_o ⊙ c)
        Activations.sigmoid(o, o, s.n);

        double[] tanhC = s.saved[TANH_C];
        double[] h = s.next[STATE_H];
        Activations.tanh(c, tanhC, s.n);
        for (int k = 0; k < s.n; k++) { // (5)  h = o ⊙ tanh(c)
            h[k] = o[k] * tanhC[k];
        }
    }

    /** a = z + p ⊙ c. */
    private static void withPeephole(double[] z, double[] p, double[] c, double[] a) {
        for (int k = 0; k < a.length; k++) {
            a[k] = z[k] + p[k] * c[k];
        }
    }

    @Override
    public void backward(DoubleStep s) {
        double[] o = s.saved[O];
        double[] tanhC = s.saved[TANH_C];
        double[] c = s.next[STATE_C];
        double[] dh = s.dNext[STATE_H];
        double[] dcNext = s.dNext[STATE_C];
        double[] pO = s.p[O];
        double[] dpO = s.dp[O];
        // In place: dz_o holds do until (4'); dz_g holds, in this order, dtanh(c), dc, dg, dz_g.
        double[] dO = s.dz[O]; // do is a word of Java's
        double[] dzO = dO;
        double[] dtanhC = s.dz[G];
        double[] dc = dtanhC;
        for (int k = 0; k < s.n; k++) { // (5') h was o ⊙ tanh(c)
            dO[k] = dh[k] * tanhC[k];
            dtanhC[k] = dh[k] * o[k];
        }
        s.gradientOfSaved(O, dO);
        s.gradientOfSaved(TANH_C, dtanhC);
        Activations.sigmoidBackward(dO, o, dzO, s.n); // (4') o was σ(z_o + p_o ⊙ c)
        for (int k = 0; k < s.n; k++) { // dc is what came from t+1, (5') through h, and (4') through p_o ⊙ c
            dpO[k] += dzO[k] * c[k];
            dc[k] = dcNext[k] + dtanhC[k] * (1 - tanhC[k] * tanhC[k]) + dzO[k] * pO[k];
        }
        s.gradientOfNext(STATE_C, dc);
        backThroughMemory(s);
        // (1') dh_prev += dz W_hᵀ, dx = dz W_xᵀ, dW_h, dW_x, db: the engine
    }

    /** (3') and (2'), from dc, which the array of dz_g holds; dz_i and dz_f hold di and df until (2'). */
    private static void backThroughMemory(DoubleStep s) {
        double[] i = s.saved[I];
        double[] f = s.saved[F];
        double[] g = s.saved[G];
        double[] cPrev = s.prev[STATE_C];
        double[] dcPrev = s.dPrev[STATE_C];
        double[] di = s.dz[I];
        double[] df = s.dz[F];
        double[] dc = s.dz[G];
        double[] dg = dc;
        double[] dzI = di;
        double[] dzF = df;
        for (int k = 0; k < s.n; k++) { // (3') c was f ⊙ c_prev + i ⊙ g
            df[k] = dc[k] * cPrev[k];
            di[k] = dc[k] * g[k];
        }
        for (int k = 0; k < s.n; k++) { // (3') the last use of dc: dg overwrites it
            dcPrev[k] += dc[k] * f[k];
            dg[k] = dc[k] * i[k];
        }
        s.gradientOfSaved(I, di);
        s.gradientOfSaved(F, df);
        s.gradientOfSaved(G, dg);
        Activations.tanhBackward(dg, g, s.dz[G], s.n); // (2') g was tanh(z_g)
        Activations.sigmoidBackward(di, i, dzI, s.n); // (2') i was σ(z_i + p_i ⊙ c_prev), f alike
        Activations.sigmoidBackward(df, f, dzF, s.n);
        addProduct(dzI, s.p[I], dcPrev); // (2') dc_prev += p_i ⊙ dz_i + p_f ⊙ dz_f
        addProduct(dzF, s.p[F], dcPrev);
        addProduct(dzI, cPrev, s.dp[I]); // (2') dp_i += dz_i ⊙ c_prev, dp_f alike
        addProduct(dzF, cPrev, s.dp[F]);
    }

    /** sum += a ⊙ b. */
    private static void addProduct(double[] a, double[] b, double[] sum) {
        for (int k = 0; k < sum.length; k++) {
            sum[k] += a[k] * b[k];
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
        float[] cPrev = s.prev[STATE_C];
        float[] c = s.next[STATE_C];
        withPeephole(s.z[I], s.p[I], cPrev, i); // (2)  i = σ(z_i + p_i ⊙ c_prev), f alike
        withPeephole(s.z[F], s.p[F], cPrev, f);
        Activations.sigmoid(i, i, s.n);
        Activations.sigmoid(f, f, s.n);
        Activations.tanh(s.z[G], g, s.n); // (2)  g = tanh(z_g)
        for (int k = 0; k < s.n; k++) { // (3)  c = f ⊙ c_prev + i ⊙ g
            c[k] = f[k] * cPrev[k] + i[k] * g[k];
        }
        withPeephole(s.z[O], s.p[O], c, o); // (4)  o = σ(z_o + p_o ⊙ c)
        Activations.sigmoid(o, o, s.n);

        float[] tanhC = s.saved[TANH_C];
        float[] h = s.next[STATE_H];
        Activations.tanh(c, tanhC, s.n);
        for (int k = 0; k < s.n; k++) { // (5)  h = o ⊙ tanh(c)
            h[k] = o[k] * tanhC[k];
        }
    }

    /** a = z + p ⊙ c. */
    private static void withPeephole(float[] z, float[] p, float[] c, float[] a) {
        for (int k = 0; k < a.length; k++) {
            a[k] = z[k] + p[k] * c[k];
        }
    }

    @Override
    public void backward(FloatStep s) {
        float[] o = s.saved[O];
        float[] tanhC = s.saved[TANH_C];
        float[] c = s.next[STATE_C];
        float[] dh = s.dNext[STATE_H];
        float[] dcNext = s.dNext[STATE_C];
        float[] pO = s.p[O];
        float[] dpO = s.dp[O];
        // In place: dz_o holds do until (4'); dz_g holds, in this order, dtanh(c), dc, dg, dz_g.
        float[] dO = s.dz[O]; // do is a word of Java's
        float[] dzO = dO;
        float[] dtanhC = s.dz[G];
        float[] dc = dtanhC;
        for (int k = 0; k < s.n; k++) { // (5') h was o ⊙ tanh(c)
            dO[k] = dh[k] * tanhC[k];
            dtanhC[k] = dh[k] * o[k];
        }
        s.gradientOfSaved(O, dO);
        s.gradientOfSaved(TANH_C, dtanhC);
        Activations.sigmoidBackward(dO, o, dzO, s.n); // (4') o was σ(z_o + p_o ⊙ c)
        for (int k = 0; k < s.n; k++) { // dc is what came from t+1, (5') through h, and (4') through p_o ⊙ c
            dpO[k] += dzO[k] * c[k];
            dc[k] = dcNext[k] + dtanhC[k] * (1 - tanhC[k] * tanhC[k]) + dzO[k] * pO[k];
        }
        s.gradientOfNext(STATE_C, dc);
        backThroughMemory(s);
        // (1') dh_prev += dz W_hᵀ, dx = dz W_xᵀ, dW_h, dW_x, db: the engine
    }

    /** (3') and (2'), from dc, which the array of dz_g holds; dz_i and dz_f hold di and df until (2'). */
    private static void backThroughMemory(FloatStep s) {
        float[] i = s.saved[I];
        float[] f = s.saved[F];
        float[] g = s.saved[G];
        float[] cPrev = s.prev[STATE_C];
        float[] dcPrev = s.dPrev[STATE_C];
        float[] di = s.dz[I];
        float[] df = s.dz[F];
        float[] dc = s.dz[G];
        float[] dg = dc;
        float[] dzI = di;
        float[] dzF = df;
        for (int k = 0; k < s.n; k++) { // (3') c was f ⊙ c_prev + i ⊙ g
            df[k] = dc[k] * cPrev[k];
            di[k] = dc[k] * g[k];
        }
        for (int k = 0; k < s.n; k++) { // (3') the last use of dc: dg overwrites it
            dcPrev[k] += dc[k] * f[k];
            dg[k] = dc[k] * i[k];
        }
        s.gradientOfSaved(I, di);
        s.gradientOfSaved(F, df);
        s.gradientOfSaved(G, dg);
        Activations.tanhBackward(dg, g, s.dz[G], s.n); // (2') g was tanh(z_g)
        Activations.sigmoidBackward(di, i, dzI, s.n); // (2') i was σ(z_i + p_i ⊙ c_prev), f alike
        Activations.sigmoidBackward(df, f, dzF, s.n);
        addProduct(dzI, s.p[I], dcPrev); // (2') dc_prev += p_i ⊙ dz_i + p_f ⊙ dz_f
        addProduct(dzF, s.p[F], dcPrev);
        addProduct(dzI, cPrev, s.dp[I]); // (2') dp_i += dz_i ⊙ c_prev, dp_f alike
        addProduct(dzF, cPrev, s.dp[F]);
    }

    /** sum += a ⊙ b. */
    private static void addProduct(float[] a, float[] b, float[] sum) {
        for (int k = 0; k < sum.length; k++) {
            sum[k] += a[k] * b[k];
        }
    }
    // </float>
}
