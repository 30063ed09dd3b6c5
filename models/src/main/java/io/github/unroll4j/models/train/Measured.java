// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;

/** The best measurement on held-out data so far, and how many came after it. */
final class Measured {
    private static final String BEST = "trainer.validation.best";
    private static final String COUNTS = "trainer.validation.counts";

    private double best = Double.POSITIVE_INFINITY;
    private long bestIteration;
    private long since;

    void add(long iteration, double loss) {
        if (loss < best) {
            best = loss;
            bestIteration = iteration;
            since = 0;
        } else {
            since++;
        }
    }

    double best() {
        return best;
    }

    long bestIteration() {
        return bestIteration;
    }

    /** Measurements in a row, up to the latest, that were no new best. */
    long since() {
        return since;
    }

    void write(Checkpoint.Builder checkpoint) {
        checkpoint.put(BEST, Tensor.of(Vec.of(Dtype.DOUBLE, best), 1)).put(COUNTS, new long[] {bestIteration, since});
    }

    /** Starts anew where a state has none of this: it was saved before anything was measured. */
    void restore(Checkpoint checkpoint) {
        if (!checkpoint.names().contains(BEST)) {
            best = Double.POSITIVE_INFINITY;
            bestIteration = 0;
            since = 0;
            return;
        }
        Tensor saved = checkpoint.tensor(BEST);
        long[] counts = checkpoint.longs(COUNTS);
        if (saved.data().length() != 1 || counts.length != 2 || counts[0] < 0 || counts[1] < 0) {
            throw new CheckpointException(checkpoint.source() + ": " + BEST + " or " + COUNTS
                    + " is not what a training run writes; likely cause: the file was edited.");
        }
        best = saved.at(0);
        bestIteration = counts[0];
        since = counts[1];
    }
}
