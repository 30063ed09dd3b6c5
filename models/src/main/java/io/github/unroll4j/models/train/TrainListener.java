// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * Is told how training goes: the place for progress lines, metrics files, samples and checkpoints.
 *
 * <p>Called on the training thread, between iterations; what a listener throws ends the run. From here {@link
 * Trainer#writeTo} saves a state to resume from, and the model may be read, but not trained.
 *
 * @since 0.1.0
 */
public interface TrainListener {
    /**
     * An iteration is done.
     *
     * @param step its figures
     */
    default void onStep(TrainStep step) {}

    /**
     * The held-out data were evaluated; follows {@link #onStep} of the same iteration.
     *
     * @param step the figures of that iteration
     * @param loss the loss on the held-out data, per token, in nats
     */
    default void onEvaluation(TrainStep step, double loss) {}

    /**
     * The run has ended.
     *
     * @param outcome how
     */
    default void onEnd(Outcome outcome) {}

    /**
     * A listener to the steps whose number is a multiple of some number.
     *
     * @param iterations the number, 1 or more
     * @param report what to do with each of these steps
     * @return the listener
     */
    static TrainListener every(long iterations, Consumer<TrainStep> report) {
        Objects.requireNonNull(report, "report");
        if (iterations < 1) {
            throw new IllegalArgumentException(
                    "TrainListener.every: iterations is " + iterations + ", expected 1 or more.");
        }
        return new TrainListener() {
            @Override
            public void onStep(TrainStep step) {
                if (step.iteration() % iterations == 0) {
                    report.accept(step);
                }
            }
        };
    }
}
