// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.rng;

import java.util.Base64;
import org.apache.commons.rng.RestorableUniformRandomProvider;
import org.apache.commons.rng.SplittableUniformRandomProvider;
import org.apache.commons.rng.core.RandomProviderDefaultState;
import org.apache.commons.rng.core.source64.L64X128Mix;
import org.apache.commons.rng.core.source64.SplitMix64;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;

/**
 * The one source of randomness. It is seeded, passed as an argument, and can be restored from a line of text. So a
 * resumed run draws the same numbers as a run that was not interrupted.
 *
 * <p>The generator is L64X128Mix (Steele and Vigna, "LXM: better splittable pseudorandom number generators", OOPSLA
 * 2021) from Apache Commons RNG. Its period is 2^64 (2^128 - 1), and it can be split. The same seed gives the same
 * numbers on every machine. It is not thread-safe: give each thread a {@link #split}.
 *
 * @since 0.1.0
 */
public final class Rng {
    private static final RandomSource SOURCE = RandomSource.L64_X128_MIX;
    private static final String PREFIX = "L64X128Mix:";
    /** An odd number far from the one that SplitMix64 adds, so that the seeds of neighbours do not overlap. */
    private static final long SPREAD = 0xD1342543DE82EF95L;

    private final RestorableUniformRandomProvider source;
    private final ZigguratSampler.NormalizedGaussian gaussian;

    private Rng(RestorableUniformRandomProvider source) {
        this.source = source;
        this.gaussian = ZigguratSampler.NormalizedGaussian.of(source); // it has no state of its own
    }

    /**
     * Creates a generator.
     *
     * @param seed any number
     * @return a generator that draws the same numbers for the same seed
     */
    public static Rng seeded(long seed) {
        return new Rng(SOURCE.create(seed));
    }

    /**
     * Creates one of many generators that belong together, at little cost: one for each row of a batch, say.
     *
     * @param key what they have in common, such as a number drawn from another generator
     * @param number which of them
     * @return a generator that draws the same numbers for the same key and number, and others for any other
     */
    public static Rng stream(long key, int number) {
        SplitMix64 seeds = new SplitMix64(key + SPREAD * number);
        return new Rng(new L64X128Mix(seeds.next(), seeds.next(), seeds.next(), seeds.next()));
    }

    /**
     * Creates a generator that continues where another was saved.
     *
     * @param state a text as returned by {@link #saveState}
     * @return a generator that draws the numbers that the saved one would have drawn next
     * @throws IllegalArgumentException if the text is not such a state
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

    /** {@return the complete state as one line of text} The generator itself does not change. */
    public String saveState() {
        RandomProviderDefaultState state = (RandomProviderDefaultState) source.saveState();
        return PREFIX + Base64.getEncoder().encodeToString(state.getState());
    }

    /**
     * Creates a generator whose numbers are independent of all later numbers of this one. This one advances.
     *
     * @return the new generator
     */
    public Rng split() {
        return new Rng((RestorableUniformRandomProvider) ((SplittableUniformRandomProvider) source).split());
    }

    /**
     * Draws a number from the uniform distribution over [0, 1).
     *
     * @return the number
     */
    public double nextDouble() {
        return source.nextDouble();
    }

    /**
     * Draws an integer from the uniform distribution over [0, n).
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

    /**
     * Draws 64 random bits.
     *
     * @return the bits
     */
    public long nextLong() {
        return source.nextLong();
    }

    /**
     * Draws a number from the normal distribution with mean 0 and standard deviation 1.
     *
     * @return the number
     */
    public double nextGaussian() {
        return gaussian.sample();
    }

    /**
     * Puts the elements into a random order (Fisher and Yates). Every order has the same probability.
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
