// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/**
 * The gated recurrent unit with the reset gate before the recurrent product: Cho et al. (2014), "Learning phrase
 * representations using RNN encoder-decoder for statistical machine translation", from the third version of
 * arXiv:1406.1078 on; Chung et al. (2014) and Bahdanau et al. (2014) with the other polarity of z.
 *
 * <pre>
 * (1)  z_r = x_t W_xr + b_r + h_prev W_hr  [B,H] each, made by the runner
 *      z_z = x_t W_xz + b_z + h_prev W_hz
 *      z_n = x_t W_xn + b_n
 * (2)  r = σ(z_r)   z = σ(z_z)
 * (3)  rh = r ⊙ h_prev   z_n += rh U_n   n = tanh(z_n)
 * (4)  h = z ⊙ h_prev + (1-z) ⊙ n          where the update gate KEEPS
 *      h = z ⊙ n + (1-z) ⊙ h_prev          where it WRITES
 * </pre>
 *
 * <p>x_t [B,D]; h, the gates r, z, what is left of the state rh and the candidate n [B,H]; W_x [D,3H] blocks r | z | n,
 * W_h [H,2H] blocks r | z, U_n [H,H], b [3H] where the formulation has it, and b_h [3H] where it has two. The product
 * in (3) waits for r. Saved for backward: r, z, rh and n. {@link GruCell} is the unit with the reset after the product.
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal blocks of W_h, an orthogonal U_n, and zero biases.
 *
 * @since 0.1.0
 */
public final class GruResetBeforeCell implements Cell {
    private final boolean keeps;
    private final Layout layout;
    private final Layout.Block R;
    private final Layout.Block Z;
    private final Layout.Block N;
    private final Layout.Part H;
    private final Layout.Saved RH;
    private final Layout.Product U_N;

    /**
     * A cell.
     *
     * @param hidden number of units H
     * @param formulation one with {@link GruFormulation.Reset#BEFORE}
     * @throws IllegalArgumentException for a formulation that resets after the product, which is a {@link GruCell}
     */
    public GruResetBeforeCell(int hidden, GruFormulation formulation) {
        formulation.require("GruResetBeforeCell", GruFormulation.Reset.BEFORE);
        keeps = formulation.update() == GruFormulation.Update.KEEPS;
        layout = new Layout("gru", hidden).biases(formulation.biases());
        R = layout.block("r");
        Z = layout.block("z");
        N = layout.inputBlock("n");
        H = layout.state("h");
        RH = layout.saved("rh");
        U_N = layout.recurrentProduct("U_n", Init.orthogonal());
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        Vec r = s.saved(R).sigmoid(s.z(R)); // (2)
        Vec z = s.saved(Z).sigmoid(s.z(Z));
        Vec rh = s.saved(RH).product(r, s.prev(H)); // (3)  rh = r ⊙ h_prev
        s.addProduct(U_N, rh, s.z(N)); // (3)  z_n += rh U_n
        Vec n = s.saved(N).tanh(s.z(N));
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
        Vec dzN = s.dz(N).tanhBackward(dn, n); // (3') n was tanh(z_n)
        Vec drh = s.d(RH);
        s.productBack(U_N, dzN, drh); // (3') z_n had gained rh U_n
        Vec dr = s.d(R).product(drh, s.prev(H)); // (3') rh was r ⊙ h_prev
        s.dPrev(H).addProduct(drh, r);
        s.dz(R).sigmoidBackward(dr, r); // (2') r was σ(z_r), z alike
        s.dz(Z).sigmoidBackward(dz, z);
        // (1') dh_prev += (dz_r|dz_z) W_hᵀ, dx = (dz_r|dz_z|dz_n) W_xᵀ, dW_h, dW_x, db (and db_h): the runner
    }
}
