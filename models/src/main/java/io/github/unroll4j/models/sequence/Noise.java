// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Vec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the regularisers draw their masks in one forward pass: seeded generators in training, nothing in evaluation.
 *
 * <p>Handed in with the pass, never a mode of the model, so that a mask cannot be left on by mistake. Equal generators
 * give equal masks: a gradient check makes the noise anew from one seed for each evaluation of the loss.
 *
 * <p>Each row of a batch has a generator of its own, and what all rows share has one more. All of them follow from one
 * number, the key of the pass. So a row has the same masks whichever rows are computed beside it, and a batch may be
 * computed in parts. A layer draws for real steps only, because how far a batch is padded depends on the other rows.
 *
 * @since 0.1.0
 */
public final class Noise {
    private static final Noise OFF = new Noise(0, 0, false);
    /** The number of the generator that all rows share, and of those of tokens: no row has it. */
    private static final int SHARED = -1;

    private static final int TOKENS = Integer.MIN_VALUE;

    private final long key;
    private final int first;
    private final boolean on;
    private final List<Rng> rows = new ArrayList<>();
    private @Nullable Rng shared;

    private Noise(long key, int first, boolean on) {
        this.key = key;
        this.first = first;
        this.on = on;
    }

    /** {@return no noise: every regulariser does what it does outside training} */
    public static Noise off() {
        return OFF;
    }

    /**
     * Noise from a generator.
     *
     * @param rng one number is drawn from it, for the whole pass
     * @return the noise
     */
    public static Noise of(Rng rng) {
        Objects.requireNonNull(rng, "rng");
        return new Noise(rng.nextLong(), 0, true);
    }

    /**
     * The same noise for some rows of its batch, from its beginning.
     *
     * @param from the row that is number 0 of a part
     * @return the noise of the part
     */
    public Noise fromRow(int from) {
        return on ? new Noise(key, first + from, true) : this;
    }

    /** {@return whether masks are drawn} */
    public boolean isOn() {
        return on;
    }

    /**
     * Draws a dropout mask for one row: 0 with probability {@code rate}, otherwise 1/(1-rate), so that the mean is 1
     * (Srivastava et al., 2014, in the form that leaves evaluation as it is).
     *
     * @param row the row
     * @param mask (Output) where to
     * @param from first element
     * @param length number of elements
     * @param rate probability of 0, in [0, 1)
     */
    public void dropout(int row, Vec mask, int from, int length, double rate) {
        draw(ofRow(row), mask, from, length, rate, 0, 1 / (1 - rate));
    }

    /**
     * Draws a dropout mask that all rows share, as that of weights.
     *
     * @param mask (Output) where to
     * @param from first element
     * @param length number of elements
     * @param rate probability of 0, in [0, 1)
     */
    public void sharedDropout(Vec mask, int from, int length, double rate) {
        Rng own = shared;
        if (own == null) {
            own = generator(SHARED);
            shared = own;
        }
        draw(own, mask, from, length, rate, 0, 1 / (1 - rate));
    }

    /**
     * Draws ones for one row with probability {@code rate}, otherwise zeros.
     *
     * @param row the row
     * @param mask (Output) where to
     * @param from first element
     * @param length number of elements
     * @param rate probability of 1
     */
    public void ones(int row, Vec mask, int from, int length, double rate) {
        draw(ofRow(row), mask, from, length, rate, 1, 0);
    }

    /**
     * Draws a number for one row.
     *
     * @param row the row
     * @return from the uniform distribution over [0, 1)
     */
    public double uniform(int row) {
        return ofRow(row).nextDouble();
    }

    /**
     * Whether the pass does without a token, in all rows and however often it is asked.
     *
     * @param id the token
     * @param rate probability that it does
     * @return the same for the same token
     */
    public boolean drops(int id, double rate) {
        return generator(TOKENS + id).nextDouble() < rate;
    }

    private Rng ofRow(int row) {
        while (rows.size() <= row) {
            rows.add(generator(first + rows.size()));
        }
        return rows.get(row);
    }

    private Rng generator(int number) {
        if (!on) {
            throw new IllegalStateException("Noise.off: a mask was asked for outside training.");
        }
        return Rng.stream(key, number);
    }

    private static void draw(Rng rng, Vec mask, int from, int length, double rate, double hit, double miss) {
        for (int i = from; i < from + length; i++) {
            mask.set(i, rng.nextDouble() < rate ? hit : miss);
        }
    }

    /**
     * Requires a probability of dropping.
     *
     * @param where the layer, for the message
     * @param what name of the rate
     * @param rate the rate
     * @return the rate
     * @throws IllegalArgumentException unless 0 ≤ rate &lt; 1
     */
    public static double requireRate(String where, String what, double rate) {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException(
                    where + ": " + what + " is " + rate + ", expected 0 (off) or more and below 1.");
        }
        return rate;
    }
}
