// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.param.Init;
import java.util.List;
import java.util.Optional;

/**
 * The location score of Luong, Pham and Manning (2015), equation 8: by position alone, whatever stands there.
 *
 * <pre>
 * (1)  q = h_t W_a               [B,A], once a step, by the engine
 * (2)  e_s = q_s
 * </pre>
 *
 * <p>W_a [H,A], where A is the number of positions that the score knows. As in the paper, a shorter source uses the first part of q;
 * positions of a longer one from A on cannot be chosen.
 */
public final class LocationScore implements FloatScore {
    private final ScoreSpec spec;

    /**
     * A score that starts from Glorot-uniform W_a.
     *
     * @param positions A, the longest source that can be attended to in full
     */
    public LocationScore(int positions) {
        ScoreSpec.LinearMap query = new ScoreSpec.LinearMap("W_a", Init.glorotUniform());
        spec = new ScoreSpec("location", positions, Optional.of(query), Optional.empty(), false, List.of());
    }

    @Override
    public ScoreSpec spec() {
        return spec;
    }

    // <double>
    @Override
    public void forward(DoublePairs p) {
        for (int b = 0; b < p.rows; b++) {
            for (int s = 0; s < p.positions; s++) { // (2)
                p.e[b * p.positions + s] = s < p.size ? p.q[b * p.size + s] : Double.NEGATIVE_INFINITY;
            }
        }
    }

    @Override
    public void backward(DoublePairs p) {
        for (int b = 0; b < p.rows; b++) {
            for (int s = 0; s < Math.min(p.positions, p.size); s++) { // (2')
                p.dq[b * p.size + s] += p.de[b * p.positions + s];
            }
        }
        // (1') dW_a and dh_t: the engine
    }
    // </double>

    // The float form of the two methods above, written by tools/generate/FloatForms.java; a test compares the two.
    // <float>
    @Override
    public void forward(FloatPairs p) {
        for (int b = 0; b < p.rows; b++) {
            for (int s = 0; s < p.positions; s++) { // (2)
                p.e[b * p.positions + s] = s < p.size ? p.q[b * p.size + s] : Float.NEGATIVE_INFINITY;
            }
        }
    }

    @Override
    public void backward(FloatPairs p) {
        for (int b = 0; b < p.rows; b++) {
            for (int s = 0; s < Math.min(p.positions, p.size); s++) { // (2')
                p.dq[b * p.size + s] += p.de[b * p.positions + s];
            }
        }
        // (1') dW_a and dh_t: the engine
    }
    // </float>
}
