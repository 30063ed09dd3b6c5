// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

/**
 * The loss of one batch.
 *
 * @param nats -Σ ln p(target) over the real tokens, without smoothing: what perplexity is made of; of a {@link SquaredError}
 *     the sum of squares
 * @param tokens the number of real tokens, or of predicted numbers
 * @param value what the gradient belongs to: smoothed, if asked, and reduced
 */
public record Loss(double nats, int tokens, double value) {}
