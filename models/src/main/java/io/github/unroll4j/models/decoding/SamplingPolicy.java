// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.decoding;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.internal.Foreign;
import java.util.Objects;

/**
 * Chooses the next token from the logits. Where many texts are written at once, several threads ask one policy at the
 * same time, each with logits and a generator of its own: a policy that remembers anything has to guard it.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SamplingPolicy {
    /**
     * Chooses a token.
     *
     * @param logits (Input, overwritten) one number per token; negative infinity for a token that must not be chosen
     * @param rng source of randomness
     * @return the id
     * @throws IllegalStateException if a logit is NaN, or the largest is not finite
     */
    int choose(double[] logits, Rng rng);

    /**
     * Chooses a token under guard, for whatever writes with a policy that others may have written: the logits are
     * kept, and what was chosen is one of them that is not impossible.
     *
     * @param where the operation, for messages
     * @param logits (Input) one number per token; negative infinity for a token that must not be chosen
     * @param rng source of randomness
     * @return the id
     * @throws IllegalStateException if a logit is NaN, or the largest is not finite
     * @throws IllegalArgumentException if the policy chose what is no token, or must not be chosen
     */
    default int choose(String where, double[] logits, Rng rng) {
        Objects.requireNonNull(logits, "logits");
        Objects.requireNonNull(rng, "rng");
        Nucleus.requireMax(where, logits);
        int id;
        try {
            id = choose(logits.clone(), rng);
        } catch (RuntimeException e) {
            throw Foreign.named(where, "policy", this, e);
        }
        if (id < 0 || id >= logits.length || logits[id] == Double.NEGATIVE_INFINITY) {
            throw new IllegalArgumentException(
                    where + ": the policy " + getClass().getName() + " chose token " + id
                            + ", expected one from 0 to " + (logits.length - 1)
                            + " that is not banned; likely cause: a policy that reads the logits of"
                            + " tokens that must not be chosen, or gives a rank for an id.");
        }
        return id;
    }

    /** {@return the token with the largest logit, the first of equals} */
    static SamplingPolicy greedy() {
        return (logits, rng) -> {
            double max = Nucleus.requireMax("SamplingPolicy", logits);
            int best = 0;
            while (logits[best] < max) {
                best++;
            }
            return best;
        };
    }

    /**
     * Draws from softmax(logits / temperature) over all tokens.
     *
     * @param temperature above 0; below 1 sharper, above 1 flatter
     * @return the policy
     */
    static SamplingPolicy temperature(double temperature) {
        return of(temperature, 0, 1);
    }

    /**
     * Draws from softmax(logits / temperature) over the most likely tokens: first the k largest are kept, of these the
     * smallest set whose probability reaches p (Holtzman et al. 2020, "The curious case of neural text degeneration").
     *
     * @param temperature above 0
     * @param topK how many tokens to keep at most, 0 for all
     * @param topP probability to reach, above 0 to 1; 1 for all
     * @return the policy
     * @throws IllegalArgumentException if an argument is out of range
     */
    static SamplingPolicy of(double temperature, int topK, double topP) {
        return new Nucleus(temperature, topK, topP);
    }
}
