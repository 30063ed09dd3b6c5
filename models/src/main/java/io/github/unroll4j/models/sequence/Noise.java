// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Vec;
import org.jspecify.annotations.Nullable;

/**
 * Where the regularisers draw their masks in one forward pass: a seeded generator in training, nothing in evaluation.
 *
 * <p>Handed in with the pass, never a mode of the model, so that a mask cannot be left on by mistake. Equal generators
 * give equal masks: a gradient check makes the noise anew from one seed for each evaluation of the loss.
 *
 * @since 0.1.0
 */
public final class Noise {
    private static final Noise OFF = new Noise(null);

    private final @Nullable Rng rng;

    private Noise(@Nullable Rng rng) {
        this.rng = rng;
    }

    /** {@return no noise: every regulariser does what it does outside training} */
    public static Noise off() {
        return OFF;
    }

    /**
     * Noise from a generator.
     *
     * @param rng drawn from by every layer of the pass in turn
     * @return the noise
     */
    public static Noise of(Rng rng) {
        return new Noise(rng);
    }

    /** {@return whether masks are drawn} */
    public boolean isOn() {
        return rng != null;
    }

    /**
     * Draws a dropout mask: 0 with probability {@code rate}, otherwise 1/(1-rate), so that the mean is 1 (Srivastava et
     * al., 2014, in the form that leaves evaluation as it is).
     *
     * @param mask (Output) where to
     * @param from first element
     * @param length number of elements
     * @param rate probability of 0, in [0, 1)
     */
    public void dropout(Vec mask, int from, int length, double rate) {
        draw(mask, from, length, rate, 0, 1 / (1 - rate));
    }

    /**
     * Draws ones with probability {@code rate}, otherwise zeros.
     *
     * @param mask (Output) where to
     * @param from first element
     * @param length number of elements
     * @param rate probability of 1
     */
    public void ones(Vec mask, int from, int length, double rate) {
        draw(mask, from, length, rate, 1, 0);
    }

    private void draw(Vec mask, int from, int length, double rate, double hit, double miss) {
        if (rng == null) {
            throw new IllegalStateException("Noise.off: a mask was asked for outside training.");
        }
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
