// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.checkpoint.ParameterTensors;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.train.Outcome;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * A training that is saved as it goes and at Ctrl-C, so that a later run goes on with it, with bit-identical results.
 */
final class SavedTraining {
    /** What the models of the library put before the name of a parameter. */
    private static final String PREFIX = "model.";

    private static final int SAVES = 10;

    private static volatile Optional<Runnable> atCtrlC = Optional.empty();
    private static volatile Optional<Runnable> outside = Optional.empty();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> atCtrlC.or(() -> outside).ifPresent(Runnable::run)));
    }

    private final Path file;
    private final Trainer trainer;
    private final Parameters parameters;
    private final Consumer<Checkpoint.Builder> model;
    private final Consumer<String> tell;

    /**
     * A training whose model writes itself, under the names that the models of the library have.
     *
     * @param tell told of a save on the way that failed; the training goes on
     */
    SavedTraining(
            Path file,
            Trainer trainer,
            Parameters parameters,
            Consumer<Checkpoint.Builder> model,
            Consumer<String> tell) {
        this.tell = tell;
        this.file = file;
        this.trainer = trainer;
        this.parameters = parameters;
        this.model = model;
    }

    /** Writes weights that belong to no model of the library. */
    static Consumer<Checkpoint.Builder> weights(Parameters parameters) {
        return checkpoint -> ParameterTensors.toTensors(PREFIX, parameters).forEach(checkpoint::put);
    }

    /** Says what happens at Ctrl-C outside of a training: before it, between two, while a model is measured. */
    static void outside(Runnable tell) {
        outside = Optional.of(tell);
    }

    /** A program has come to its own end: nothing is told any more. */
    static void ended() {
        outside = Optional.empty();
    }

    /** Goes back to what an earlier run saved, if it did. */
    boolean restore() {
        if (Files.notExists(file)) {
            return false;
        }
        Checkpoint saved = Checkpoint.load(file);
        ParameterTensors.load(saved, PREFIX, parameters);
        trainer.restore(saved);
        return true;
    }

    /**
     * Trains to the end or to Ctrl-C.
     *
     * @param iterations in all
     * @param end told which of them, when all is saved and before the JVM ends
     * @throws IllegalStateException if the training diverges
     */
    void run(long iterations, Consumer<Outcome> end) {
        trainer.listen(TrainListener.every(Math.max(1, iterations / SAVES), step -> trySave()));
        Semaphore saved = new Semaphore(0);
        atCtrlC = Optional.of(() -> {
            trainer.requestStop();
            saved.acquireUninterruptibly(); // the JVM ends after this
        });
        try {
            Outcome outcome = trainer.run();
            if (outcome instanceof Outcome.Diverged diverged) {
                throw new IllegalStateException(diverged.sentence());
            }
            save();
            end.accept(outcome);
        } finally {
            atCtrlC = Optional.empty();
            saved.release();
        }
    }

    private void trySave() {
        try {
            save();
        } catch (CheckpointException e) {
            tell.accept("not saved: " + e.getMessage() + " Training goes on, and the next save is another try.");
        }
    }

    private void save() {
        Checkpoint.Builder checkpoint = Checkpoint.builder();
        model.accept(checkpoint);
        trainer.writeTo(checkpoint);
        checkpoint.build().save(file);
    }
}
