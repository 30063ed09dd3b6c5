// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.models.decoding.Evaluation;
import java.util.Objects;

/**
 * How probable a model finds each token of a text, given all tokens before it.
 *
 * <p>The first token is the condition of all others and predicted from nothing: it counts as given, with probability 1.
 * A text that is to be scored from its very first word is read with {@code <SOS>} in front.
 *
 * @param ids the tokens
 * @param logProbabilities ln p(token | the tokens before it), one per token, 0 for the first
 * @since 0.1.0
 */
@SuppressWarnings("ArrayRecordComponent") // as long as a text, compared nowhere
public record Scores(int[] ids, double[] logProbabilities) {
    /**
     * Requires what is not optional.
     *
     * @param ids {@link #ids()}
     * @param logProbabilities {@link #logProbabilities()}
     */
    public Scores {
        Objects.requireNonNull(ids, "ids");
        Objects.requireNonNull(logProbabilities, "logProbabilities");
    }

    /** {@return the cross-entropy and perplexity of the tokens after the first} */
    public Evaluation evaluation() {
        double nats = 0;
        for (double logP : logProbabilities) {
            nats -= logP;
        }
        return new Evaluation(nats, ids.length - 1L);
    }

    @Override
    public String toString() {
        return "Scores[tokens=" + ids.length + ", evaluation=" + evaluation() + "]";
    }
}
