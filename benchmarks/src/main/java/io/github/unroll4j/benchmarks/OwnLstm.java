// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.benchmarks;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/**
 * An LSTM as a user would write it against the public contract, beside the built-in one. Shows what the contract costs.
 */
final class OwnLstm implements Cell {
    private final Layout layout;
    private final Layout.Block I;
    private final Layout.Block F;
    private final Layout.Block O;
    private final Layout.Block G;
    private final Layout.Part H;
    private final Layout.Part C;
    private final Layout.Saved TANH_C;

    OwnLstm(int hidden) {
        layout = new Layout("own-lstm", hidden);
        I = layout.block("i");
        F = layout.block("f", Init.ones());
        O = layout.block("o");
        G = layout.block("g");
        H = layout.state("h");
        C = layout.state("c");
        TANH_C = layout.saved("tanhC");
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        s.saved(I).sigmoid(s.z(I));
        s.saved(F).sigmoid(s.z(F));
        s.saved(O).sigmoid(s.z(O));
        s.saved(G).tanh(s.z(G));
        s.next(C).product(s.saved(F), s.prev(C)).addProduct(s.saved(I), s.saved(G));
        s.next(H).product(s.saved(O), s.saved(TANH_C).tanh(s.next(C)));
    }

    @Override
    public void backward(Step s) {
        Vec tanhC = s.saved(TANH_C);
        Vec dO = s.d(O).product(s.dNext(H), tanhC);
        Vec dtanhC = s.d(TANH_C).product(s.dNext(H), s.saved(O));
        Vec dc = s.d(C).tanhBackward(dtanhC, tanhC).add(s.dNext(C));
        s.dPrev(C).addProduct(dc, s.saved(F));
        s.dz(I).sigmoidBackward(s.d(I).product(dc, s.saved(G)), s.saved(I));
        s.dz(F).sigmoidBackward(s.d(F).product(dc, s.prev(C)), s.saved(F));
        s.dz(O).sigmoidBackward(dO, s.saved(O));
        s.dz(G).tanhBackward(s.d(G).product(dc, s.saved(I)), s.saved(G));
    }
}
