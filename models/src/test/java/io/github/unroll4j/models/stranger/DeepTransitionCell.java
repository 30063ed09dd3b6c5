// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.stranger;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/**
 * A transition of three layers, the second of which has a memory: whatever no other cell asks for at once. The maps
 * reach it apart, one block has no recurrent side, there are two biases, three products of two kinds and a part of the
 * state of a size of its own.
 *
 * <pre>
 * (1) zx = x_t W_x + b                     [B,2H] blocks u | g
 *     zh = h_prev W_h + b_h                [B,H] block u
 * (2) u = tanh(zx_u + zh_u)
 * (3) m = λ m_prev + u V                   V [H,M], M = H + 1, λ = 0.5
 * (4) y = zx_g + m R + h_prev S            R [M,H], S [H,H]
 * (5) h = tanh(y)
 * </pre>
 */
public final class DeepTransitionCell implements Cell {
    private static final double LAMBDA = 0.5;

    private final Layout layout;
    private final Layout.Block U;
    private final Layout.Block G;
    private final Layout.Part H;
    private final Layout.Part M;
    private final Layout.Product V;
    private final Layout.Product R;
    private final Layout.Product S;

    public DeepTransitionCell(int hidden) {
        layout = new Layout("deep", hidden).apart().biases(Layout.Biases.TWO);
        U = layout.block("u", Init.constant(0.1));
        G = layout.inputBlock("g");
        H = layout.state("h");
        M = layout.state("m", hidden + 1);
        V = layout.product("V", "H,M", hidden, hidden + 1, Init.glorotUniform());
        R = layout.product("R", "M,H", hidden + 1, hidden, Init.glorotUniform());
        S = layout.recurrentProduct("S", Init.orthogonal());
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        Vec u = s.saved(U).sum(s.zx(U), s.zh(U));
        u.tanh(u); // (2)
        Vec m = s.next(M).set(s.prev(M));
        m.scale(0, m.length(), LAMBDA);
        s.addProduct(V, u, m); // (3)
        Vec y = s.zx(G);
        s.addProduct(R, m, y); // (4)
        s.addProduct(S, s.prev(H), y);
        s.next(H).tanh(y); // (5)
    }

    @Override
    public void backward(Step s) {
        Vec dy = s.dzx(G).tanhBackward(s.dNext(H), s.next(H)); // (5')
        Vec dhOfS = dy.copy();
        s.productBack(S, dy, dhOfS); // (4')
        s.dPrev(H).add(dhOfS);
        Vec dm = s.d(M);
        s.productBack(R, dy, dm);
        dm.add(s.dNext(M));
        s.productBack(V, dm, s.d(U)); // (3')
        s.dPrev(M).addScaled(0, LAMBDA, dm, 0, dm.length());
        s.dzh(U).set(s.dzx(U).tanhBackward(s.d(U), s.saved(U))); // (2')
    }
}
