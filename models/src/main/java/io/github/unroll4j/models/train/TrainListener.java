// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * Is told how training goes: the place for progress lines, metrics files, samples and checkpoints. Those that write a
 * CSV file, log lines or TensorBoard's event files are here.
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

    /**
     * A listener to rows: the figures of every so many iterations, those of each measurement on held-out data, and the
     * last ones. A row is told when the next iteration is done, since what was measured belongs to it.
     *
     * @param every iterations from one row to the next, 1 or more
     * @param report what to do with each row
     * @return the listener
     */
    static TrainListener rows(long every, Consumer<TrainRow> report) {
        Objects.requireNonNull(report, "report");
        return new Rows("TrainListener.rows", every) {
            @Override
            void add(TrainRow row) {
                report.accept(row);
            }
        };
    }

    /**
     * Writes {@linkplain #rows rows} into a CSV file, each at once. A run from its first iteration on begins the file
     * anew; one that goes on from a saved state keeps the lines up to there.
     *
     * @param file where to; its folder must exist. A file that cannot be written ends the run with an {@link
     *     java.io.UncheckedIOException}, one that is no file of rows and would be gone on with, with an {@link
     *     IllegalArgumentException}
     * @param every iterations from one row to the next, 1 or more
     * @return the listener, for one trainer at a time
     */
    static TrainListener csv(Path file, long every) {
        Objects.requireNonNull(file, "file");
        return new Rows("TrainListener.csv", every) {
            @Override
            void begin(long iterations) {
                TrainRow.begin(file, iterations);
            }

            @Override
            void add(TrainRow row) {
                row.append(file);
            }
        };
    }

    /**
     * Logs {@linkplain #rows rows} as lines, and how the run has ended; at level info, a run that diverged at level
     * warn.
     *
     * @param log where to
     * @param every iterations from one line to the next, 1 or more
     * @return the listener, for one trainer at a time
     */
    static TrainListener slf4j(Logger log, long every) {
        Objects.requireNonNull(log, "log");
        return new Rows("TrainListener.slf4j", every) {
            @Override
            void add(TrainRow row) {
                if (log.isInfoEnabled()) {
                    log.info(row.sentence());
                }
            }

            @Override
            public void onEnd(Outcome outcome) {
                super.onEnd(outcome);
                if (outcome instanceof Outcome.Diverged diverged) {
                    log.warn(diverged.sentence());
                } else {
                    log.info("training ended: {}", outcome);
                }
            }
        };
    }

    /**
     * Writes {@linkplain #rows rows} as scalars for TensorBoard, each at once: {@code loss/train}, {@code
     * loss/validation} where it was measured, {@code gradient_norm}, {@code learning_rate} and {@code
     * tokens_per_second}, by iteration. {@code tensorboard --logdir} of the folder, or of the one above it, shows
     * them. Each run writes a file of its own, and one that goes on from a saved state tells TensorBoard to drop what
     * came later.
     *
     * @param folder where to, made if it is not there; one for each run that is to be a curve of its own. Where nothing
     *     can be written the run ends with an {@link java.io.UncheckedIOException}
     * @param every iterations from one row to the next, 1 or more
     * @return the listener, for one trainer at a time
     */
    static TrainListener tensorBoard(Path folder, long every) {
        Objects.requireNonNull(folder, "folder");
        return new TensorBoardRows(folder, every);
    }
}
