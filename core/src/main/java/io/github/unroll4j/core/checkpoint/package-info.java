// SPDX-License-Identifier: Apache-2.0
/**
 * Checkpoints: one safetensors file that holds numbers and text and cannot express code.
 *
 * <p>{@link io.github.unroll4j.core.checkpoint.Checkpoint} is the content, {@link
 * io.github.unroll4j.core.checkpoint.ParameterTensors} moves weights in and out, {@link
 * io.github.unroll4j.core.checkpoint.Json} words configurations. The reader trusts nothing: every length is held
 * against the size of the file before memory is asked for.
 */
@NullMarked
package io.github.unroll4j.core.checkpoint;

import org.jspecify.annotations.NullMarked;
