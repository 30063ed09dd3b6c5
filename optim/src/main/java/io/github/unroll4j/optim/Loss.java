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
public record Loss(double nats, int tokens, double value) {}
