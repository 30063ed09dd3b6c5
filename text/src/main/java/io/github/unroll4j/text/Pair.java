// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

/**
 * A source sequence and the target sequence that belongs to it, as ids without {@code <SOS>} and {@code <EOS>}.
 *
 * @param source ids of the source, perhaps none
 * @param target ids of the target, perhaps none
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of the caller's arrays, never compared
public record Pair(int[] source, int[] target) {}
