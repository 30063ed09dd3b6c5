// SPDX-License-Identifier: Apache-2.0
/**
 * Attention over the annotations of a source: scores, where to look, and the weighted sum, with their gradients.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>How do query and annotation become a number?</td>
 *     <td>{@link io.github.unroll4j.models.attention.DotScore},
 *         {@link io.github.unroll4j.models.attention.AdditiveScore},
 *         {@link io.github.unroll4j.models.attention.LocationScore}</td></tr>
 * <tr><td>What does a score of my own implement?</td>
 *     <td>{@link io.github.unroll4j.models.attention.Score},
 *         {@link io.github.unroll4j.models.attention.ScoreLayout},
 *         {@link io.github.unroll4j.models.attention.Pairs}</td></tr>
 * <tr><td>Which annotations may be looked at?</td>
 *     <td>{@link io.github.unroll4j.models.attention.Focus}</td></tr>
 * <tr><td>Where do the annotations and their keys lie?</td>
 *     <td>{@link io.github.unroll4j.models.attention.Memory}</td></tr>
 * <tr><td>Who puts it all together?</td>
 *     <td>{@link io.github.unroll4j.models.attention.Attention}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.models.attention;

import org.jspecify.annotations.NullMarked;
