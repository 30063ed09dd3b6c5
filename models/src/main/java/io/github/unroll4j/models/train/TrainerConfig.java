// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Optimizer;
import io.github.unroll4j.optim.Schedule;
import java.util.Optional;

/**
 * How to train.
 *
 * @param optimizer moves the weights
 * @param schedule learning rate of each step
 * @param iterations number of iterations in all, those before a resume included
 * @param clip limit on the gradients
 * @param guard when to give up
 * @param validation measurements on held-out data
 */
public record TrainerConfig(
        Optimizer optimizer,
        Schedule schedule,
        long iterations,
        GradientClip clip,
        Guard guard,
        Optional<Validation> validation) {
    /** Checks the number of iterations. */
    public TrainerConfig {
        if (iterations < 0) {
            throw new IllegalArgumentException("TrainerConfig: iterations is " + iterations + ", expected 0 or more.");
        }
    }

    /**
     * Training without clipping or validation, under the standard guard.
     *
     * @param optimizer moves the weights
     * @param schedule learning rate of each step
     * @param iterations number of iterations in all
     */
    public TrainerConfig(Optimizer optimizer, Schedule schedule, long iterations) {
        this(optimizer, schedule, iterations, GradientClip.none(), Guard.standard(), Optional.empty());
    }

    /**
     * The same with a limit on the gradients.
     *
     * @param limit the limit
     * @return the changed copy
     */
    public TrainerConfig with(GradientClip limit) {
        return new TrainerConfig(optimizer, schedule, iterations, limit, guard, validation);
    }

    /**
     * The same with another guard.
     *
     * @param other the guard
     * @return the changed copy
     */
    public TrainerConfig with(Guard other) {
        return new TrainerConfig(optimizer, schedule, iterations, clip, other, validation);
    }

    /**
     * The same with measurements on held-out data.
     *
     * @param measurement how often and how
     * @return the changed copy
     */
    public TrainerConfig with(Validation measurement) {
        return new TrainerConfig(optimizer, schedule, iterations, clip, guard, Optional.of(measurement));
    }
}
