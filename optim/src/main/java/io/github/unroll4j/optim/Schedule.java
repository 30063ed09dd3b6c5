// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

/**
 * The learning rate of each optimiser step.
 *
 * <p>Iteration and epoch start at zero and count what is finished. At the first step of training, both are 0. When the
 * training text has been read n times, the epoch is exactly n.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Schedule {
    /**
     * Returns the learning rate of the next step.
     *
     * @param iteration number of optimiser steps taken so far
     * @param epoch number of passes over the training data so far, including the finished fraction of the current one
     * @return the rate
     */
    double rate(long iteration, double epoch);

    /**
     * Returns a schedule with one constant rate.
     *
     * @param rate finite, 0 or more
     * @return the schedule
     */
    static Schedule constant(double rate) {
        requireRate("constant", "rate", rate);
        return (iteration, epoch) -> rate;
    }

    /**
     * Returns a schedule with one rate for the first epochs, which is then multiplied by a factor before every further
     * epoch: {@code rate · factor^max(0, ⌊epoch⌋ + 1 - afterEpoch)}.
     *
     * <p>Factor 0.5 after epoch 4 is the small model of Zaremba, Sutskever and Vinyals (2014). Their published program
     * starts one epoch later than their text says. Factor 0.97 after epoch 10 is char-rnn.
     *
     * @param rate the first rate, finite, 0 or more
     * @param factor above 0, at most 1
     * @param afterEpoch number of epochs at the first rate, 0 or more; with 0 the first epoch already has a lower rate
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
     * Returns a schedule that falls smoothly by one factor per epoch, {@code rate · factor^epoch}.
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
     * Returns half a cosine from a rate to a floor, and then the floor (Loshchilov and Hutter, 2017, without restarts).
     *
     * @param rate the first rate, finite
     * @param floor the last rate, 0 or more, at most {@code rate}
     * @param iterations number of steps until the floor is reached, 1 or more
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
     * Returns this schedule with a linear warm-up: step i of the first n, from i = 1, has i/n of this schedule's rate.
     *
     * @param iterations n, 1 or more; they do not delay this schedule
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
