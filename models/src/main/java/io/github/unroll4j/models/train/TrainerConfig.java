// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import io.github.unroll4j.core.tensor.Workers;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Optimizer;
import io.github.unroll4j.optim.Schedule;
import java.util.Objects;
import java.util.Optional;

/**
 * How to train. Begins without clipping or validation, and ends at {@value #EXPLOSION} times the first loss; each
 * setting is a method that gives a changed copy.
 *
 * @since 0.1.0
 */
public final class TrainerConfig {
    /** Rows of a batch that keep a worker busy, where nobody says how many workers there are: {@value}. */
    public static final int ROWS = 8;

    /** How many times its start the smoothed loss may reach, where nobody says so, as in char-rnn: {@value}. */
    public static final double EXPLOSION = 3;

    private final Optimizer optimizer;
    private final Schedule schedule;
    private final long iterations;
    private final GradientClip clip;
    private final double explosion;
    private final Optional<Validation> validation;
    /** 0 for as many as suit the machine. */
    private final int workers;

    /**
     * Training.
     *
     * @param optimizer moves the weights
     * @param schedule learning rate of each step
     * @param iterations number of iterations in all, those before a resume included
     * @throws IllegalArgumentException if the number is negative
     */
    public TrainerConfig(Optimizer optimizer, Schedule schedule, long iterations) {
        this(optimizer, schedule, iterations, GradientClip.none(), EXPLOSION, Optional.empty(), 0);
    }

    private TrainerConfig(
            Optimizer optimizer,
            Schedule schedule,
            long iterations,
            GradientClip clip,
            double explosion,
            Optional<Validation> validation,
            int workers) {
        if (iterations < 0) {
            throw new IllegalArgumentException("TrainerConfig: iterations is " + iterations + ", expected 0 or more.");
        }
        this.optimizer = Objects.requireNonNull(optimizer, "optimizer");
        this.schedule = Objects.requireNonNull(schedule, "schedule");
        this.iterations = iterations;
        this.clip = clip;
        this.explosion = explosion;
        this.validation = validation;
        this.workers = workers;
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

    /** {@return how many times its start the smoothed loss may reach} */
    public double explosion() {
        return explosion;
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
        Objects.requireNonNull(limit, "limit");
        return new TrainerConfig(optimizer, schedule, iterations, limit, explosion, validation, workers);
    }

    /**
     * The same with another limit on the loss. A smoothed loss far above the first one means that the steps are too
     * large. A start below 1 nat per token counts as 1, so that a well trained model may be trained further on another
     * text.
     *
     * @param factor how many times its start the smoothed loss may reach, above 1; infinite for a run that ends only
     *     at a loss or gradient that is no finite number, which would turn every weight into NaN
     * @return the changed copy
     * @throws IllegalArgumentException if the factor is not above 1
     */
    public TrainerConfig explosion(double factor) {
        if (!(factor > 1)) {
            throw new IllegalArgumentException(
                    "TrainerConfig.explosion: the factor is " + factor + ", expected one above 1.");
        }
        return new TrainerConfig(optimizer, schedule, iterations, clip, factor, validation, workers);
    }

    /**
     * The same with measurements on held-out data.
     *
     * @param measurement how often and how
     * @return the changed copy
     */
    public TrainerConfig with(Validation measurement) {
        Objects.requireNonNull(measurement, "measurement");
        return new TrainerConfig(optimizer, schedule, iterations, clip, explosion, Optional.of(measurement), workers);
    }

    /**
     * The same with a number of workers: the rows of each batch are cut into as many parts, which are computed at once,
     * each with buffers and gradients of its own over the same weights. Without this setting there are as many as
     * {@link Workers#threads()}, as far as each has {@value #ROWS} rows or more.
     *
     * <p>Results depend on the number of parts by rounding alone. How many threads work on them
     * ({@link Workers#setThreads}) changes no bit. A run that is restored keeps the number of parts that it had.
     *
     * @param count 1 or more; rows that a batch does not have are not counted
     * @return the changed copy
     * @throws IllegalArgumentException if the number is below 1
     */
    public TrainerConfig workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException(
                    "TrainerConfig.workers: the count is " + count + ", expected 1 or more.");
        }
        return new TrainerConfig(optimizer, schedule, iterations, clip, explosion, validation, count);
    }

    /** Into how many parts to cut batches of so many rows. */
    int parts(int rows) {
        return workers > 0 ? Math.max(1, Math.min(workers, rows)) : Workers.parts(rows, ROWS);
    }
}
