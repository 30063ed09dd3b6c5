// SPDX-License-Identifier: Apache-2.0
/**
 * What a recurrent cell has to say: its quantities, the equations of one step, and the same equations backward.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>What does a cell of my own implement?</td>
 *     <td>{@link io.github.unroll4j.models.cell.Cell}</td></tr>
 * <tr><td>How does it declare its gates, states and weights?</td>
 *     <td>{@link io.github.unroll4j.models.cell.Layout}</td></tr>
 * <tr><td>How does it reach them in a step, and their gradients?</td>
 *     <td>{@link io.github.unroll4j.models.cell.Step}</td></tr>
 * <tr><td>Which weights does a layout come to?</td>
 *     <td>{@link io.github.unroll4j.models.cell.CellParameters}</td></tr>
 * <tr><td>What goes from one step, or window, to the next?</td>
 *     <td>{@link io.github.unroll4j.models.cell.State}</td></tr>
 * <tr><td>How do I look at every quantity of every step?</td>
 *     <td>{@link io.github.unroll4j.models.cell.Trace}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.models.cell;

import org.jspecify.annotations.NullMarked;
