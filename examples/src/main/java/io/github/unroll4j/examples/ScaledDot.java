// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.Pairs;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.attention.ScoreLayout;

// [layout]
/** (1) q = h_t W_q, key_s = h̄_s W_k; (2) r = q / √A; (3) e_s = ⟨r, key_s⟩. */
final class ScaledDot implements Score {
    private final ScoreLayout layout;
    private final ScoreLayout.Scratch R;

    ScaledDot(int size) {
        layout = new ScoreLayout("scaled", size)
                .query("W_q", Init.glorotUniform())
                .key("W_k", Init.glorotUniform());
        R = layout.scratch("r");
    }

    @Override
    public ScoreLayout layout() {
        return layout;
    }
    // [/layout]

    // [forward]
    @Override
    public void forward(Pairs p) {
        Vec r = p.scratch(R).product(1 / Math.sqrt(p.size()), p.q()); // (2)
        for (int s = 0; s < p.positions(); s++) {
            p.e(s).dots(r, p.key(s)); // (3)
        }
    }
    // [/forward]

    // [backward]
    @Override
    public void backward(Pairs p) {
        Vec r = p.scratch(R).product(1 / Math.sqrt(p.size()), p.q()); // (2) again
        Vec dr = p.d(R);
        dr.clear();
        for (int s = 0; s < p.positions(); s++) {
            dr.addProduct(p.de(s), p.key(s)); // (3')
            p.dKey(s).addProduct(p.de(s), r);
        }
        p.dq().addProduct(1 / Math.sqrt(p.size()), dr); // (2')
    }
    // [/backward]
}
