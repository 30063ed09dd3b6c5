// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import java.util.StringJoiner;

/** What flows through recurrent layers: T steps of B rows, time-major, token ids or numbers. */
public sealed interface Sequence permits Sequence.Ids, Slab {
    /** The number of time steps T. */
    int steps();

    /** The number of batch rows B. */
    int batch();

    /**
     * The numbers of this sequence, checked; for whatever is about to read them.
     *
     * @param where the operation, for the message
     * @param what name of the sequence there
     * @param dtype expected element type
     * @param hint likely cause of another shape, a clause without a full stop; empty for none
     * @param axes expected shape, of three axes
     * @return this sequence as a slab
     * @throws IllegalArgumentException if it is token ids, or of another type
     * @throws io.github.unroll4j.core.tensor.ShapeException if it has another shape
     */
    Slab numbers(String where, String what, Dtype dtype, String hint, ShapeException.Axis... axes);

    /**
     * Token ids, each standing for a one-hot row.
     *
     * @param ids id of row b at step t at {@code t·B + b}; kept, not copied
     * @param steps T
     * @param batch B
     * @return the sequence
     */
    static Ids ids(int[] ids, int steps, int batch) {
        return new Ids(ids, steps, batch);
    }

    /**
     * Numbers.
     *
     * @param X [T,B,D]; kept, not copied
     * @return the sequence
     */
    static Slab of(Tensor X) {
        return new Slab(X);
    }

    /**
     * Token ids.
     *
     * @param ids id of row b at step t at {@code t·B + b}
     * @param steps T
     * @param batch B
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of the caller's array, never compared
    record Ids(int[] ids, int steps, int batch) implements Sequence {
        /** Checks that there are at least T·B ids. */
        public Ids {
            if (steps < 1 || batch < 1 || ids.length < (long) steps * batch) {
                throw ShapeException.of(
                        "Sequence.ids",
                        "ids",
                        ids.length + " numbers",
                        "T·B = " + steps + "·" + batch + " of them, T and B at least 1",
                        "");
            }
        }

        @Override
        public Slab numbers(String where, String what, Dtype dtype, String hint, ShapeException.Axis... axes) {
            StringJoiner names = new StringJoiner(",", "[", "]");
            for (ShapeException.Axis axis : axes) {
                names.add(axis.name());
            }
            throw new IllegalArgumentException(where + ": " + what + " is token ids, expected numbers " + names + ".");
        }

        /**
         * Requires that every id can be looked up; for whatever is about to do so. Ids of padding may be anything.
         *
         * @param where the operation, for the message
         * @param V number of ids there are
         * @param lengths real steps of each row
         * @throws IllegalArgumentException naming the first id outside 0 to V-1 at a real step, or if the lengths are
         *     for another T or B
         */
        public void requireBelow(String where, int V, Lengths lengths) {
            Inputs.requireLengths(where, this, lengths);
            Inputs.requireIds(where, this, V, lengths);
        }
    }
}
