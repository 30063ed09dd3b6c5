// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.train.TrainRow;
import io.github.unroll4j.models.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A saved run to go on with.
 *
 * @param checkpoint its file
 * @param folder where it lies
 */
record ResumedRun(Checkpoint checkpoint, RunFolder folder) {
    /** A rate in a metrics file has six digits. */
    private static final double ROUNDING = 1e-5;

    static ResumedRun read(Path file) {
        return new ResumedRun(Checkpoint.load(file), RunFolder.of(file));
    }

    /** The generator of the samples, where the run left it. */
    Rng sampling() {
        return SavedRun.sampling(checkpoint);
    }

    /** The hash of the text that the run was trained on. */
    String textHash() {
        return SavedRun.textHash(checkpoint);
    }

    /** The hash of what the run was measured on; empty if it does not say. */
    String validationHash() {
        return SavedRun.validationHash(checkpoint);
    }

    /** Refuses a run of another subject, after closing its model. */
    void require(Subject here, Subject saved, Runnable close) {
        Optional<String> objection = here.objectionTo(saved);
        if (objection.isPresent()) {
            close.run();
            throw new IllegalArgumentException("--resume: " + checkpoint.source() + " " + objection.get());
        }
    }

    /**
     * The learning rate that a run goes on with, in words. It never rises by itself: where it does, other flags than
     * before were given, a longer run most of all, whose fall from the first rate takes longer.
     */
    static String describeRate(List<TrainRow> before, double rate, long iterations) {
        String with = String.format(Locale.ROOT, ", learning rate %.2e", rate);
        double last = before.isEmpty() ? rate : before.get(before.size() - 1).learningRate();
        return rate <= last * (1 + ROUNDING)
                ? with
                : with + String.format(Locale.ROOT, ", up from %.2e: that of a run of %d iterations", last, iterations);
    }

    /** Brings a trainer to where the run was, and returns the metrics up to there. */
    List<TrainRow> restore(Trainer trainer, long iterations, Console console) {
        trainer.restore(checkpoint);
        if (trainer.iteration() >= iterations) {
            throw new IllegalArgumentException("--resume: the run in " + checkpoint.source() + " has done "
                    + trainer.iteration() + " iterations already, and the flags ask for " + iterations
                    + " in all; go on with a larger --iterations or --epochs");
        }
        return Metrics.read(folder.metrics(), trainer.iteration(), line -> console.result("metrics", line));
    }
}
