// SPDX-License-Identifier: Apache-2.0
/**
 * The gradient check: finite differences against a hand-written backward pass. It works in any test framework, or
 * without one.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>Does a backward pass compute the gradient of its forward pass?</td>
 *     <td>{@link io.github.unroll4j.core.check.GradientCheck}</td></tr>
 * <tr><td>Which arrays are wrong, and by how much?</td>
 *     <td>{@link io.github.unroll4j.core.check.GradientReport}</td></tr>
 * <tr><td>How large was the error in each array?</td>
 *     <td>{@link io.github.unroll4j.core.check.GradientReport.Entry}</td></tr>
 * <tr><td>What were the two derivatives of one number?</td>
 *     <td>{@link io.github.unroll4j.core.check.GradientReport.Element}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.core.check;

import org.jspecify.annotations.NullMarked;
