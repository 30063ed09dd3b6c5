// SPDX-License-Identifier: Apache-2.0
/**
 * The contracts of cells and scores as ready-made checks.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>Is my cell right, forward and backward, in both runners?</td>
 *     <td>{@link io.github.unroll4j.models.check.CellCheck}</td></tr>
 * <tr><td>Is my score right?</td>
 *     <td>{@link io.github.unroll4j.models.check.ScoreCheck}</td></tr>
 * <tr><td>What does the report say?</td>
 *     <td>{@link io.github.unroll4j.models.check.CheckReport}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.models.check;

import org.jspecify.annotations.NullMarked;
