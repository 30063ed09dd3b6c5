// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/**
 * The minimal gated unit with the reset after the recurrent product. {@link PublishedMinimalGatedCell} is the unit of
 * the paper, Zhou, Wu, Zhang and Zhou (2016, arXiv:1603.09420), "Minimal gated unit for recurrent neural networks",
 * which resets before it.
 *
 * <pre>
 * (1)  zx = x_t W_x + b                    [B,2H] blocks f | n, made by the runner
 *      zh = h_prev W_h                     [B,2H]
 * (2)  f = σ(zx_f + zh_f)
 * (3)  n = tanh(zx_n + f ⊙ zh_n)           the paper: tanh(zx_n + (f ⊙ h_prev) U_n)
 * (4)  h = f ⊙ n + (1-f) ⊙ h_prev
 * </pre>
 *
 * <p>x_t [B,D]; h, f and n [B,H]; W_x [D,2H], W_h [H,2H], one bias b [2H], outside the reset as in the paper. The state
 * is h. Saved for backward: f, n and zh_n. The two forms are two functions, as the two GRUs are ({@code
 * GruFormulation}); weights of the one mean nothing to the other. This one has one recurrent product for both blocks.
 * Despite its letter f writes: f = 0 keeps the state, f = 1 replaces it.
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal blocks of W_h and zero b.
 *
 * @since 0.1.0
 */
public final class MinimalGatedCell implements Cell {
    private final Layout layout;
    private final Layout.Block F;
    private final Layout.Block N;
    private final Layout.Part H;
    private final Layout.Saved ZH_N;

    /**
     * A cell with one bias.
     *
     * @param hidden number of units H
     */
    public MinimalGatedCell(int hidden) {
        this(hidden, Layout.Biases.ONE);
    }

    /**
     * A cell.
     *
     * @param hidden number of units H
     * @param biases how many; the n block of a second one is inside the reset
     */
    public MinimalGatedCell(int hidden, Layout.Biases biases) {
        layout = new Layout("mgu", hidden).biases(biases).apart();
        F = layout.block("f");
        N = layout.block("n");
        H = layout.state("h");
        ZH_N = layout.saved("zh_n");
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        Vec f = s.saved(F).sum(s.zx(F), s.zh(F)); // (2)  f = σ(zx_f + zh_f)
        f.sigmoid(f);
        Vec zhN = s.saved(ZH_N).set(s.zh(N));
        Vec n = s.saved(N).product(f, zhN).add(s.zx(N)); // (3)  n = tanh(zx_n + f ⊙ zh_n)
        n.tanh(n);
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
        Vec dzxN = s.dzx(N).tanhBackward(dn, n); // (3') n was tanh(zx_n + f ⊙ zh_n)
        df.addProduct(dzxN, s.saved(ZH_N));
        s.dzh(N).set(s.d(ZH_N).product(dzxN, f));
        s.dzh(F).set(s.dzx(F).sigmoidBackward(df, f)); // (2') f was σ(zx_f + zh_f): both sides get the same
        // (1') dh_prev += dzh W_hᵀ, dx = dzx W_xᵀ, dW_h, dW_x, db (and db_h): the runner
    }
}
