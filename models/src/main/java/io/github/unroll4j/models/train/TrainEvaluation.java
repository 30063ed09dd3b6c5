// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

/**
 * One measurement on held-out data.
 *
 * @param iteration iterations done
 * @param epoch epochs done
 * @param loss per token, in nats
 */
public record TrainEvaluation(long iteration, double epoch, double loss) {}
