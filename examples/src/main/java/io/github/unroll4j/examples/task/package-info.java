// SPDX-License-Identifier: Apache-2.0
/**
 * Problems with a known answer, made up as they are needed: what a network is trained on to see what it can remember.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>Can it add two numbers that lie far apart?</td>
 *     <td>{@link io.github.unroll4j.examples.task.AddingProblem}</td></tr>
 * <tr><td>Can it say again what it read long ago?</td>
 *     <td>{@link io.github.unroll4j.examples.task.CopyProblem}</td></tr>
 * <tr><td>How much of a gradient reaches a step?</td>
 *     <td>{@link io.github.unroll4j.examples.task.LastStepGradient}</td></tr>
 * <tr><td>Sums and dates as pairs of texts</td>
 *     <td>{@link io.github.unroll4j.examples.task.AdditionPairs},
 *         {@link io.github.unroll4j.examples.task.DatePairs}, {@code DateStyle},
 *         {@link io.github.unroll4j.examples.task.TextPair}</td></tr>
 * <tr><td>Which network does best, trained in one way?</td>
 *     <td>{@link io.github.unroll4j.examples.task.Contest}</td></tr>
 * <tr><td>How many answers are right?</td>
 *     <td>{@link io.github.unroll4j.examples.task.Answers}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.examples.task;

import org.jspecify.annotations.NullMarked;
