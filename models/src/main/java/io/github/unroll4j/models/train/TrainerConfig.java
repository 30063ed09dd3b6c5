// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Optimizer;
import io.github.unroll4j.optim.Schedule;
import java.util.Optional;

/**
 * How to train. Begins without clipping or validation, under the standard guard; each setting is a method that gives a
 * changed copy.
 *
 * @since 0.1.0
 */
public final class TrainerConfig {
    private final Optimizer optimizer;
    private final Schedule schedule;
    private final long iterations;
    private final GradientClip clip;
    private final Guard guard;
    private final Optional<Validation> validation;

    /**
     * Training.
     *
     * @param optimizer moves the weights
     * @param schedule learning rate of each step
     * @param iterations number of iterations in all, those before a resume included
     * @throws IllegalArgumentException if the number is negative
     */
    public TrainerConfig(Optimizer optimizer, Schedule schedule, long iterations) {
        this(optimizer, schedule, iterations, GradientClip.none(), Guard.standard(), Optional.empty());
    }

    private TrainerConfig(
            Optimizer optimizer,
            Schedule schedule,
            long iterations,
            GradientClip clip,
            Guard guard,
            Optional<Validation> validation) {
        if (iterations < 0) {
            throw new IllegalArgumentException("TrainerConfig: iterations is " + iterations + ", expected 0 or more.");
        }
        this.optimizer = optimizer;
        this.schedule = schedule;
        this.iterations = iterations;
        this.clip = clip;
        this.guard = guard;
        this.validation = validation;
    }

    /** {@return what moves the weights} */
    public Optimizer optimizer() {
        return optimizer;
    }

    /** {@return the learning rate of each step} */
    public Schedule schedule() {
        return schedule;
    }

    /** {@return the number of iterations in all} */
    public long iterations() {
        return iterations;
    }

    /** {@return the limit on the gradients} */
    public GradientClip clip() {
        return clip;
    }

    /** {@return when to give up} */
    public Guard guard() {
        return guard;
    }

    /** {@return measurements on held-out data} */
    public Optional<Validation> validation() {
        return validation;
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
