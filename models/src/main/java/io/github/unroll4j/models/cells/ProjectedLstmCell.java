// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/**
 * Long short-term memory whose output is projected to fewer numbers than it has memory cells, LSTMP of Sak, Senior and
 * Beaufays (2014, arXiv:1402.1128), "Long short-term memory based recurrent neural network architectures for large
 * vocabulary speech recognition", as PyTorch has it ({@code proj_size}): without the paper's peepholes, and without its
 * second projection, which does not recur.
 *
 * <pre>
 * (1)  z = x_t W_x + b + h_prev W_h (+ b_h)   [B,4H] blocks z_i | z_f | z_o | z_g, made by the runner
 * (2)  i = σ(z_i)   f = σ(z_f)   o = σ(z_o)   g = tanh(z_g)
 * (3)  c = f ⊙ c_prev + i ⊙ g
 * (4)  m = o ⊙ tanh(c)
 * (5)  h = m W_p                              the paper's r_t
 * </pre>
 *
 * <p>x_t [B,D]; c, m, the gates i, f, o and the candidate g [B,H]; h [B,P]; W_x [D,4H], W_h [P,4H], W_p [H,P], b [4H].
 * The state is h, c, of rows of different sizes: with P below H the memory is larger than what recurs, and 4H·P + H·P
 * weights take the place of 4H·H. Saved for backward: i, f, o, g, tanh(c) and m.
 *
 * <p>Starts from Glorot-uniform W_x and W_p, orthogonal blocks of W_h, and zero b except for the forget gate.
 *
 * @since 0.1.0
 */
public final class ProjectedLstmCell implements Cell {
    private final Layout layout;
    private final Layout.Block I;
    private final Layout.Block F;
    private final Layout.Block O;
    private final Layout.Block G;
    private final Layout.Part H;
    private final Layout.Part C;
    private final Layout.Saved TANH_C;
    private final Layout.Saved M;
    private final Layout.Product W_P;

    /**
     * A cell with one bias and forget bias {@value LstmCell#FORGET_BIAS}.
     *
     * @param hidden number of memory cells H
     * @param projected size of an output row P
     */
    public ProjectedLstmCell(int hidden, int projected) {
        this(hidden, projected, LstmCell.FORGET_BIAS, Layout.Biases.ONE);
    }

    /**
     * A cell.
     *
     * @param hidden number of memory cells H
     * @param projected size of an output row P
     * @param forgetBias initial bias of the forget gate
     * @param biases how many
     */
    public ProjectedLstmCell(int hidden, int projected, double forgetBias, Layout.Biases biases) {
        layout = new Layout("lstm-projected", hidden).biases(biases);
        I = layout.block("i");
        F = layout.block("f", Init.constant(forgetBias));
        O = layout.block("o");
        G = layout.block("g");
        H = layout.state("h", projected);
        C = layout.state("c");
        TANH_C = layout.saved("tanhC");
        M = layout.saved("m");
        W_P = layout.product("W_p", "H,P", hidden, projected, Init.glorotUniform());
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
        Vec m = s.saved(M).product(o, tanhC); // (4)  m = o ⊙ tanh(c)
        s.product(W_P, m, s.next(H)); // (5)  h = m W_p
    }

    @Override
    public void backward(Step s) {
        Vec i = s.saved(I);
        Vec f = s.saved(F);
        Vec o = s.saved(O);
        Vec g = s.saved(G);
        Vec tanhC = s.saved(TANH_C);
        Vec dm = s.d(M);
        s.productBack(W_P, s.dNext(H), dm); // (5') h was m W_p
        Vec dO = s.d(O).product(dm, tanhC); // (4') m was o ⊙ tanh(c)
        Vec dtanhC = s.d(TANH_C).product(dm, o);
        Vec dc = s.d(C).tanhBackward(dtanhC, tanhC).add(s.dNext(C)); // (4') through m, and from t+1
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
