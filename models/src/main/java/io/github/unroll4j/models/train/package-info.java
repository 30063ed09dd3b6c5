// SPDX-License-Identifier: Apache-2.0
/**
 * The loop around any objective: steps, clipping, schedules, validation, checkpoints.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>Who repeats the steps?</td>
 *     <td>{@link io.github.unroll4j.models.train.Trainer},
 *         {@link io.github.unroll4j.models.train.TrainerConfig}</td></tr>
 * <tr><td>What is trained?</td>
 *     <td>{@link io.github.unroll4j.models.train.Objective}, {@link io.github.unroll4j.models.train.Outcome},
 *         {@link io.github.unroll4j.models.train.Accumulation}</td></tr>
 * <tr><td>How do I follow it?</td>
 *     <td>{@link io.github.unroll4j.models.train.TrainListener},
 *         {@link io.github.unroll4j.models.train.TrainStep},
 *         {@link io.github.unroll4j.models.train.TrainRow}</td></tr>
 * <tr><td>When does it stop, and which model is kept?</td>
 *     <td>{@link io.github.unroll4j.models.train.Validation},
 *         {@link io.github.unroll4j.models.train.BestModel}</td></tr>
 * <tr><td>What if a loss is not a number?</td>
 *     <td>{@link io.github.unroll4j.models.train.TrainerConfig#explosion(double)}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.models.train;

import org.jspecify.annotations.NullMarked;
