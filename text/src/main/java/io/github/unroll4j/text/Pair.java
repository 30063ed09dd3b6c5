// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.Arrays;
import java.util.Objects;

/**
 * A source sequence and its target sequence, as ids without {@code <SOS>} and {@code <EOS>}.
 *
 * @param source ids of the source; may be empty
 * @param target ids of the target; may be empty
 * @since 0.1.0
 */
@SuppressWarnings("ArrayRecordComponent") // carries the caller's arrays, never compared
public record Pair(int[] source, int[] target) {
    /**
     * Refuses negative ids: no vocabulary has any.
     *
     * @param source {@link #source()}
     * @param target {@link #target()}
     */
    public Pair {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(target, "target");
        requireIds("source", source);
        requireIds("target", target);
    }

    private static void requireIds(String side, int... ids) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0) {
                throw new IllegalArgumentException(
                        "Pair: id " + i + " of the " + side + " is " + ids[i] + ", expected 0 or more.");
            }
        }
    }

    @Override
    public String toString() {
        return "Pair[source=" + Arrays.toString(source) + ", target=" + Arrays.toString(target) + "]";
    }
}
