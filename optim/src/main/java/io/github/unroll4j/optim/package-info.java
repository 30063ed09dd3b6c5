// SPDX-License-Identifier: Apache-2.0
/**
 * From logits to better weights: the loss and its gradient, clipping, learning-rate schedules and optimisers.
 *
 * <p>One training step, whatever the model: {@link io.github.unroll4j.optim.SoftmaxCrossEntropy#lossAndGradient} turns
 * logits into their gradient, the model's backward pass fills the gradients of its {@link
 * io.github.unroll4j.core.param.Parameters}, a {@link io.github.unroll4j.optim.GradientClip} limits them, and an {@link
 * io.github.unroll4j.optim.Optimizer} steps at the rate of a {@link io.github.unroll4j.optim.Schedule}.
 *
 * <p>Of a {@linkplain io.github.unroll4j.core.param.Parameters.Builder#addRowSparse row-sparse} parameter, such as an embedding, clearing
 * and clipping pass over the rows that no token of the batch read. So does {@link io.github.unroll4j.optim.LazyAdam}; every other optimiser is
 * dense and steps all rows: those that keep a momentum go on moving words that are absent.
 */
@NullMarked
package io.github.unroll4j.optim;

import org.jspecify.annotations.NullMarked;
