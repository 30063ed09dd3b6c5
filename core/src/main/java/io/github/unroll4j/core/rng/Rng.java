// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.rng;

import java.util.Base64;
import org.apache.commons.rng.RestorableUniformRandomProvider;
import org.apache.commons.rng.SplittableUniformRandomProvider;
import org.apache.commons.rng.core.RandomProviderDefaultState;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;

/**
 * The one source of randomness: seeded, passed in, and restorable from a line of text, so that a resumed run draws the
 * numbers that the uninterrupted run would have drawn.
 *
 * <p>The generator is L64X128Mix (Steele and Vigna, "LXM: better splittable pseudorandom number generators", OOPSLA
 * 2021) from Apache Commons RNG: period 2^64 (2^128 - 1), splittable. The same seed gives the same numbers on every
 * machine. Not thread-safe; give each thread a {@link #split}.
 */
public final class Rng {
    private static final RandomSource SOURCE = RandomSource.L64_X128_MIX;
    private static final String PREFIX = "L64X128Mix:";

    private final RestorableUniformRandomProvider source;
    private final ZigguratSampler.NormalizedGaussian gaussian;

    private Rng(RestorableUniformRandomProvider source) {
        this.source = source;
        this.gaussian = ZigguratSampler.NormalizedGaussian.of(source); // keeps no state of its own
    }

    /**
     * A new generator.
     *
     * @param seed any number
     * @return a generator that draws the same numbers for the same seed
     */
    public static Rng seeded(long seed) {
        return new Rng(SOURCE.create(seed));
    }

    /**
     * A generator that goes on where another was saved.
     *
     * @param state what {@link #saveState} returned
     * @return a generator that draws what the saved one would have drawn next
     * @throws IllegalArgumentException if the text is no such state
     */
    public static Rng restored(String state) {
        RestorableUniformRandomProvider source = SOURCE.create(0L);
        try {
            if (!state.startsWith(PREFIX)) {
                throw new IllegalArgumentException("no " + PREFIX + " in front");
            }
            byte[] bytes = Base64.getDecoder().decode(state.substring(PREFIX.length()));
            source.restoreState(new RandomProviderDefaultState(bytes));
        } catch (IllegalArgumentException | IllegalStateException e) {
            String shown = state.length() <= 40 ? state : state.substring(0, 40) + "...";
            throw new IllegalArgumentException(
                    "Rng.restored: the state is \"" + shown + "\", expected " + PREFIX
                            + "BASE64 as written by saveState(); likely cause: a truncated or edited checkpoint.",
                    e);
        }
        return new Rng(source);
    }

    /** The complete state as one line of text; drawing goes on unchanged. */
    public String saveState() {
        RandomProviderDefaultState state = (RandomProviderDefaultState) source.saveState();
        return PREFIX + Base64.getEncoder().encodeToString(state.getState());
    }

    /** A new generator whose numbers are independent of what this one draws from now on; advances this one. */
    public Rng split() {
        return new Rng((RestorableUniformRandomProvider) ((SplittableUniformRandomProvider) source).split());
    }

    /** The next number of the uniform distribution over [0, 1). */
    public double nextDouble() {
        return source.nextDouble();
    }

    /**
     * The next integer of the uniform distribution over [0, n).
     *
     * @param n the bound, 1 or more
     * @return an integer from 0 to n-1
     * @throws IllegalArgumentException if {@code n} is below 1
     */
    public int nextInt(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("Rng.nextInt: n is " + n + ", expected 1 or more.");
        }
        return source.nextInt(n);
    }

    /** The next 64 random bits. */
    public long nextLong() {
        return source.nextLong();
    }

    /** The next number of the normal distribution with mean 0 and standard deviation 1. */
    public double nextGaussian() {
        return gaussian.sample();
    }

    /**
     * Brings the elements into a random order, every order with the same chance (Fisher and Yates).
     *
     * @param values (Input, Output) the elements
     */
    public void shuffle(int[] values) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = source.nextInt(i + 1);
            int held = values[i];
            values[i] = values[j];
            values[j] = held;
        }
    }
}
