// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import java.util.List;

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
    public static Loss sum(List<Loss> parts) {
        return parts.stream().reduce(new Loss(0, 0, 0), Loss::plus);
    }

    private Loss plus(Loss other) {
        return new Loss(nats + other.nats, tokens + other.tokens, value + other.value);
    }
}
