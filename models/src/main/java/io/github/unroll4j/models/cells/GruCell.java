// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/**
 * The gated recurrent unit of Cho et al. (2014), "Learning phrase representations using RNN encoder-decoder for
 * statistical machine translation", with the reset gate after the recurrent product, as cuDNN, PyTorch and Keras have
 * it.
 *
 * <pre>
 * (1)  zx = x_t W_x + b                    [B,3H] blocks r | z | n, made by the runner
 *      zh = h_prev W_h + b_h               [B,3H] b_h where the formulation has it
 * (2)  r = σ(zx_r + zh_r)   z = σ(zx_z + zh_z)
 * (3)  n = tanh(zx_n + r ⊙ zh_n)
 * (4)  h = z ⊙ h_prev + (1-z) ⊙ n          where the update gate KEEPS
 *      h = z ⊙ n + (1-z) ⊙ h_prev          where it WRITES
 * </pre>
 *
 * <p>x_t [B,D]; h, the gates r, z and the candidate n [B,H]; W_x [D,3H], W_h [H,3H], b and b_h [3H]. The state is h.
 * The two affine maps reach the cell apart, because in (3) only the recurrent one passes the reset gate; so there are
 * two gradients, dzx and dzh. Saved for backward: r, z, n and zh_n. Cho et al. (2014) reset after the product in the
 * first version of arXiv:1406.1078 and before it from the third on; these are two functions: {@link GruFormulation}.
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal blocks of W_h and zero biases.
 *
 * @since 0.1.0
 */
public final class GruCell implements Cell {
    private final boolean keeps;
    private final Layout layout;
    private final Layout.Block R;
    private final Layout.Block Z;
    private final Layout.Block N;
    private final Layout.Part H;
    private final Layout.Saved ZH_N;

    /**
     * A cell in PyTorch's formulation.
     *
     * @param hidden number of units H
     */
    public GruCell(int hidden) {
        this(hidden, GruFormulation.PYTORCH);
    }

    /**
     * A cell.
     *
     * @param hidden number of units H
     * @param formulation one with {@link GruFormulation.Reset#AFTER}
     * @throws IllegalArgumentException for a formulation that resets before the product, which is a {@link
     *     GruResetBeforeCell}
     */
    public GruCell(int hidden, GruFormulation formulation) {
        formulation.require("GruCell", GruFormulation.Reset.AFTER);
        keeps = formulation.update() == GruFormulation.Update.KEEPS;
        layout = new Layout("gru", hidden).biases(formulation.biases()).apart();
        R = layout.block("r");
        Z = layout.block("z");
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
        Vec r = s.saved(R).sum(s.zx(R), s.zh(R)); // (2)  r = σ(zx_r + zh_r), z alike
        Vec z = s.saved(Z).sum(s.zx(Z), s.zh(Z));
        r.sigmoid(r);
        z.sigmoid(z);
        Vec zhN = s.saved(ZH_N).set(s.zh(N));
        Vec n = s.saved(N).product(r, zhN).add(s.zx(N)); // (3)  n = tanh(zx_n + r ⊙ zh_n)
        n.tanh(n);
        s.next(H).mix(z, keeps ? s.prev(H) : n, keeps ? n : s.prev(H)); // (4)
    }

    @Override
    public void backward(Step s) {
        Vec r = s.saved(R);
        Vec z = s.saved(Z);
        Vec n = s.saved(N);
        Vec dh = s.dNext(H);
        Vec dz = s.d(Z).difference(keeps ? s.prev(H) : n, keeps ? n : s.prev(H)); // (4') h was a mix of the two
        dz.product(dh, dz);
        Vec dn = s.d(N);
        if (keeps) {
            dn.productComplement(dh, z);
            s.dPrev(H).addProduct(dh, z);
        } else {
            dn.product(dh, z);
            s.dPrev(H).addProductComplement(dh, z);
        }
        Vec dzxN = s.dzx(N).tanhBackward(dn, n); // (3') n was tanh(zx_n + r ⊙ zh_n)
        Vec dr = s.d(R).product(dzxN, s.saved(ZH_N));
        s.dzh(N).set(s.d(ZH_N).product(dzxN, r));
        s.dzh(R).set(s.dzx(R).sigmoidBackward(dr, r)); // (2') r was σ(zx_r + zh_r): both sides get the same, z alike
        s.dzh(Z).set(s.dzx(Z).sigmoidBackward(dz, z));
        // (1') dh_prev += dzh W_hᵀ, dx = dzx W_xᵀ, dW_h, dW_x, db (and db_h): the runner
    }
}
