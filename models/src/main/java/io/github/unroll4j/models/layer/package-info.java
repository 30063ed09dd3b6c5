// SPDX-License-Identifier: Apache-2.0
/**
 * Layers without recurrence: the embedding of token ids and the linear map to the logits, which may share a table.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>How does a token become a vector?</td>
 *     <td>{@link io.github.unroll4j.models.layer.Embedding}</td></tr>
 * <tr><td>How does a vector become logits?</td>
 *     <td>{@link io.github.unroll4j.models.layer.Linear}</td></tr>
 * <tr><td>How do recurrent layers take words with vectors?</td>
 *     <td>{@link io.github.unroll4j.models.layer.Embedded}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.models.layer;

import org.jspecify.annotations.NullMarked;
