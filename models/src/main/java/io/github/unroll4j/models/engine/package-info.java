// SPDX-License-Identifier: Apache-2.0
/**
 * Who runs a cell over time. Read {@link io.github.unroll4j.models.engine.Unrolled} first: it is the plain loop. The
 * engine differs only in what it takes out of the loop.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>How does backpropagation through time go, step by step?</td>
 *     <td>{@link io.github.unroll4j.models.engine.Unrolled}</td></tr>
 * <tr><td>What does the engine take out of the loop?</td>
 *     <td>{@link io.github.unroll4j.models.engine.HoistedLayer}</td></tr>
 * <tr><td>How does a model get layers of a cell?</td>
 *     <td>{@link io.github.unroll4j.models.engine.CellLayers}</td></tr>
 * <tr><td>Where is padding held back, and a mask applied?</td>
 *     <td>{@code Padding}, {@code RecurrentDropout}, {@code WeightDrop}, {@code Zoneout}</td></tr>
 * <tr><td>Who makes x_t W_x, h_prev W_h and the products inside a step?</td>
 *     <td>{@code InputMap} and {@code LoopProduct} of the engine, {@code PlainMap} of the plain loop</td></tr>
 * <tr><td>Where do the arrays of a step lie?</td>
 *     <td>{@code StepMemory}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.models.engine;

import org.jspecify.annotations.NullMarked;
