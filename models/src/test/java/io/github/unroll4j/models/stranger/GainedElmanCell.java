// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.stranger;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/**
 * An Elman cell with softsign and a gain for each unit, one number at a time: softsign is no verb.
 *
 * <pre>
 * (1) z = x_t W_x + h_prev W_h + b
 * (2) u = z / (1 + |z|)
 * (3) h = γ ⊙ u
 * </pre>
 */
public final class GainedElmanCell implements Cell {
    private final Layout layout;
    private final Layout.Block Z;
    private final Layout.Part H;
    private final Layout.Saved U;
    private final Layout.Unit GAMMA;

    public GainedElmanCell(int hidden) {
        layout = new Layout("gained", hidden);
        Z = layout.block("h");
        H = layout.state("h");
        U = layout.saved("u");
        GAMMA = layout.unit("gamma", Init.ones());
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        Vec z = s.z(Z);
        for (int k = 0; k < z.length(); k++) {
            s.saved(U).set(k, z.get(k) / (1 + Math.abs(z.get(k)))); // (2)
            s.next(H).set(k, s.p(GAMMA).get(k) * s.saved(U).get(k)); // (3)
        }
    }

    @Override
    public void backward(Step s) {
        Vec dh = s.dNext(H);
        Vec dgamma = s.dp(GAMMA);
        for (int k = 0; k < dh.length(); k++) {
            double u = s.saved(U).get(k);
            double du = dh.get(k) * s.p(GAMMA).get(k); // (3')
            dgamma.set(k, dgamma.get(k) + dh.get(k) * u);
            s.dz(Z).set(k, du * (1 - Math.abs(u)) * (1 - Math.abs(u))); // (2'), from the output
        }
    }
}
