// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.run;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A saved run to go on with.
 *
 * @param checkpoint its file
 * @param folder where it lies
 */
record ResumedRun(Checkpoint checkpoint, RunFolder folder) {
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

    /** Refuses a run of another subject, after closing its model. */
    void require(Subject here, Subject saved, Runnable close) {
        Optional<String> objection = here.objectionTo(saved);
        if (objection.isPresent()) {
            close.run();
            throw new IllegalArgumentException("--resume: " + checkpoint.source() + " " + objection.get());
        }
    }

    /** Brings a trainer to where the run was, and returns the metrics up to there. */
    List<MetricsRow> restore(Trainer trainer, long iterations) {
        trainer.restore(checkpoint);
        if (trainer.iteration() >= iterations) {
            throw new IllegalArgumentException("--resume: the run in " + checkpoint.source() + " has done "
                    + trainer.iteration() + " iterations already, and the flags ask for " + iterations
                    + " in all; go on with a larger --iterations or --epochs");
        }
        return Metrics.read(folder.metrics(), trainer.iteration());
    }
}
