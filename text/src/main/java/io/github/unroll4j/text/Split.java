// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.Arrays;
import java.util.Objects;

/**
 * A text, as ids, cut into a first part to train on and a second part to validate on.
 *
 * <p>Both parts are contiguous. With shuffled pieces, the neighbours of a validation text would have been trained on.
 * Two splits are compared by the identity of their arrays, not by their content.
 *
 * @param train the ids before the cut
 * @param validation the ids from the cut on
 * @since 0.1.0
 */
@SuppressWarnings("ArrayRecordComponent") // holds a whole corpus and is compared nowhere
public record Split(int[] train, int[] validation) {
    /**
     * Requires what is not optional.
     *
     * @param train {@link #train()}
     * @param validation {@link #validation()}
     */
    public Split {
        Objects.requireNonNull(train, "train");
        Objects.requireNonNull(validation, "validation");
    }

    /**
     * Cuts a text at a fraction of its length.
     *
     * @param ids [N] the text as ids, copied
     * @param trainFraction share of the ids to train on, between 0 and 1. The cut is at {@code N * trainFraction} in
     *     double arithmetic, rounded down. nanoGPT and others cut there too, so validation losses can be compared with
     *     theirs
     * @return the two parts
     * @throws IllegalArgumentException if the fraction is not between 0 and 1, or a part would have fewer than two ids:
     *     a token and the next one
     */
    public static Split of(int[] ids, double trainFraction) {
        if (!(trainFraction > 0 && trainFraction < 1)) {
            throw new IllegalArgumentException("Split.of: fraction to train on is " + trainFraction
                    + ", expected more than 0 and less than 1 (0.9 trains on nine tenths)");
        }
        int cut = (int) (ids.length * trainFraction);
        if (cut < 2 || ids.length - cut < 2) {
            throw new IllegalArgumentException("Split.of: a text of " + ids.length + " tokens cut at " + trainFraction
                    + " gives parts of " + cut + " and " + (ids.length - cut)
                    + ", expected at least 2 tokens in each; use a longer text or another fraction");
        }
        return new Split(Arrays.copyOf(ids, cut), Arrays.copyOfRange(ids, cut, ids.length));
    }

    @Override
    public String toString() {
        return "Split[train=" + train.length + " ids, validation=" + validation.length + " ids]";
    }
}
