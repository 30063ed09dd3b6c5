// SPDX-License-Identifier: Apache-2.0
/**
 * From logits to better weights: the loss and its gradient, clipping, learning-rate schedules and optimisers.
 *
 * <p>One training step, whatever the model: {@link io.github.unroll4j.optim.SoftmaxCrossEntropy#lossAndGradient} turns
 * logits into their gradient, the model's backward pass fills the gradients of its {@link
 * io.github.unroll4j.core.param.Parameters}, a {@link io.github.unroll4j.optim.GradientClip} limits them, and an {@link
 * io.github.unroll4j.optim.Optimizer} steps at the rate of a {@link io.github.unroll4j.optim.Schedule}.
 */
@NullMarked
package io.github.unroll4j.optim;

import org.jspecify.annotations.NullMarked;
