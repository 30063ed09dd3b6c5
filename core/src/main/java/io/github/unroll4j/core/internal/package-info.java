// SPDX-License-Identifier: Apache-2.0
/**
 * Loops over numbers that other modules of the library share and no user names. What stands here may change with any
 * version.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>How are probabilities computed from logits?</td>
 *     <td>{@link io.github.unroll4j.core.internal.Softmax}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.core.internal;

import org.jspecify.annotations.NullMarked;
