// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/**
 * Long short-term memory of Hochreiter and Schmidhuber (1997), "Long short-term memory", with the forget gate of Gers,
 * Schmidhuber and Cummins (2000), "Learning to forget: continual prediction with LSTM", in today's form: tanh for both
 * squashing functions, and the exact gradient through time, where both papers truncate it. Their y^in, y^φ, y^out are
 * i, f, o here, their g(net_c) is g up to its range, s_c is c, and y^c is h.
 *
 * <pre>
 * (1)  z = x_t W_x + b + h_prev W_h (+ b_h)   [B,4H] blocks z_i | z_f | z_o | z_g, made by the runner
 * (2)  i = σ(z_i)   f = σ(z_f)   o = σ(z_o)   g = tanh(z_g)
 * (3)  c = f ⊙ c_prev + i ⊙ g
 * (4)  h = o ⊙ tanh(c)
 * </pre>
 *
 * <p>x_t [B,D]; h, c, the gates i, f, o and the candidate g [B,H]; W_x [D,4H], W_h [H,4H], b [4H], and with {@link
 * Layout.Biases#TWO} also b_h [4H]. The state is h, c. Saved for backward: i, f, o, g and tanh(c), from which the
 * derivatives follow: where y = σ(z), dy/dz = y(1-y), and where y = tanh(z), dy/dz = 1-y².
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal blocks of W_h, and zero b except for the forget gate, whose bias is a
 * setting: positive, so that a new cell remembers (Gers et al. 2000), and 1 by default (Jozefowicz, Zaremba and
 * Sutskever 2015, "An empirical exploration of recurrent network architectures"). A second bias starts at zeros.
 *
 * @since 0.1.0
 */
public final class LstmCell implements Cell {
    /** The initial bias of the forget gate unless said otherwise, {@value}. */
    public static final double FORGET_BIAS = 1;

    private final Layout layout;
    private final Layout.Block I;
    private final Layout.Block F;
    private final Layout.Block O;
    private final Layout.Block G;
    private final Layout.Part H;
    private final Layout.Part C;
    private final Layout.Saved TANH_C;

    /**
     * A cell of H units with one bias and forget bias {@value #FORGET_BIAS}.
     *
     * @param hidden H, at least 1
     */
    public LstmCell(int hidden) {
        this(hidden, FORGET_BIAS);
    }

    /**
     * A cell of H units with one bias, and another forget bias.
     *
     * @param hidden H, at least 1
     * @param forgetBias what the bias of the forget gate is at the start
     */
    public LstmCell(int hidden, double forgetBias) {
        this(hidden, forgetBias, Layout.Biases.ONE);
    }

    /**
     * A cell.
     *
     * @param hidden number of units H
     * @param forgetBias initial bias of the forget gate
     * @param biases how many
     */
    public LstmCell(int hidden, double forgetBias, Layout.Biases biases) {
        layout = new Layout("lstm", hidden).biases(biases);
        I = layout.block("i");
        F = layout.block("f", Init.constant(forgetBias));
        O = layout.block("o");
        G = layout.block("g");
        H = layout.state("h");
        C = layout.state("c");
        TANH_C = layout.saved("tanhC");
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        Vec i = s.saved(I).sigmoid(s.z(I)); // (2)
        Vec f = s.saved(F).sigmoid(s.z(F));
        Vec o = s.saved(O).sigmoid(s.z(O));
        Vec g = s.saved(G).tanh(s.z(G));
        Vec c = s.next(C).product(f, s.prev(C)).addProduct(i, g); // (3)  c = f ⊙ c_prev + i ⊙ g
        Vec tanhC = s.saved(TANH_C).tanh(c);
        s.next(H).product(o, tanhC); // (4)  h = o ⊙ tanh(c)
    }

    @Override
    public void backward(Step s) {
        Vec i = s.saved(I);
        Vec f = s.saved(F);
        Vec o = s.saved(O);
        Vec g = s.saved(G);
        Vec tanhC = s.saved(TANH_C);
        Vec dh = s.dNext(H);
        Vec dO = s.d(O).product(dh, tanhC); // (4') h was o ⊙ tanh(c)
        Vec dtanhC = s.d(TANH_C).product(dh, o);
        Vec dc = s.d(C).tanhBackward(dtanhC, tanhC).add(s.dNext(C)); // (4') through h, and from t+1
        Vec di = s.d(I).product(dc, g); // (3') c was f ⊙ c_prev + i ⊙ g
        Vec df = s.d(F).product(dc, s.prev(C));
        Vec dg = s.d(G).product(dc, i);
        s.dPrev(C).addProduct(dc, f);
        s.dz(I).sigmoidBackward(di, i); // (2') i was σ(z_i), f and o alike
        s.dz(F).sigmoidBackward(df, f);
        s.dz(O).sigmoidBackward(dO, o);
        s.dz(G).tanhBackward(dg, g); // (2') g was tanh(z_g)
        // (1') dh_prev += dz W_hᵀ, dx = dz W_xᵀ, dW_h, dW_x, db (and db_h): the runner
    }
}
