// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/**
 * Long short-term memory with coupled input and forget gates: what is written makes room for itself. The variant CIFG
 * of Greff et al. (2017), "LSTM: a search space odyssey", f = 1 - i; without peepholes.
 *
 * <pre>
 * (1)  z = x_t W_x + b + h_prev W_h        [B,3H] blocks z_i | z_o | z_g, made by the runner
 * (2)  i = σ(z_i)   o = σ(z_o)   g = tanh(z_g)
 * (3)  c = (1-i) ⊙ c_prev + i ⊙ g
 * (4)  h = o ⊙ tanh(c)
 * </pre>
 *
 * <p>x_t [B,D]; h, c, the gates i, o and the candidate g [B,H]; W_x [D,3H], W_h [H,3H], one bias b [3H]: three quarters
 * of the weights of {@link LstmCell}. The state is h, c. Saved for backward: i, o, g and tanh(c).
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal blocks of W_h, and zero b except for the input gate, whose bias is
 * minus the forget bias: 1 - σ(-a) = σ(a), so the share that is kept starts where that of an LstmCell does.
 *
 * @since 0.1.0
 */
public final class CoupledLstmCell implements Cell {
    private final Layout layout;
    private final Layout.Block I;
    private final Layout.Block O;
    private final Layout.Block G;
    private final Layout.Part H;
    private final Layout.Part C;
    private final Layout.Saved TANH_C;

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
        layout = new Layout("lstm-coupled", hidden);
        I = layout.block("i", Init.constant(-forgetBias));
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
        Vec o = s.saved(O).sigmoid(s.z(O));
        Vec g = s.saved(G).tanh(s.z(G));
        Vec c = s.next(C).mix(i, g, s.prev(C)); // (3)  c = i ⊙ g + (1-i) ⊙ c_prev
        Vec tanhC = s.saved(TANH_C).tanh(c);
        s.next(H).product(o, tanhC); // (4)  h = o ⊙ tanh(c)
    }

    @Override
    public void backward(Step s) {
        Vec i = s.saved(I);
        Vec o = s.saved(O);
        Vec g = s.saved(G);
        Vec tanhC = s.saved(TANH_C);
        Vec dh = s.dNext(H);
        Vec dO = s.d(O).product(dh, tanhC); // (4') h was o ⊙ tanh(c)
        Vec dtanhC = s.d(TANH_C).product(dh, o);
        Vec dc = s.d(C).tanhBackward(dtanhC, tanhC).add(s.dNext(C)); // (4') through h, and from t+1
        Vec di = s.d(I).difference(g, s.prev(C)); // (3') c was i ⊙ g + (1-i) ⊙ c_prev: i wrote g and erased c_prev
        di.product(dc, di);
        Vec dg = s.d(G).product(dc, i);
        s.dPrev(C).addProductComplement(dc, i);
        s.dz(I).sigmoidBackward(di, i); // (2') i was σ(z_i), o alike
        s.dz(O).sigmoidBackward(dO, o);
        s.dz(G).tanhBackward(dg, g); // (2') g was tanh(z_g)
        // (1') dh_prev += dz W_hᵀ, dx = dz W_xᵀ, dW_h, dW_x, db: the runner
    }
}
