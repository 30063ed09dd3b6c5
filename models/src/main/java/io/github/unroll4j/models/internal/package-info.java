// SPDX-License-Identifier: Apache-2.0
/**
 * The linear map y = x W, its native memory, and other parts that no user names. What stands here may change with any
 * version.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>What does a call of a model compute with, when several threads call?</td>
 *     <td>{@link io.github.unroll4j.models.internal.Workspaces}</td></tr>
 * <tr><td>Who refuses a second thread in a layer?</td>
 *     <td>{@link io.github.unroll4j.models.internal.OneThread}</td></tr>
 * <tr><td>Whose failure is it, the library's or that of a user's equations?</td>
 *     <td>{@link io.github.unroll4j.models.internal.Foreign}</td></tr>
 * <tr><td>How does a map see the native copy of its weights, and where is its dW?</td>
 *     <td>{@link io.github.unroll4j.models.internal.WeightImage}</td></tr>
 * <tr><td>Where do the operands of T steps lie?</td>
 *     <td>{@link io.github.unroll4j.models.internal.NativeRows}</td></tr>
 * <tr><td>How are all steps mapped at once?</td>
 *     <td>{@link io.github.unroll4j.models.internal.SlabMap}</td></tr>
 * <tr><td>How is one step mapped at a time?</td>
 *     <td>{@link io.github.unroll4j.models.internal.StepMap}</td></tr>
 * <tr><td>How is a vocabulary written into a file?</td>
 *     <td>{@link io.github.unroll4j.models.internal.VocabularyJson}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.models.internal;

import org.jspecify.annotations.NullMarked;
