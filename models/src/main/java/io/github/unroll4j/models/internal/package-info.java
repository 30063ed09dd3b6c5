// SPDX-License-Identifier: Apache-2.0
/**
 * The linear map y = x W and its native memory, for the layers of this library and not for its users: what stands here
 * may change with any version.
 *
 * <table>
 * <caption>Which type does what</caption>
 * <tr><th>question</th><th>type</th></tr>
 * <tr><td>Where do the weights lie in native memory, and when are they renewed?</td><td>{@link
 *     io.github.unroll4j.models.internal.WeightImage}</td></tr>
 * <tr><td>Where do the operands of T steps lie?</td><td>{@link io.github.unroll4j.models.internal.NativeRows}</td></tr>
 * <tr><td>How are all steps mapped at once?</td><td>{@link io.github.unroll4j.models.internal.SlabMap}</td></tr>
 * <tr><td>How is one step mapped at a time?</td><td>{@link io.github.unroll4j.models.internal.StepMap}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.models.internal;

import org.jspecify.annotations.NullMarked;
