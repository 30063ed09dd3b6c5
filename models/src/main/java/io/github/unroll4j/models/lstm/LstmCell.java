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
 * Long short-term memory of Hochreiter and Schmidhuber (1997) with the forget gate of Gers, Schmidhuber and Cummins
 * (2000), in today's form: tanh for both squashing functions, and the exact gradient through time, which the first paper cuts short.
 *
 * <pre>
 * (1)  z = x_t W_x + b + h_prev W_h (+ b_h)   [B,4H] blocks z_i | z_f | z_o | z_g, made by the engine
 * (2)  i = σ(z_i)   f = σ(z_f)   o = σ(z_o)   g = tanh(z_g)
 * (3)  c = f ⊙ c_prev + i ⊙ g
 * (4)  h = o ⊙ tanh(c)
 * </pre>
 *
 * <p>x_t [B,D]; h, c and every gate [B,H]; W_x [D,4H], W_h [H,4H], b [4H], and with {@link Biases#TWO} also b_h [4H]. The state is h, c. Saved for backward: the
 * gates i, f, o, g and tanh(c); derivatives come from outputs, σ' = s(1-s) and tanh' = 1-t².
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal blocks of W_h, and zero b except for the forget gate, whose bias is a
 * setting: positive, so that a new cell remembers (Gers et al. 2000), and 1 by default (Jozefowicz et al. 2015). A second bias
 * starts at zeros.
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
     * @param biases one, or two for training step by step as PyTorch does
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
        Activations.sigmoid(s.z[I], i, s.n); // (2)
        Activations.sigmoid(s.z[F], f, s.n);
        Activations.sigmoid(s.z[O], o, s.n);
        Activations.tanh(s.z[G], g, s.n);

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
        double[] dzI = s.dz[I];
        double[] dzF = s.dz[F];
        double[] dzO = s.dz[O];
        double[] dzG = s.dz[G];
        for (int k = 0; k < s.n; k++) {
            // (4') h was o ⊙ tanh(c): do = dh ⊙ tanh(c), and c gains dh ⊙ o ⊙ tanh'(c) on top of what came from t+1
            // (do is a word of Java's)
            double dO = dh[k] * tanhC[k];
            double dc = dcNext[k] + dh[k] * o[k] * (1 - tanhC[k] * tanhC[k]);
            // (3') c was f ⊙ c_prev + i ⊙ g
            double df = dc * cPrev[k];
            double di = dc * g[k];
            double dg = dc * i[k];
            dcPrev[k] += dc * f[k];
            // (2') through the nonlinearities
            dzI[k] = di * i[k] * (1 - i[k]);
            dzF[k] = df * f[k] * (1 - f[k]);
            dzO[k] = dO * o[k] * (1 - o[k]);
            dzG[k] = dg * (1 - g[k] * g[k]);
        }
        // (1') dh_prev = dz W_hᵀ, dx = dz W_xᵀ, dW_h, dW_x, db: the engine
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
        Activations.sigmoid(s.z[I], i, s.n); // (2)
        Activations.sigmoid(s.z[F], f, s.n);
        Activations.sigmoid(s.z[O], o, s.n);
        Activations.tanh(s.z[G], g, s.n);

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
        float[] dzI = s.dz[I];
        float[] dzF = s.dz[F];
        float[] dzO = s.dz[O];
        float[] dzG = s.dz[G];
        for (int k = 0; k < s.n; k++) {
            // (4') h was o ⊙ tanh(c): do = dh ⊙ tanh(c), and c gains dh ⊙ o ⊙ tanh'(c) on top of what came from t+1
            // (do is a word of Java's)
            float dO = dh[k] * tanhC[k];
            float dc = dcNext[k] + dh[k] * o[k] * (1 - tanhC[k] * tanhC[k]);
            // (3') c was f ⊙ c_prev + i ⊙ g
            float df = dc * cPrev[k];
            float di = dc * g[k];
            float dg = dc * i[k];
            dcPrev[k] += dc * f[k];
            // (2') through the nonlinearities
            dzI[k] = di * i[k] * (1 - i[k]);
            dzF[k] = df * f[k] * (1 - f[k]);
            dzO[k] = dO * o[k] * (1 - o[k]);
            dzG[k] = dg * (1 - g[k] * g[k]);
        }
        // (1') dh_prev = dz W_hᵀ, dx = dz W_xᵀ, dW_h, dW_x, db: the engine
    }
    // </float>
}
