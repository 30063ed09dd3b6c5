// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;
import java.util.List;
import java.util.Objects;

/**
 * Long short-term memory with layer normalisation (Ba, Kiros and Hinton 2016, "Layer normalization", arXiv:1607.06450,
 * equations 20 to 22 of the supplement): what comes from the input, what comes from the state, and the memory cell on
 * its way out, each normalised.
 *
 * <pre>
 * (1)  zx = x_t W_x + b   zh = h_prev W_h              [B,4H] blocks i | f | o | g, made by the runner
 * (2)  a = LN(zx; γ_x) + LN(zh; γ_h) + β               each LN over the 4H numbers of a row
 * (3)  i = σ(a_i)   f = σ(a_f)   o = σ(a_o)   g = tanh(a_g)
 * (4)  c = f ⊙ c_prev + i ⊙ g                          c itself goes on as it is
 * (5)  h = o ⊙ tanh(LN(c; γ_c) + β_c)                  over the H numbers of a row
 *
 *      LN(x; γ) = γ ⊙ (x - mean(x)) / √(variance(x) + 1e-5)
 * </pre>
 *
 * <p>x_t [B,D]; h, c, the gates i, f, o and the candidate g [B,H]; W_x [D,4H], W_h [H,4H], b [4H]; γ_x, γ_h and β one
 * vector [H] for each block, γ_c and β_c [H]. The gains γ are the paper's α. The paper adds three biases in (2); their
 * sum is the one β here. The state is h, c. A row is normalised by its own numbers alone, so the rows of a batch do not
 * see each other. Saved for backward: i, f, o, g, tanh(LN(c; γ_c) + β_c) under the name tanhLnC, and what {@link
 * LayerNorm} saves. For traces also a, and its like for the memory, LN(c; γ_c) + β_c, under the name lnC.
 *
 * <p>The statistics run over all four blocks at once, as LN(W_h h) and LN(W_x x) say in the paper and in the authors'
 * program (ryankiros/layer-norm, layers.py, {@code lnlstm_layer}); TensorFlow's LayerNormBasicLSTMCell takes each block
 * by itself. The bias b inside the norm is of that program too; where b is zero, (2) is the equation of the paper.
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal blocks of W_h, gains of one, and zero biases except for β_f, the forget
 * bias.
 *
 * @since 0.1.0
 */
public final class LayerNormLstmCell implements Cell {
    private static final List<String> BLOCKS = List.of("i", "f", "o", "g");
    private static final List<String> ENDINGS = List.of("_i", "_f", "_o", "_g");

    private final Layout layout;
    /** i, f, o and g. */
    private final List<Layout.Block> GATES;

    private final Layout.Part H;
    private final Layout.Part C;
    private final List<Layout.Saved> A;
    private final Layout.Saved LN_C;
    private final Layout.Saved TANH_LN_C;
    private final LayerNorm OF_INPUT;
    private final LayerNorm OF_STATE;
    private final LayerNorm OF_MEMORY;
    private final List<Layout.Unit> BETA;
    private final Layout.Unit BETA_C;

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
        layout = new Layout("lstm-layer-norm", hidden).apart();
        GATES = BLOCKS.stream().map(layout::block).toList();
        H = layout.state("h");
        C = layout.state("c");
        A = ENDINGS.stream().map(j -> layout.saved("a" + j)).toList();
        LN_C = layout.saved("lnC");
        TANH_LN_C = layout.saved("tanhLnC");
        OF_INPUT = new LayerNorm(layout, "x", ENDINGS);
        OF_STATE = new LayerNorm(layout, "h", ENDINGS);
        BETA = ENDINGS.stream()
                .map(j -> layout.unit("beta" + j, Init.constant(j.equals("_f") ? forgetBias : 0)))
                .toList();
        OF_MEMORY = new LayerNorm(layout, "c", List.of(""));
        BETA_C = layout.unit("beta_c", Init.zeros());
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        Objects.requireNonNull(s, "s");
        List<Vec> a = A.stream().map(s::saved).toList(); // (2)  a = LN(zx; γ_x) + LN(zh; γ_h) + β
        for (int j = 0; j < a.size(); j++) {
            a.get(j).set(s.p(BETA.get(j)));
        }
        OF_INPUT.forward(s, GATES.stream().map(s::zx).toList(), a);
        OF_STATE.forward(s, GATES.stream().map(s::zh).toList(), a);
        Vec i = s.saved(GATES.get(0)).sigmoid(a.get(0)); // (3)
        Vec f = s.saved(GATES.get(1)).sigmoid(a.get(1));
        Vec o = s.saved(GATES.get(2)).sigmoid(a.get(2));
        Vec g = s.saved(GATES.get(3)).tanh(a.get(3));
        Vec c = s.next(C).product(f, s.prev(C)).addProduct(i, g); // (4)  c = f ⊙ c_prev + i ⊙ g
        Vec lnC = s.saved(LN_C).set(s.p(BETA_C));
        OF_MEMORY.forward(s, List.of(c), List.of(lnC));
        Vec tanhLnC = s.saved(TANH_LN_C).tanh(lnC);
        s.next(H).product(o, tanhLnC); // (5)  h = o ⊙ tanh(LN(c; γ_c) + β_c)
    }

    @Override
    public void backward(Step s) {
        Vec i = s.saved(GATES.get(0));
        Vec f = s.saved(GATES.get(1));
        Vec o = s.saved(GATES.get(2));
        Vec g = s.saved(GATES.get(3));
        Vec tanhLnC = s.saved(TANH_LN_C);
        Vec dh = s.dNext(H);
        Vec dO = s.d(GATES.get(2)).product(dh, tanhLnC); // (5') h was o ⊙ tanh(lnC)
        Vec dtanhLnC = s.d(TANH_LN_C).product(dh, o);
        Vec dLnC = s.d(LN_C).tanhBackward(dtanhLnC, tanhLnC);
        s.dp(BETA_C).add(dLnC); // (5') lnC was LN(c; γ_c) + β_c
        Vec dc = s.d(C);
        OF_MEMORY.backward(s, List.of(dLnC), List.of(dc));
        dc.add(s.dNext(C)); // through h, and from t+1
        Vec di = s.d(GATES.get(0)).product(dc, g); // (4') c was f ⊙ c_prev + i ⊙ g
        Vec df = s.d(GATES.get(1)).product(dc, s.prev(C));
        Vec dg = s.d(GATES.get(3)).product(dc, i);
        s.dPrev(C).addProduct(dc, f);
        List<Vec> da = A.stream().map(s::d).toList();
        da.get(0).sigmoidBackward(di, i); // (3') i was σ(a_i), f and o alike
        da.get(1).sigmoidBackward(df, f);
        da.get(2).sigmoidBackward(dO, o);
        da.get(3).tanhBackward(dg, g); // (3') g was tanh(a_g)
        for (int j = 0; j < da.size(); j++) { // (2') a was LN(zx; γ_x) + LN(zh; γ_h) + β
            s.dp(BETA.get(j)).add(da.get(j));
        }
        OF_STATE.backward(s, da, GATES.stream().map(s::dzh).toList());
        OF_INPUT.backward(s, da, GATES.stream().map(s::dzx).toList());
        // (1') dh_prev += dzh W_hᵀ, dx = dzx W_xᵀ, dW_h, dW_x, db: the runner
    }
}
