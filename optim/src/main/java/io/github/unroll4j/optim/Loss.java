// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

/**
 * The loss of one batch.
 *
 * @param nats -Σ ln p(target) over the real tokens, without smoothing; perplexity is computed from it. For a
 *     {@link SquaredError} it is the sum of squares
 * @param tokens the number of real tokens; for a {@link SquaredError} the number of predicted numbers
 * @param value the value whose gradient is taken: with label smoothing, if that is set, and reduced
 * @since 0.1.0
 */
public record Loss(double nats, int tokens, double value) {
    /**
     * The loss of a batch from those of its parts, added up in order.
     *
     * @param parts each of {@linkplain Targets#partOf targets that are a part}
     * @return their sum
     */
    public static Loss sum(Iterable<Loss> parts) {
        double nats = 0;
        int tokens = 0;
        double value = 0;
        for (Loss part : parts) {
            nats += part.nats;
            tokens += part.tokens;
            value += part.value;
        }
        return new Loss(nats, tokens, value);
    }
}
