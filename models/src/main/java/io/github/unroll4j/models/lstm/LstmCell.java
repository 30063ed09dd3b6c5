// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lstm;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Activations;
import io.github.unroll4j.models.cell.Biases;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.FloatPointwiseCell;
import io.github.unroll4j.models.cell.FloatStep;
import java.util.List;

/**
 * Long short-term memory of Hochreiter and Schmidhuber (1997), "Long short-term memory", with the forget gate of Gers,
 * Schmidhuber and Cummins (2000), "Learning to forget: continual prediction with LSTM", in today's form: tanh for both
 * squashing functions, and the exact gradient through time, which the first paper cuts short.
 *
 * <pre>
 * (1)  z = x_t W_x + b + h_prev W_h (+ b_h)   [B,4H] blocks z_i | z_f | z_o | z_g, made by the engine
 * (2)  i = σ(z_i)   f = σ(z_f)   o = σ(z_o)   g = tanh(z_g)
 * (3)  c = f ⊙ c_prev + i ⊙ g
 * (4)  h = o ⊙ tanh(c)
 * </pre>
 *
 * <p>x_t [B,D]; h, c, the gates i, f, o and the candidate g [B,H]; W_x [D,4H], W_h [H,4H], b [4H], and with {@link
 * Biases#TWO} also b_h [4H]. The state is h, c. Saved for backward: i, f, o, g and tanh(c), from which the derivatives
 * follow: where y = σ(z), dy/dz = y(1-y), and where y = tanh(z), dy/dz = 1-y².
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal blocks of W_h, and zero b except for the forget gate, whose bias is a
 * setting: positive, so that a new cell remembers (Gers et al. 2000), and 1 by default (Jozefowicz, Zaremba and Sutskever
 * 2015, "An empirical exploration of recurrent network architectures"). A second bias starts at zeros.
 */
public final class LstmCell implements FloatPointwiseCell {
    /** The initial bias of the forget gate unless said otherwise, {@value}. */
    public static final double FORGET_BIAS = 1;

    private static final int STATE_H = 0;
    private static final int STATE_C = 1;
    private static final int I = 0;
    private static final int F = 1;
    private static final int O = 2;
    private static final int G = 3;
    private static final int TANH_C = 4;

    private final int hidden;
    private final CellSpec spec;

    /**
     * A cell with forget bias {@value #FORGET_BIAS}.
     *
     * @param hidden number of units H
     */
    public LstmCell(int hidden) {
        this(hidden, FORGET_BIAS);
    }

    /**
     * A cell with one bias.
     *
     * @param hidden number of units H
     * @param forgetBias initial bias of the forget gate
     */
    public LstmCell(int hidden, double forgetBias) {
        this(hidden, forgetBias, Biases.ONE);
    }

    /**
     * A cell.
     *
     * @param hidden number of units H
     * @param forgetBias initial bias of the forget gate
     * @param biases one, or two to reproduce a PyTorch training run update for update
     */
    public LstmCell(int hidden, double forgetBias, Biases biases) {
        this.hidden = hidden;
        spec = new CellSpec(
                "lstm",
                biases.affine(),
                List.of("i", "f", "o", "g"),
                List.of("h", "c"),
                List.of("i", "f", "o", "g", "tanhC"),
                List.of(),
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
        Activations.sigmoid(s.z[I], i, s.n); // (2)  i = σ(z_i), f and o alike
        Activations.sigmoid(s.z[F], f, s.n);
        Activations.sigmoid(s.z[O], o, s.n);
        Activations.tanh(s.z[G], g, s.n); // (2)  g = tanh(z_g)

        double[] cPrev = s.prev[STATE_C];
        double[] c = s.next[STATE_C];
        for (int k = 0; k < s.n; k++) { // (3)  c = f ⊙ c_prev + i ⊙ g
            c[k] = f[k] * cPrev[k] + i[k] * g[k];
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
        double[] f = s.saved[F];
        double[] o = s.saved[O];
        double[] g = s.saved[G];
        double[] tanhC = s.saved[TANH_C];
        double[] cPrev = s.prev[STATE_C];
        double[] dh = s.dNext[STATE_H];
        double[] dcNext = s.dNext[STATE_C];
        double[] dcPrev = s.dPrev[STATE_C];
        // In place: dz_i, dz_f, dz_o hold di, df, do until (2'); dz_g holds, in this order, dtanh(c), dc, dg, dz_g.
        double[] di = s.dz[I];
        double[] df = s.dz[F];
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
        Activations.sigmoidBackward(di, i, s.dz[I], s.n); // (2') i was σ(z_i), f and o alike
        Activations.sigmoidBackward(df, f, s.dz[F], s.n);
        Activations.sigmoidBackward(dO, o, s.dz[O], s.n);
        Activations.tanhBackward(dg, g, s.dz[G], s.n); // (2') g was tanh(z_g)
        // (1') dh_prev += dz W_hᵀ, dx = dz W_xᵀ, dW_h, dW_x, db (and db_h): the engine
    }
    // </double>

    // The float form of the two methods above, written by tools/generate/FloatForms.java; a test compares the two.
    // <float>
    @Override
    public void forward(FloatStep s) {
        float[] i = s.saved[I];
        float[] f = s.saved[F];
        float[] o = s.saved[O];
        float[] g = s.saved[G];
        Activations.sigmoid(s.z[I], i, s.n); // (2)  i = σ(z_i), f and o alike
        Activations.sigmoid(s.z[F], f, s.n);
        Activations.sigmoid(s.z[O], o, s.n);
        Activations.tanh(s.z[G], g, s.n); // (2)  g = tanh(z_g)

        float[] cPrev = s.prev[STATE_C];
        float[] c = s.next[STATE_C];
        for (int k = 0; k < s.n; k++) { // (3)  c = f ⊙ c_prev + i ⊙ g
            c[k] = f[k] * cPrev[k] + i[k] * g[k];
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
        float[] f = s.saved[F];
        float[] o = s.saved[O];
        float[] g = s.saved[G];
        float[] tanhC = s.saved[TANH_C];
        float[] cPrev = s.prev[STATE_C];
        float[] dh = s.dNext[STATE_H];
        float[] dcNext = s.dNext[STATE_C];
        float[] dcPrev = s.dPrev[STATE_C];
        // In place: dz_i, dz_f, dz_o hold di, df, do until (2'); dz_g holds, in this order, dtanh(c), dc, dg, dz_g.
        float[] di = s.dz[I];
        float[] df = s.dz[F];
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
        Activations.sigmoidBackward(di, i, s.dz[I], s.n); // (2') i was σ(z_i), f and o alike
        Activations.sigmoidBackward(df, f, s.dz[F], s.n);
        Activations.sigmoidBackward(dO, o, s.dz[O], s.n);
        Activations.tanhBackward(dg, g, s.dz[G], s.n); // (2') g was tanh(z_g)
        // (1') dh_prev += dz W_hᵀ, dx = dz W_xᵀ, dW_h, dW_x, db (and db_h): the engine
    }
    // </float>
}
