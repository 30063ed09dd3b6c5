// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.models.train.BestModel;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.TrainStep;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Saves that may fail without ending a run, such as on a disk that is full for a while: each failure is told, the next
 * save is another try, and only what is not saved at the end of the run is a failure of the run.
 */
final class Retries {
    private final Console console;
    private @Nullable CheckpointException bestModel;
    private @Nullable CheckpointException end;

    Retries(Console console) {
        this.console = console;
    }

    /** Says that a save failed. */
    void tell(CheckpointException e) {
        console.result("not saved", e.getMessage() + " Training goes on, and the next save is another try.");
    }

    /** The same listener, with failed saves told. */
    TrainListener of(BestModel best) {
        return new TrainListener() {
            @Override
            public void onEvaluation(TrainStep step, double loss) {
                try {
                    double before = best.best();
                    best.onEvaluation(step, loss);
                    bestModel = best.best() < before ? null : bestModel;
                } catch (CheckpointException e) {
                    bestModel = e;
                    tell(e);
                }
            }
        };
    }

    /** The save at the end of the run. */
    void last(Runnable save) {
        try {
            save.run();
        } catch (CheckpointException e) {
            end = e;
        }
    }

    /** Why the run as it ended, or its best model, is not saved; empty if all is. */
    Optional<CheckpointException> failure() {
        return Optional.ofNullable(end == null ? bestModel : end);
    }
}
