// SPDX-License-Identifier: Apache-2.0
/**
 * Checkpoints: one safetensors file that contains numbers and text and cannot express code.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>What is in a file, and how is it read and written?</td>
 *     <td>{@link io.github.unroll4j.core.checkpoint.Checkpoint}</td></tr>
 * <tr><td>How are arrays and texts collected for a file?</td>
 *     <td>{@link io.github.unroll4j.core.checkpoint.Checkpoint.Builder}</td></tr>
 * <tr><td>How do weights and moments get into a file and back?</td>
 *     <td>{@link io.github.unroll4j.core.checkpoint.ParameterTensors}</td></tr>
 * <tr><td>How is a configuration written as text and read again?</td>
 *     <td>{@link io.github.unroll4j.core.checkpoint.Json}</td></tr>
 * <tr><td>What says that a file cannot be used, and why?</td>
 *     <td>{@link io.github.unroll4j.core.checkpoint.CheckpointException}</td></tr>
 * </table>
 *
 * <p>The reader trusts nothing in a file: every length is compared with the size of the file before memory is
 * allocated.
 */
@NullMarked
package io.github.unroll4j.core.checkpoint;

import org.jspecify.annotations.NullMarked;
