// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

/**
 * The learning rate of each optimiser step.
 *
 * <p>Both clocks start at zero and count what is finished: at the first step of training the iteration is 0 and the
 * epoch is 0; once the training text has been passed over n times the epoch is exactly n.
 */
@FunctionalInterface
public interface Schedule {
    /**
     * The learning rate of the next step.
     *
     * @param iteration optimiser steps taken so far
     * @param epoch passes over the training data so far, with the fraction of the one under way
     * @return the rate
     */
    double rate(long iteration, double epoch);

    /**
     * One rate for ever.
     *
     * @param rate finite, 0 or more
     * @return the schedule
     */
    static Schedule constant(double rate) {
        requireRate("constant", "rate", rate);
        return (iteration, epoch) -> rate;
    }

    /**
     * One rate for the first epochs, then multiplied by a factor before every further one: {@code
     * rate · factor^max(0, ⌊epoch⌋ + 1 - afterEpoch)}.
     *
     * <p>With factor 0.5 after epoch 4: Zaremba, Sutskever and Vinyals (2014), small model (their published program
     * starts one epoch later than their text). With 0.97 after epoch 10: char-rnn.
     *
     * @param rate the first rate, finite, 0 or more
     * @param factor above 0, at most 1
     * @param afterEpoch number of epochs at the first rate, 0 or more; after 0 the first epoch is already lower
     * @return the schedule
     */
    static Schedule stepDecay(double rate, double factor, int afterEpoch) {
        requireRate("stepDecay", "rate", rate);
        requireFactor("stepDecay", factor);
        if (afterEpoch < 0) {
            throw error("stepDecay", "afterEpoch", Integer.toString(afterEpoch), "0 or more");
        }
        return (iteration, epoch) -> rate * Math.pow(factor, Math.max(0, Math.floor(epoch) + 1 - afterEpoch));
    }

    /**
     * A smooth fall by one factor an epoch, {@code rate · factor^epoch}.
     *
     * @param rate the first rate, finite, 0 or more
     * @param factor above 0, at most 1
     * @return the schedule
     */
    static Schedule exponential(double rate, double factor) {
        requireRate("exponential", "rate", rate);
        requireFactor("exponential", factor);
        return (iteration, epoch) -> rate * Math.pow(factor, epoch);
    }

    /**
     * Half a cosine from a rate to a floor, which it then keeps (Loshchilov and Hutter, 2017, without restarts).
     *
     * @param rate the first rate, finite
     * @param floor the last rate, 0 or more, at most {@code rate}
     * @param iterations number of steps until the floor, 1 or more
     * @return the schedule
     */
    static Schedule cosine(double rate, double floor, long iterations) {
        requireRate("cosine", "rate", rate);
        requireRate("cosine", "floor", floor);
        if (floor > rate) {
            throw error("cosine", "floor", Double.toString(floor), "at most the rate " + rate);
        }
        requireIterations("cosine", iterations);
        return (iteration, epoch) -> {
            double done = Math.min(1, (double) iteration / iterations);
            return floor + (rate - floor) * 0.5 * (1 + Math.cos(Math.PI * done));
        };
    }

    /**
     * This schedule after a linear rise: step i of the first n is taken at i/n of this schedule's rate, from i = 1.
     *
     * @param iterations n, 1 or more; this schedule's own clocks are not moved by it
     * @return the schedule
     */
    default Schedule afterWarmUp(long iterations) {
        requireIterations("afterWarmUp", iterations);
        return (iteration, epoch) -> rate(iteration, epoch) * Math.min(1, (iteration + 1.0) / iterations);
    }

    private static void requireRate(String factory, String what, double rate) {
        if (!(rate >= 0) || Double.isInfinite(rate)) {
            throw error(factory, what, Double.toString(rate), "finite, 0 or more");
        }
    }

    private static void requireFactor(String factory, double factor) {
        if (!(factor > 0 && factor <= 1)) {
            throw error(factory, "factor", Double.toString(factor), "above 0 and at most 1");
        }
    }

    private static void requireIterations(String factory, long iterations) {
        if (iterations < 1) {
            throw error(factory, "iterations", Long.toString(iterations), "1 or more");
        }
    }

    private static IllegalArgumentException error(String factory, String what, String found, String expected) {
        return new IllegalArgumentException(
                "Schedule." + factory + ": " + what + " is " + found + ", expected " + expected + ".");
    }
}
