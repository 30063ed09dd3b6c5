// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/**
 * The gated recurrent unit of a decoder that sees a summary c of the source at every step, as Cho et al. (2014),
 * "Learning phrase representations using RNN encoder-decoder for statistical machine translation", print it in appendix
 * A.1.1. The reset gate acts after the product, and on the share of c too; the paper's encoder, which is {@link
 * GruResetBeforeCell}, resets before it.
 *
 * <pre>
 * (1)  zx = x_t W_x                        [B,3H] blocks r | z | n, made by the runner
 *      zh = h_prev W_h                     [B,3H]
 * (2)  r = σ(zx_r + zh_r + c C_r)   z = σ(zx_z + zh_z + c C_z)
 * (3)  a = zh_n + c C_n   n = tanh(zx_n + r ⊙ a)
 * (4)  h = z ⊙ h_prev + (1-z) ⊙ n
 * (5)  c = c_prev
 * </pre>
 *
 * <p>x_t [B,D]; h, c, the gates r, z, the candidate n and a [B,H]; W_x [D,3H], W_h [H,3H], C_r, C_z, C_n [H,H], no
 * biases: the paper leaves them out of its equations "to make them uncluttered". The state is h and c, which the step
 * does not change: as a part of the state it is there at every step of training and of a search, and its gradient is
 * the sum over all steps. With c = 0 this is {@link GruCell} without biases. Saved for backward: r, z, n and a.
 *
 * <p>Starts from Glorot-uniform W_x and C, and orthogonal blocks of W_h.
 *
 * @since 0.1.0
 */
public final class ContextGruCell implements Cell {
    /** The name of the part of the state that holds c. */
    public static final String CONTEXT = "context";

    private final Layout layout;
    private final Layout.Block R;
    private final Layout.Block Z;
    private final Layout.Block N;
    private final Layout.Part H;
    private final Layout.Part C;
    private final Layout.Saved A;
    private final Layout.Product C_R;
    private final Layout.Product C_Z;
    private final Layout.Product C_N;

    /**
     * A cell.
     *
     * @param hidden number of units H, and size of c
     */
    public ContextGruCell(int hidden) {
        layout = new Layout("gru", hidden).biases(Layout.Biases.NONE).apart();
        R = layout.block("r");
        Z = layout.block("z");
        N = layout.block("n");
        H = layout.state("h");
        C = layout.state(CONTEXT);
        A = layout.saved("a");
        C_R = layout.product("C_r", "C,H", hidden, hidden, Init.glorotUniform());
        C_Z = layout.product("C_z", "C,H", hidden, hidden, Init.glorotUniform());
        C_N = layout.product("C_n", "C,H", hidden, hidden, Init.glorotUniform());
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        Vec c = s.prev(C);
        Vec r = s.saved(R).sum(s.zx(R), s.zh(R)); // (2)  r = σ(zx_r + zh_r + c C_r), z alike
        Vec z = s.saved(Z).sum(s.zx(Z), s.zh(Z));
        s.addProduct(C_R, c, r);
        s.addProduct(C_Z, c, z);
        r.sigmoid(r);
        z.sigmoid(z);
        Vec a = s.saved(A).set(s.zh(N)); // (3)  a = zh_n + c C_n
        s.addProduct(C_N, c, a);
        Vec n = s.saved(N).product(r, a).add(s.zx(N)); // (3)  n = tanh(zx_n + r ⊙ a)
        n.tanh(n);
        s.next(H).mix(z, s.prev(H), n); // (4)
        s.next(C).set(c); // (5)
    }

    @Override
    public void backward(Step s) {
        Vec r = s.saved(R);
        Vec z = s.saved(Z);
        Vec n = s.saved(N);
        Vec dh = s.dNext(H);
        Vec dc = s.dPrev(C).add(s.dNext(C)); // (5') c goes on as it is; what (3') and (2') add follows
        Vec dz = s.d(Z).difference(s.prev(H), n); // (4') h was a mix of the two
        dz.product(dh, dz);
        Vec dn = s.d(N).productComplement(dh, z);
        s.dPrev(H).addProduct(dh, z);
        Vec dzxN = s.dzx(N).tanhBackward(dn, n); // (3') n was tanh(zx_n + r ⊙ a)
        Vec dr = s.d(R).product(dzxN, s.saved(A));
        Vec da = s.dzh(N).set(s.d(A).product(dzxN, r)); // (3') a was zh_n + c C_n
        Vec share = s.d(C);
        s.productBack(C_N, da, share);
        dc.add(share);
        Vec dzR =
                s.dzh(R).set(s.dzx(R).sigmoidBackward(dr, r)); // (2') r was σ of three maps: all get the same, z alike
        Vec dzZ = s.dzh(Z).set(s.dzx(Z).sigmoidBackward(dz, z));
        s.productBack(C_R, dzR, share);
        dc.add(share);
        s.productBack(C_Z, dzZ, share);
        dc.add(share);
        share.set(s.dNext(C)); // of the c that this step hands on, for traces
        // (1') dh_prev += dzh W_hᵀ, dx = dzx W_xᵀ, dW_h, dW_x: the runner
    }
}
