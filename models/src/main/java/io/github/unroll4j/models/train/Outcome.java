// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * How a training run ended: at its last iteration, early because it got no better, because it was asked to, or because
 * it diverged.
 *
 * <p>Only the last of these says that something is wrong, and {@link Trainer#run} returns it as it does the others,
 * without an exception.
 *
 * @since 0.1.0
 */
public sealed interface Outcome {
    /** {@return iterations done, in this run and those it continued} */
    long iteration();

    /**
     * All iterations were done.
     *
     * @param iteration iterations done
     */
    record Finished(long iteration) implements Outcome {}

    /**
     * The measurements on held-out data have brought no new best for as long as {@link Validation#patience} allows.
     *
     * @param iteration iterations done
     * @param best the lowest loss per token that was measured, in nats
     * @param bestIteration iterations done when it was
     */
    record NoProgress(long iteration, double best, long bestIteration) implements Outcome {}

    /**
     * {@link Trainer#requestStop} was called.
     *
     * @param iteration iterations done
     */
    record Stopped(long iteration) implements Outcome {}

    /**
     * A loss or gradient was not finite, or the loss has exploded ({@link TrainerConfig#explosion(double)}). The step
     * was not taken.
     *
     * @param iteration iterations done
     * @param cause what is wrong, e.g. {@code the loss is NaN}
     * @param learningRate rate of the step that was not taken
     * @param gradientNorm norm of its gradients before clipping
     * @param lastSaved iteration of the latest {@link Trainer#writeTo} or {@link Trainer#restore}, if any
     */
    record Diverged(long iteration, String cause, double learningRate, double gradientNorm, OptionalLong lastSaved)
            implements Outcome {
        /**
         * Requires what is not optional.
         *
         * @param iteration {@link #iteration()}
         * @param cause {@link #cause()}
         * @param learningRate {@link #learningRate()}
         * @param gradientNorm {@link #gradientNorm()}
         * @param lastSaved {@link #lastSaved()}
         */
        public Diverged {
            Objects.requireNonNull(cause, "cause");
            Objects.requireNonNull(lastSaved, "lastSaved");
        }

        /** {@return all of it in one sentence, with what to do about it} */
        public String sentence() {
            return String.format(
                    Locale.ROOT,
                    "Training diverged after %d iterations: %s (learning rate %.3g, gradient norm %.3g before clipping); "
                            + "%s; try a lower learning rate, a tighter limit on the gradients, or shorter windows.",
                    iteration,
                    cause,
                    learningRate,
                    gradientNorm,
                    lastSaved.isPresent()
                            ? "the last state saved is that of iteration " + lastSaved.getAsLong()
                            : "no state has been saved");
        }
    }
}
