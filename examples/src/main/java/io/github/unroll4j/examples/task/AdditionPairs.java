// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.task;

import io.github.unroll4j.core.rng.Rng;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Sums of two whole numbers in decimal digits, {@code 345+678} and {@code 1023}: the addition of Zaremba and Sutskever
 * (2014, arXiv:1410.4615), character by character.
 *
 * <p>Both numbers are uniform over 0 to 10^digits - 1, written without leading zeros. A sum that is held out occurs in
 * no training pair, in neither order, so that 678+345 cannot give 345+678 away.
 */
public final class AdditionPairs {
    private final int numbers;
    private final Set<Integer> heldOut = new LinkedHashSet<>();

    /**
     * Splits the sums.
     *
     * @param digits most digits of a number, 1 to 4
     * @param heldOut number of sums to keep from training, less than half of all
     * @param rng decides which
     */
    public AdditionPairs(int digits, int heldOut, Rng rng) {
        numbers = (int) Math.pow(10, digits);
        if (heldOut > numbers * (numbers + 1) / 4) {
            throw new IllegalArgumentException("AdditionPairs: " + heldOut
                    + " sums were to be held out, expected at most " + numbers * (numbers + 1) / 4
                    + ", half of all sums of two numbers of " + digits + " digits.");
        }
        while (this.heldOut.size() < heldOut) {
            this.heldOut.add(key(rng.nextInt(numbers), rng.nextInt(numbers)));
        }
    }

    /** The same for a+b and b+a. */
    private int key(int a, int b) {
        return Math.max(a, b) * numbers + Math.min(a, b);
    }

    /**
     * Pairs to learn from.
     *
     * @param count how many
     * @param rng draws them
     * @return the pairs
     */
    public List<TextPair> train(int count, Rng rng) {
        List<TextPair> pairs = new ArrayList<>();
        while (pairs.size() < count) {
            int a = rng.nextInt(numbers);
            int b = rng.nextInt(numbers);
            if (!heldOut.contains(key(a, b))) {
                pairs.add(sum(a, b));
            }
        }
        return pairs;
    }

    /** Pairs to measure on: each sum that is held out, once, the larger number first in every other one. */
    public List<TextPair> heldOut() {
        List<TextPair> pairs = new ArrayList<>();
        for (int key : heldOut) {
            int large = key / numbers;
            int small = key % numbers;
            pairs.add(pairs.size() % 2 == 0 ? sum(large, small) : sum(small, large));
        }
        return pairs;
    }

    private static TextPair sum(int a, int b) {
        return new TextPair(a + "+" + b, String.valueOf(a + b));
    }
}
