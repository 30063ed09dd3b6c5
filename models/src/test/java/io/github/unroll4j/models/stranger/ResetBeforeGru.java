// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.stranger;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/**
 * A GRU that resets before the second product, which so waits for a gate. It tells no gradient of what it saved.
 *
 * <pre>
 * (1) a = x_t W_x + b                      [B,3H] blocks r | u | n
 * (2) r, u = σ(a_r + h_prev W_r), σ(a_u + h_prev W_u)      W_h [H,2H] blocks r | u
 * (3) c = (r ⊙ h_prev) W_n,  n = tanh(a_n + c)
 * (4) h = u ⊙ h_prev + (1 - u) ⊙ n
 * </pre>
 */
public final class ResetBeforeGru implements Cell {
    private final Layout layout;
    private final Layout.Block R;
    private final Layout.Block U;
    private final Layout.Block N;
    private final Layout.Part H;
    private final Layout.Product W_N;

    public ResetBeforeGru(int hidden) {
        layout = new Layout("reset-before", hidden);
        R = layout.block("r");
        U = layout.block("u");
        N = layout.inputBlock("n");
        H = layout.state("h");
        W_N = layout.recurrentProduct("W_n", Init.orthogonal());
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        Vec r = s.saved(R).sigmoid(s.z(R)); // (2)
        Vec u = s.saved(U).sigmoid(s.z(U));
        Vec reset = r.copy().product(r, s.prev(H));
        Vec n = s.saved(N);
        s.product(W_N, reset, n); // (3)
        n.add(s.z(N)).tanh(n);
        s.next(H).mix(u, s.prev(H), n); // (4)
    }

    @Override
    public void backward(Step s) {
        Vec r = s.saved(R);
        Vec u = s.saved(U);
        Vec n = s.saved(N);
        Vec h_prev = s.prev(H);
        Vec dh = s.dNext(H);
        Vec du = u.copy().difference(h_prev, n); // (4')
        du.product(du, dh);
        Vec dn = n.copy().productComplement(dh, u);
        s.dPrev(H).addProduct(dh, u);
        Vec dReset = n.copy();
        s.productBack(W_N, s.dz(N).tanhBackward(dn, n), dReset); // (3')
        s.dPrev(H).addProduct(dReset, r);
        s.dz(R).sigmoidBackward(dReset.product(dReset, h_prev), r); // (2')
        s.dz(U).sigmoidBackward(du, u);
    }
}
