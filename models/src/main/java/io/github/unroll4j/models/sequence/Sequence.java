// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Objects;
import java.util.StringJoiner;

/**
 * What flows through recurrent layers: T steps of B rows, time-major, token ids or numbers.
 *
 * @since 0.1.0
 */
public sealed interface Sequence permits Sequence.Ids, Slab {
    /** {@return the number of time steps T} */
    int steps();

    /** {@return the number of batch rows B} */
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
     * Requires that lengths are for this many steps and rows.
     *
     * @param where the operation, for the message
     * @param lengths real steps of each row
     * @throws IllegalArgumentException if they are not
     */
    default void requireLengths(String where, Lengths lengths) {
        if (lengths.steps() != steps() || lengths.batch() != batch()) {
            throw new IllegalArgumentException(where + ": lengths are for T=" + lengths.steps() + ", B="
                    + lengths.batch() + ", the input has T=" + steps() + ", B=" + batch() + ".");
        }
    }

    /**
     * The numbers of this sequence, checked as the input of a layer.
     *
     * @param where the operation, for the message
     * @param D size of a row that the layer takes
     * @param lengths real steps of each row
     * @param dtype element type of the layer
     * @return this sequence as a slab
     * @throws IllegalArgumentException if it is token ids or of another type, or the lengths are for another T or B
     * @throws io.github.unroll4j.core.tensor.ShapeException if its rows have another size
     */
    default Slab numbers(String where, int D, Lengths lengths, Dtype dtype) {
        Objects.requireNonNull(dtype, "dtype");
        requireLengths(where, lengths);
        String hint = "D was fixed when the layer was built; the vocabulary or the layer below changed after that";
        ShapeException.Axis[] axes = {
            ShapeException.axis("T", steps()), ShapeException.axis("B", batch()), ShapeException.axis("D", D)
        };
        return numbers(where, "X", dtype, hint, axes);
    }

    /**
     * Requires what a layer takes: numbers as {@link #numbers}, or ids below D.
     *
     * @param where the operation, for the message
     * @param D size of a row, or number of ids there are
     * @param lengths real steps of each row
     * @param dtype element type of the layer
     * @return whether they are ids
     */
    default boolean require(String where, int D, Lengths lengths, Dtype dtype) {
        Objects.requireNonNull(dtype, "dtype");
        if (this instanceof Ids tokens) {
            tokens.requireBelow(where, D, lengths);
            return true;
        }
        numbers(where, D, lengths, dtype);
        return false;
    }

    /**
     * A copy of the rows of one step: an id becomes a one-hot row, of a padded step a row of zeros.
     *
     * @param t the step
     * @param D size of a row
     * @param lengths real steps of each row
     * @param dtype element type
     * @return [B,D]
     */
    Vec rowsAt(int t, int D, Lengths lengths, Dtype dtype);

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
        /**
         * Checks that there are at least T·B ids.
         *
         * @param ids {@link #ids()}
         * @param steps {@link #steps()}
         * @param batch {@link #batch()}
         */
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
            Objects.requireNonNull(dtype, "dtype");
            Objects.requireNonNull(axes, "axes");
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
            requireLengths(where, lengths);
            for (int t = 0, i = 0; t < steps; t++) {
                for (int b = 0; b < batch; b++, i++) {
                    if ((ids[i] < 0 || ids[i] >= V) && !lengths.padded(t, b)) {
                        throw new IllegalArgumentException(where + ": token id at t=" + t + ", b=" + b + " is " + ids[i]
                                + ", expected 0 to " + (V - 1)
                                + "; likely cause: the text was encoded with another vocabulary.");
                    }
                }
            }
        }

        @Override
        public Vec rowsAt(int t, int D, Lengths lengths, Dtype dtype) {
            Objects.requireNonNull(dtype, "dtype");
            Vec rows = Vec.zeros(dtype, batch * D);
            for (int b = 0; b < batch; b++) {
                if (!lengths.padded(t, b)) {
                    rows.set(b * D + ids[t * batch + b], 1);
                }
            }
            return rows;
        }

        @Override
        public String toString() {
            return "Ids[T=" + steps + ", B=" + batch + "]";
        }
    }
}
