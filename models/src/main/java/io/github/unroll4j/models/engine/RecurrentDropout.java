// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Noise;

/**
 * Dropout of h_prev on its way into W_h, with one mask for all steps of a pass: the recurrent half of Gal and
 * Ghahramani (2016), "A theoretically grounded application of dropout in recurrent neural networks".
 *
 * <pre>
 * (D)   h_m = m ⊙ h_prev         m [B,H]: 0 with probability rate, otherwise 1/(1-rate)
 * (1)   zh = h_m W_h
 * (1'a) dh_m = dzh W_hᵀ
 * (1'b) after the loop dW_h += H_mᵀ dZh
 * (D')  dh_prev += m ⊙ dh_m
 * </pre>
 *
 * <p>Masked is what enters a recurrent product: h_prev itself, and what a cell makes of it for a product of its own,
 * such as the r ⊙ h_prev of a GRU that resets before it. Where a cell's equations use the state, as {@code z ⊙ h_prev}
 * or {@code f ⊙ c_prev}, they see all of it. So do the output and whoever the state is handed to.
 */
final class RecurrentDropout {
    private final double rate;
    private Vec mask = Vec.zeros(Dtype.FLOAT, 0); // until the first pass with noise
    private Vec masked = mask;
    private boolean on;

    /**
     * Dropout without a mask yet.
     *
     * @param rate probability of dropping
     */
    RecurrentDropout(double rate) {
        this.rate = rate;
    }

    /** Draws the mask of a pass, for B rows as {@code h}; without noise there is none. */
    void begin(Noise noise, Vec h, int B) {
        on = rate > 0 && noise.isOn();
        if (on && mask.length() != h.length()) {
            mask = Vec.zeros(h.dtype(), h.length());
            masked = Vec.zeros(h.dtype(), h.length());
        }
        int H = h.length() / B;
        for (int b = 0; on && b < B; b++) {
            noise.dropout(b, mask, b * H, H, rate);
        }
    }

    /** Whether this pass has a mask. */
    boolean isOn() {
        return on;
    }

    /**
     * What stands in for the operand of a recurrent product, borrowed until the next call: h_m, or the operand itself.
     */
    Vec drop(Vec h_prev) {
        return on ? masked.product(mask, h_prev) : h_prev; // (D)
    }

    /** From the gradient of what stood in for the operand to that of the operand, in place. */
    Vec back(Vec dh_m) {
        return on ? dh_m.product(mask, dh_m) : dh_m; // (D')
    }
}
