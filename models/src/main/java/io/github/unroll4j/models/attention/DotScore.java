// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import java.util.List;
import java.util.Optional;

/**
 * The dot score of Luong, Pham and Manning (2015), section 3.1, after equation 7, first line.
 *
 * <pre>
 * (1)  e_s = ⟨h_t, h̄_s⟩
 * </pre>
 *
 * <p>The query h_t is the decoder's state [B,H], the key the annotation h̄_s [B,M] itself, so M = H. No parameters.
 */
public final class DotScore implements FloatScore {
    private final ScoreSpec spec;

    /**
     * A score.
     *
     * @param hidden size H of the decoder's state and of an annotation
     */
    public DotScore(int hidden) {
        spec = new ScoreSpec("dot", hidden, Optional.empty(), Optional.empty(), true, List.of());
    }

    @Override
    public ScoreSpec spec() {
        return spec;
    }

    // <double>
    @Override
    public void forward(DoublePairs p) {
        Inner.forward(p); // (1)
    }

    @Override
    public void backward(DoublePairs p) {
        Inner.backward(p); // (1')
    }
    // </double>

    // The float form of the two methods above, written by tools/generate/FloatForms.java; a test compares the two.
    // <float>
    @Override
    public void forward(FloatPairs p) {
        Inner.forward(p); // (1)
    }

    @Override
    public void backward(FloatPairs p) {
        Inner.backward(p); // (1')
    }
    // </float>
}
