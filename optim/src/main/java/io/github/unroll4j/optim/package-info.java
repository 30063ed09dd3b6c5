// SPDX-License-Identifier: Apache-2.0
/**
 * From logits to better weights: the loss and its gradient, clipping, learning-rate schedules and optimisers.
 *
 * <p>One training step is the same for every model. {@link io.github.unroll4j.optim.SoftmaxCrossEntropy} writes the
 * gradient of the loss over the logits. The model's backward pass adds to the gradients of its
 * {@link io.github.unroll4j.core.param.Parameters}. Then:
 *
 * <pre>{@code
 * double norm = clip.apply(parameters);                        // the norm before clipping
 * optimizer.step(schedule.rate(optimizer.steps(), epoch));     // changes the values
 * parameters.zeroGradients();
 * }</pre>
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>How wrong are the logits, and what is the gradient?</td>
 *     <td>{@link io.github.unroll4j.optim.SoftmaxCrossEntropy}, {@link io.github.unroll4j.optim.Loss}</td></tr>
 * <tr><td>Which class is right in each row, and which rows are padding?</td>
 *     <td>{@link io.github.unroll4j.optim.Targets}</td></tr>
 * <tr><td>What is the loss of predicted numbers?</td><td>{@link io.github.unroll4j.optim.SquaredError}</td></tr>
 * <tr><td>Is the loss a sum or a mean, and over what?</td><td>{@link io.github.unroll4j.optim.Reduction}</td></tr>
 * <tr><td>How is one exploding gradient limited?</td><td>{@link io.github.unroll4j.optim.GradientClip}</td></tr>
 * <tr><td>What is the learning rate of a step?</td><td>{@link io.github.unroll4j.optim.Schedule}</td></tr>
 * <tr><td>How does a gradient change the weights?</td>
 *     <td>{@link io.github.unroll4j.optim.Optimizer}: {@link io.github.unroll4j.optim.Sgd},
 *         {@link io.github.unroll4j.optim.Adagrad}, {@link io.github.unroll4j.optim.Adadelta},
 *         {@link io.github.unroll4j.optim.RmsProp},
 *         {@link io.github.unroll4j.optim.Adam}, {@link io.github.unroll4j.optim.AdamW}</td></tr>
 * <tr><td>How is only the part of an embedding updated that a batch reads?</td>
 *     <td>{@link io.github.unroll4j.optim.LazyAdam}</td></tr>
 * <tr><td>How does a resumed run continue exactly where it stopped?</td>
 *     <td>{@link io.github.unroll4j.optim.Optimizer#state()},
 *         {@link io.github.unroll4j.optim.Optimizer#restore}</td></tr>
 * </table>
 *
 * <p>A {@linkplain io.github.unroll4j.core.param.Parameters.Builder#addRowSparse row-sparse} parameter, such as an
 * embedding, has rows that no token of the batch reads. Clearing and clipping skip these rows, and so does
 * {@link io.github.unroll4j.optim.LazyAdam}. Every other optimiser is dense and updates all rows: with a momentum,
 * words that are absent from the batch still move.
 */
@NullMarked
package io.github.unroll4j.optim;

import org.jspecify.annotations.NullMarked;
