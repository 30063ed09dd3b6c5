// SPDX-License-Identifier: Apache-2.0
/**
 * Pictures as PNG files, drawn in memory, so that no screen is needed, and as text for a terminal.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>How does a figure change, and others beside it? How did the losses of a run fall?</td>
 *     <td>{@link io.github.unroll4j.plots.Chart}</td></tr>
 * <tr><td>Where did a model look? When are its gates open?</td>
 *     <td>{@link io.github.unroll4j.plots.Heatmap}</td></tr>
 * <tr><td>What if a picture cannot be drawn?</td>
 *     <td>{@link io.github.unroll4j.plots.Pictures}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.plots;

import org.jspecify.annotations.NullMarked;
