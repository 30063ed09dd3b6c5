// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.param.Init;

/**
 * The location score of Luong, Pham and Manning (2015), equation 8: by position alone, whatever stands there.
 *
 * <pre>
 * (1)  q = h_t W_a               [B,A], once a step, by Attention
 * (2)  e_s = q_s
 * </pre>
 *
 * <p>W_a [H,A], where A is the number of positions that the score knows. As in the paper, a shorter source uses the
 * first part of q; positions of a longer one from A on cannot be chosen.
 *
 * @since 0.1.0
 */
public final class LocationScore implements Score {
    private final ScoreLayout layout;

    /**
     * A score that starts from Glorot-uniform W_a.
     *
     * @param positions A, the longest source that can be attended to in full
     */
    public LocationScore(int positions) {
        layout = new ScoreLayout("location", positions)
                .query("W_a", Init.glorotUniform())
                .withoutKeys();
    }

    @Override
    public ScoreLayout layout() {
        return layout;
    }

    @Override
    public void forward(Pairs p) {
        p.e().fill(0, p.e().length(), Double.NEGATIVE_INFINITY);
        for (int b = 0; b < p.rows(); b++) {
            p.e().copy(b * p.positions(), p.q(), b * p.size(), known(p)); // (2)
        }
    }

    @Override
    public void backward(Pairs p) {
        for (int b = 0; b < p.rows(); b++) {
            p.dq().add(b * p.size(), p.de(), b * p.positions(), known(p)); // (2')
        }
        // (1') dW_a and dh_t: Attention
    }

    private static int known(Pairs p) {
        return Math.min(p.positions(), p.size());
    }
}
