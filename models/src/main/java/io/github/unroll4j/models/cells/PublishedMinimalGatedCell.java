// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/**
 * The minimal gated unit as published: Zhou, Wu, Zhang and Zhou (2016, arXiv:1603.09420), "Minimal gated unit for
 * recurrent neural networks". One gate f both updates the state and resets it, before the product of the candidate.
 *
 * <pre>
 * (1)  z_f = x_t W_xf + b_f + h_prev W_h   z_n = x_t W_xn + b_n    [B,H] each, made by the runner
 * (2)  f = σ(z_f)
 * (3)  fh = f ⊙ h_prev   z_n += fh U_n   n = tanh(z_n)
 * (4)  h = f ⊙ n + (1-f) ⊙ h_prev
 * </pre>
 *
 * <p>x_t [B,D]; h, f, fh and n [B,H]; W_x [D,2H] blocks f | n, W_h [H,H], U_n [H,H], b [2H]. The state is h. Saved for
 * backward: f, fh and n. {@link MinimalGatedCell} resets after the product.
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal W_h and U_n, and zero b.
 *
 * @since 0.1.0
 */
public final class PublishedMinimalGatedCell implements Cell {
    private final Layout layout;
    private final Layout.Block F;
    private final Layout.Block N;
    private final Layout.Part H;
    private final Layout.Saved FH;
    private final Layout.Product U_N;

    /**
     * A cell with one bias, as in the paper.
     *
     * @param hidden number of units H
     */
    public PublishedMinimalGatedCell(int hidden) {
        this(hidden, Layout.Biases.ONE);
    }

    /**
     * A cell.
     *
     * @param hidden number of units H
     * @param biases how many
     */
    public PublishedMinimalGatedCell(int hidden, Layout.Biases biases) {
        layout = new Layout("mgu", hidden).biases(biases);
        F = layout.block("f");
        N = layout.inputBlock("n");
        H = layout.state("h");
        FH = layout.saved("fh");
        U_N = layout.recurrentProduct("U_n", Init.orthogonal());
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        Vec f = s.saved(F).sigmoid(s.z(F)); // (2)
        Vec fh = s.saved(FH).product(f, s.prev(H)); // (3)  fh = f ⊙ h_prev
        s.addProduct(U_N, fh, s.z(N)); // (3)  z_n += fh U_n
        Vec n = s.saved(N).tanh(s.z(N));
        s.next(H).mix(f, n, s.prev(H)); // (4)  h = f ⊙ n + (1-f) ⊙ h_prev
    }

    @Override
    public void backward(Step s) {
        Vec f = s.saved(F);
        Vec n = s.saved(N);
        Vec dh = s.dNext(H);
        Vec df = s.d(F).difference(n, s.prev(H)); // (4') h was f ⊙ n + (1-f) ⊙ h_prev
        df.product(dh, df);
        Vec dn = s.d(N).product(dh, f);
        s.dPrev(H).addProductComplement(dh, f);
        Vec dzN = s.dz(N).tanhBackward(dn, n); // (3') n was tanh(z_n)
        Vec dfh = s.d(FH);
        s.productBack(U_N, dzN, dfh); // (3') z_n had gained fh U_n
        df.addProduct(dfh, s.prev(H)); // (3') fh was f ⊙ h_prev
        s.dPrev(H).addProduct(dfh, f);
        s.dz(F).sigmoidBackward(df, f); // (2') f was σ(z_f)
        // (1') dh_prev += dz_f W_hᵀ, dx = (dz_f|dz_n) W_xᵀ, dW_h, dW_x, db (and db_h): the runner
    }
}
