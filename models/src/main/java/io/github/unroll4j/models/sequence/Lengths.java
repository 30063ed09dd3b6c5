// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Vec;
import java.util.Arrays;

/**
 * How many steps of each batch row are real; the steps after them are padding.
 *
 * <p>At a padded step a layer carries the state of the row through unchanged, so that its last state is the state after
 * its last real step, and nothing that is computed there gets a gradient. A gradient that arrives at the output of a
 * padded step counts towards the last real state, which that output repeats: leave padded outputs out of the loss.
 *
 * @since 0.1.0
 */
public final class Lengths {
    private final int[] lengths;
    private final int steps;
    private final int longest;
    private final boolean full;

    private Lengths(int[] lengths, int steps) {
        this.lengths = lengths;
        this.steps = steps;
        longest = Arrays.stream(lengths).max().orElse(0);
        full = Arrays.stream(lengths).min().orElse(steps) == steps;
    }

    /**
     * Every row is real throughout.
     *
     * @param steps T
     * @param batch B
     * @return the lengths
     * @throws IllegalArgumentException if T is below 0 or B below 1
     */
    public static Lengths full(int steps, int batch) {
        requireSizes("Lengths.full", steps, batch);
        int[] all = new int[batch];
        Arrays.fill(all, steps);
        return new Lengths(all, steps);
    }

    /**
     * One length per row.
     *
     * @param steps T
     * @param lengths real steps of each row, 0 to T; copied
     * @return the lengths
     * @throws IllegalArgumentException if a length lies outside 0 to T, or there is none
     */
    public static Lengths of(int steps, int... lengths) {
        requireSizes("Lengths.of", steps, lengths.length);
        for (int b = 0; b < lengths.length; b++) {
            if (lengths[b] < 0 || lengths[b] > steps) {
                throw new IllegalArgumentException(
                        "Lengths.of: length of row " + b + " is " + lengths[b] + ", expected 0 to T=" + steps + ".");
            }
        }
        return new Lengths(lengths.clone(), steps);
    }

    private static void requireSizes(String where, int steps, int batch) {
        if (steps < 0 || batch < 1) {
            throw new IllegalArgumentException(where + ": T is " + steps + " and B " + batch
                    + ", expected a T of 0 or more and a B of 1 or more.");
        }
    }

    /** {@return T} */
    public int steps() {
        return steps;
    }

    /** {@return B} */
    public int batch() {
        return lengths.length;
    }

    /** {@return real steps of the longest row; from there on every row is padding} */
    public int longest() {
        return longest;
    }

    /** {@return whether no step is padding} */
    public boolean isFull() {
        return full;
    }

    /**
     * Whether a step of a row is padding.
     *
     * @param t time step
     * @param b row
     * @return true after the row's last real step
     * @throws IllegalArgumentException if there is no such row
     */
    public boolean padded(int t, int b) {
        return t >= of(b);
    }

    /**
     * Makes the rows of a step that are padding zero, whatever stands there.
     *
     * @param rows (Changed) rows of {@code width} numbers, those of the step from row {@code first} on
     * @param first 0 where the array holds that step alone
     * @param t time step
     * @param width size of a row
     */
    public void clearPadding(Vec rows, int first, int t, int width) {
        for (int b = 0; !full && b < lengths.length; b++) {
            if (padded(t, b)) {
                rows.fill((first + b) * width, width, 0);
            }
        }
    }

    /**
     * The real steps of a row.
     *
     * @param b row
     * @return 0 to T
     * @throws IllegalArgumentException if there is no such row
     */
    public int of(int b) {
        if (b < 0 || b >= lengths.length) {
            throw new IllegalArgumentException(
                    "Lengths: row " + b + " was asked for, expected 0 to " + (lengths.length - 1) + ".");
        }
        return lengths[b];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Lengths of && of.steps == steps && Arrays.equals(of.lengths, lengths);
    }

    @Override
    public int hashCode() {
        return 31 * steps + Arrays.hashCode(lengths);
    }

    @Override
    public String toString() {
        return "Lengths" + Arrays.toString(lengths) + " of T=" + steps;
    }
}
