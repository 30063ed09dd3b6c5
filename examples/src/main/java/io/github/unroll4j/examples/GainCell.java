// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

// [cell]
/** An update gate u and a candidate g: (2) u = σ(z_u), y = a ⊙ z_g, g = tanh(y); (3) h = u ⊙ g + (1-u) ⊙ h_prev. */
final class GainCell implements Cell {
    private final Layout layout;
    private final Layout.Block U, G;
    private final Layout.Part H;
    private final Layout.Saved ZG;
    private final Layout.Unit A;

    GainCell(int hidden) {
        layout = new Layout("gain", hidden);
        U = layout.block("u");
        G = layout.block("g");
        H = layout.state("h");
        ZG = layout.saved("z_g");
        A = layout.unit("a", Init.ones());
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        Vec u = s.saved(U).sigmoid(s.z(U)); // (2)
        Vec y = s.saved(G).product(s.p(A), s.saved(ZG).set(s.z(G)));
        s.next(H).mix(u, y.tanh(y), s.prev(H)); // (3)
    }

    @Override
    public void backward(Step s) {
        Vec u = s.saved(U), g = s.saved(G), dh = s.dNext(H);
        Vec du = s.d(U).product(dh, s.d(U).difference(g, s.prev(H))); // (3')
        s.dPrev(H).addProductComplement(dh, u);
        Vec dy = s.dz(G).tanhBackward(s.d(G).product(dh, u), g); // (3'), (2')
        s.dp(A).addProduct(dy, s.saved(ZG));
        s.dz(G).product(dy, s.p(A));
        s.dz(U).sigmoidBackward(du, u);
    }
}
// [/cell]
