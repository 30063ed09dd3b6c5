// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.decoding;

import java.util.Locale;

/**
 * How well a model predicts a text.
 *
 * @param totalNats sum of -ln p(token) over all predicted tokens
 * @param tokens number of predicted tokens
 * @since 0.1.0
 */
public record Evaluation(double totalNats, long tokens) {
    /** {@return mean of -ln p(token), in nats: the cross-entropy} */
    public double nats() {
        return totalNats / tokens;
    }

    /** {@return the cross-entropy in bits per token; for a model over characters, bits per character} */
    public double bitsPerToken() {
        return nats() / Math.log(2);
    }

    /** {@return e to the cross-entropy} */
    public double perplexity() {
        return Math.exp(nats());
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.4f nats, %.4f bits per token, perplexity %.3f over %d tokens",
                nats(),
                bitsPerToken(),
                perplexity(),
                tokens);
    }
}
