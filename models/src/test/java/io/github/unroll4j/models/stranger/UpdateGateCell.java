// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.stranger;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/**
 * A cell with an update gate that sees the state through a peephole, and a candidate whose recurrent side has a gain:
 * the two affine maps must reach it apart.
 *
 * <pre>
 * (1) zx = x_t W_x + b, zh = h_prev W_h
 * (2) u = σ(zx_u + zh_u + p ⊙ h_prev)
 * (3) g = tanh(zx_g + q ⊙ zh_g)
 * (4) h = u ⊙ h_prev + (1 - u) ⊙ g
 * </pre>
 */
public final class UpdateGateCell implements Cell {
    private final Layout layout;
    private final Layout.Block U;
    private final Layout.Block G;
    private final Layout.Part H;
    private final Layout.Saved ZH_G;
    private final Layout.Unit P;
    private final Layout.Unit Q;

    public UpdateGateCell(int hidden) {
        layout = new Layout("update", hidden)
                .apart()
                .startingWith(Init.glorotUniform(2), Init.orthogonalBlocks(2), Init.zeros());
        U = layout.block("u");
        G = layout.block("g");
        H = layout.state("h");
        ZH_G = layout.saved("zh_g");
        P = layout.unit("p", Init.zeros());
        Q = layout.unit("q", Init.ones());
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        Vec u = s.saved(U).sum(s.zx(U), s.zh(U)).addProduct(s.p(P), s.prev(H));
        u.sigmoid(u); // (2)
        Vec g = s.saved(G).set(s.zx(G)).addProduct(s.p(Q), s.saved(ZH_G).set(s.zh(G)));
        g.tanh(g); // (3)
        s.next(H).mix(u, s.prev(H), g); // (4)
    }

    @Override
    public void backward(Step s) {
        Vec u = s.saved(U);
        Vec g = s.saved(G);
        Vec dh = s.dNext(H);
        Vec du = s.d(U).difference(s.prev(H), g); // (4')
        du.product(du, dh);
        Vec dg = s.d(G).productComplement(dh, u);
        s.dPrev(H).addProduct(dh, u);
        Vec ag = s.dzx(G).tanhBackward(dg, g); // (3')
        s.dzh(G).set(s.d(ZH_G).product(ag, s.p(Q)));
        s.dp(Q).addProduct(ag, s.saved(ZH_G));
        Vec au = s.dzx(U).sigmoidBackward(du, u); // (2')
        s.dzh(U).set(au);
        s.dp(P).addProduct(au, s.prev(H));
        s.dPrev(H).addProduct(au, s.p(P));
    }
}
