// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.stranger;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/**
 * A GRU that resets after the product, which needs a recurrent bias, with a gain on the candidate.
 *
 * <pre>
 * (1) zx = x_t W_x + b, zh = h_prev W_h + b_h
 * (2) r = σ(zx_r + zh_r), u = σ(zx_u + zh_u)
 * (3) n = tanh(zx_n + r ⊙ zh_n)
 * (4) h = u ⊙ h_prev + (1 - u) ⊙ g,  g = γ ⊙ n
 * </pre>
 */
public final class GainedGruCell implements Cell {
    private final Layout layout;
    private final Layout.Block R;
    private final Layout.Block U;
    private final Layout.Block N;
    private final Layout.Part H;
    private final Layout.Saved ZH_N;
    private final Layout.Saved G;
    private final Layout.Unit GAMMA;

    public GainedGruCell(int hidden) {
        layout = new Layout("gained-gru", hidden).apart().biases(Layout.Biases.TWO);
        R = layout.block("r");
        U = layout.block("u");
        N = layout.block("n");
        H = layout.state("h");
        ZH_N = layout.saved("zh_n");
        G = layout.saved("g");
        GAMMA = layout.unit("gamma", Init.ones());
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        Vec r = s.saved(R).sum(s.zx(R), s.zh(R));
        Vec u = s.saved(U).sum(s.zx(U), s.zh(U));
        r.sigmoid(r); // (2)
        u.sigmoid(u);
        Vec n = s.saved(N).product(r, s.saved(ZH_N).set(s.zh(N))).add(s.zx(N));
        n.tanh(n); // (3)
        s.next(H).mix(u, s.prev(H), s.saved(G).product(s.p(GAMMA), n)); // (4)
    }

    @Override
    public void backward(Step s) {
        Vec r = s.saved(R);
        Vec u = s.saved(U);
        Vec n = s.saved(N);
        Vec dh = s.dNext(H);
        Vec du = s.d(U).difference(s.prev(H), s.saved(G)); // (4')
        du.product(du, dh);
        s.dPrev(H).addProduct(dh, u);
        Vec dg = s.d(G).productComplement(dh, u);
        s.dp(GAMMA).addProduct(dg, n);
        Vec dn = s.d(N).product(dg, s.p(GAMMA));
        Vec dzxN = s.dzx(N).tanhBackward(dn, n); // (3')
        Vec dr = s.d(R).product(dzxN, s.saved(ZH_N));
        s.dzh(N).set(s.d(ZH_N).product(dzxN, r));
        s.dzh(R).set(s.dzx(R).sigmoidBackward(dr, r)); // (2')
        s.dzh(U).set(s.dzx(U).sigmoidBackward(du, u));
    }
}
