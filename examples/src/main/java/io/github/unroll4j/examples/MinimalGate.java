// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

// [layout]
/** (2) f = σ(zx_f + zh_f); (3) n = tanh(zx_n + f ⊙ zh_n); (4) h = f ⊙ n + (1-f) ⊙ h_prev. */
final class MinimalGate implements Cell {
    private final Layout layout;
    private final Layout.Block F, N;
    private final Layout.Part H;
    private final Layout.Saved ZH_N;

    MinimalGate(int hidden) {
        layout = new Layout("minimal", hidden).apart();
        F = layout.block("f");
        N = layout.block("n");
        H = layout.state("h");
        ZH_N = layout.saved("zh_n");
    }

    @Override
    public Layout layout() {
        return layout;
    }
    // [/layout]

    // [forward]
    @Override
    public void forward(Step s) {
        Vec f = s.saved(F).sum(s.zx(F), s.zh(F)); // (2)
        f.sigmoid(f);
        Vec zhN = s.saved(ZH_N).set(s.zh(N));
        Vec n = s.saved(N).product(f, zhN).add(s.zx(N)); // (3)
        n.tanh(n);
        s.next(H).mix(f, n, s.prev(H)); // (4)
    }
    // [/forward]

    // [backward]
    @Override
    public void backward(Step s) {
        Vec f = s.saved(F), n = s.saved(N), dh = s.dNext(H);
        Vec df = s.d(F).product(dh, s.d(F).difference(n, s.prev(H))); // (4') into f, n and h_prev
        Vec dn = s.d(N).product(dh, f);
        s.dPrev(H).addProductComplement(dh, f);
        Vec dzxN = s.dzx(N).tanhBackward(dn, n); // (3') into the sum, and from there into both factors
        s.dzh(N).set(s.d(ZH_N).product(dzxN, f));
        df.addProduct(dzxN, s.saved(ZH_N));
        s.dzh(F).set(s.dzx(F).sigmoidBackward(df, f)); // (2')
    }
    // [/backward]
}
