// SPDX-License-Identifier: Apache-2.0
/**
 * What flows over time, and layers of layers. Who runs a cell is in {@link io.github.unroll4j.models.engine}.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>What is a layer over time?</td>
 *     <td>{@link io.github.unroll4j.models.sequence.Recurrent}, {@link io.github.unroll4j.models.sequence.Stepwise},
 *         {@link io.github.unroll4j.models.sequence.LayerFactory}</td></tr>
 * <tr><td>What goes in and comes out?</td>
 *     <td>{@link io.github.unroll4j.models.sequence.Sequence}, {@link io.github.unroll4j.models.sequence.Slab},
 *         {@link io.github.unroll4j.models.sequence.Run}, {@link io.github.unroll4j.models.sequence.Run.Grad}</td></tr>
 * <tr><td>What goes with a pass: lengths, noise, a trace?</td>
 *     <td>{@link io.github.unroll4j.models.sequence.Pass}, {@link io.github.unroll4j.models.sequence.Lengths},
 *         {@link io.github.unroll4j.models.sequence.Noise}</td></tr>
 * <tr><td>How are layers put together?</td>
 *     <td>{@link io.github.unroll4j.models.sequence.Stack},
 *         {@link io.github.unroll4j.models.sequence.Bidirectional},
 *         {@link io.github.unroll4j.models.sequence.Residual}</td></tr>
 * <tr><td>Which regularisers are there?</td>
 *     <td>{@link io.github.unroll4j.models.sequence.Dropout}, {@link io.github.unroll4j.models.sequence.RowDropout},
 *         {@link io.github.unroll4j.models.sequence.RecurrentNoise}</td></tr>
 * <tr><td>What does a layer of my own check?</td>
 *     <td>{@link io.github.unroll4j.models.sequence.Sequence#require}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.models.sequence;

import org.jspecify.annotations.NullMarked;
