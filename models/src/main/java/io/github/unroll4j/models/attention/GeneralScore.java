// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.param.Init;
import java.util.List;
import java.util.Optional;

/**
 * The general score of Luong, Pham and Manning (2015), section 3.1, after equation 7, second line.
 *
 * <pre>
 * (1)  key_s = h̄_s W_a          once a batch, by the engine
 * (2)  e_s = ⟨h_t, key_s⟩
 * </pre>
 *
 * <p>The query h_t is the decoder's state [B,H]; annotations h̄_s [B,M]; W_a [M,H], the transpose of the paper's, whose product
 * h_tᵀ W_a h̄_s is the same number. Some programs map the query instead; theirs is this W_a transposed.
 */
public final class GeneralScore implements FloatScore {
    private final ScoreSpec spec;

    /**
     * A score that starts from Glorot-uniform W_a.
     *
     * @param hidden size H of the decoder's state
     */
    public GeneralScore(int hidden) {
        ScoreSpec.LinearMap key = new ScoreSpec.LinearMap("W_a", Init.glorotUniform());
        spec = new ScoreSpec("general", hidden, Optional.empty(), Optional.of(key), true, List.of());
    }

    @Override
    public ScoreSpec spec() {
        return spec;
    }

    // <double>
    @Override
    public void forward(DoublePairs p) {
        Inner.forward(p); // (2)
    }

    @Override
    public void backward(DoublePairs p) {
        Inner.backward(p); // (2'); (1') dW_a and the annotations' share: the engine
    }
    // </double>

    // The float form of the two methods above, written by tools/generate/FloatForms.java; a test compares the two.
    // <float>
    @Override
    public void forward(FloatPairs p) {
        Inner.forward(p); // (2)
    }

    @Override
    public void backward(FloatPairs p) {
        Inner.backward(p); // (2'); (1') dW_a and the annotations' share: the engine
    }
    // </float>
}
