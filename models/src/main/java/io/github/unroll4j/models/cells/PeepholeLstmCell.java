// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/**
 * Long short-term memory with peepholes: the gates see the memory cell (Gers and Schmidhuber 2000, "Recurrent nets that
 * time and count"), in the form of Graves (2013, arXiv:1308.0850), "Generating sequences with recurrent neural
 * networks", equations 7 to 11.
 *
 * <pre>
 * (1)  z = x_t W_x + b + h_prev W_h        [B,4H] blocks z_i | z_f | z_o | z_g, made by the runner
 * (2)  i = σ(z_i + p_i ⊙ c_prev)   f = σ(z_f + p_f ⊙ c_prev)   g = tanh(z_g)
 * (3)  c = f ⊙ c_prev + i ⊙ g
 * (4)  o = σ(z_o + p_o ⊙ c)                the output gate sees c_t, the two others c_{t-1}
 * (5)  h = o ⊙ tanh(c)
 * </pre>
 *
 * <p>x_t [B,D]; h, c, the gates i, f, o and the candidate g [B,H]; W_x [D,4H], W_h [H,4H], one bias b [4H]; p_i, p_f,
 * p_o [H], the diagonals of Graves's matrices from cell to gate. A step holds each of them once for every row, [B,H],
 * so that unit k of p meets unit k of c; the engine sums dp over the rows. The state is h, c. Saved for backward: i, f,
 * o, g and tanh(c).
 *
 * <p>Starts as {@link LstmCell} does, with zero peepholes: it is an LstmCell until it has learned otherwise.
 *
 * @since 0.1.0
 */
public final class PeepholeLstmCell implements Cell {
    private final Layout layout;
    private final Layout.Block I;
    private final Layout.Block F;
    private final Layout.Block O;
    private final Layout.Block G;
    private final Layout.Part H;
    private final Layout.Part C;
    private final Layout.Saved TANH_C;
    private final Layout.Unit P_I;
    private final Layout.Unit P_F;
    private final Layout.Unit P_O;

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
        layout = new Layout("lstm-peephole", hidden);
        I = layout.block("i");
        F = layout.block("f", Init.constant(forgetBias));
        O = layout.block("o");
        G = layout.block("g");
        H = layout.state("h");
        C = layout.state("c");
        TANH_C = layout.saved("tanhC");
        P_I = layout.unit("p_i", Init.zeros());
        P_F = layout.unit("p_f", Init.zeros());
        P_O = layout.unit("p_o", Init.zeros());
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        Vec cPrev = s.prev(C);
        Vec i = s.saved(I).set(s.z(I)).addProduct(s.p(P_I), cPrev); // (2)  i = σ(z_i + p_i ⊙ c_prev), f alike
        Vec f = s.saved(F).set(s.z(F)).addProduct(s.p(P_F), cPrev);
        i.sigmoid(i);
        f.sigmoid(f);
        Vec g = s.saved(G).tanh(s.z(G));
        Vec c = s.next(C).product(f, cPrev).addProduct(i, g); // (3)  c = f ⊙ c_prev + i ⊙ g
        Vec o = s.saved(O).set(s.z(O)).addProduct(s.p(P_O), c); // (4)  o = σ(z_o + p_o ⊙ c)
        o.sigmoid(o);
        Vec tanhC = s.saved(TANH_C).tanh(c);
        s.next(H).product(o, tanhC); // (5)  h = o ⊙ tanh(c)
    }

    @Override
    public void backward(Step s) {
        Vec i = s.saved(I);
        Vec f = s.saved(F);
        Vec o = s.saved(O);
        Vec g = s.saved(G);
        Vec tanhC = s.saved(TANH_C);
        Vec cPrev = s.prev(C);
        Vec dh = s.dNext(H);
        Vec dO = s.d(O).product(dh, tanhC); // (5') h was o ⊙ tanh(c)
        Vec dtanhC = s.d(TANH_C).product(dh, o);
        Vec dzO = s.dz(O).sigmoidBackward(dO, o); // (4') o was σ(z_o + p_o ⊙ c)
        s.dp(P_O).addProduct(dzO, s.next(C));
        Vec dc = s.d(C).tanhBackward(dtanhC, tanhC); // dc is what came (5') through h,
        dc.addProduct(dzO, s.p(P_O)).add(s.dNext(C)); // (4') through p_o ⊙ c, and from t+1
        Vec di = s.d(I).product(dc, g); // (3') c was f ⊙ c_prev + i ⊙ g
        Vec df = s.d(F).product(dc, cPrev);
        Vec dg = s.d(G).product(dc, i);
        s.dPrev(C).addProduct(dc, f);
        Vec dzI = s.dz(I).sigmoidBackward(di, i); // (2') i was σ(z_i + p_i ⊙ c_prev), f alike
        Vec dzF = s.dz(F).sigmoidBackward(df, f);
        s.dz(G).tanhBackward(dg, g); // (2') g was tanh(z_g)
        s.dPrev(C).addProduct(dzI, s.p(P_I)).addProduct(dzF, s.p(P_F)); // (2') dc_prev += p_i ⊙ dz_i + p_f ⊙ dz_f
        s.dp(P_I).addProduct(dzI, cPrev); // (2') dp_i += dz_i ⊙ c_prev, dp_f alike
        s.dp(P_F).addProduct(dzF, cPrev);
        // (1') dh_prev += dz W_hᵀ, dx = dz W_xᵀ, dW_h, dW_x, db: the runner
    }
}
