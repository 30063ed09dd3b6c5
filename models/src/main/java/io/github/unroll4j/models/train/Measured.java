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

    /** What a state says; nothing yet where it says nothing: it was saved before anything was measured. */
    static Measured read(Checkpoint checkpoint, long iteration) {
        Measured measured = new Measured();
        if (!checkpoint.names().contains(BEST)) {
            return measured;
        }
        Tensor saved = checkpoint.tensor(BEST);
        long[] counts = checkpoint.longs(COUNTS);
        if (saved.data().length() != 1
                || Double.isNaN(saved.data().get(0))
                || counts.length != 2
                || Math.min(counts[0], counts[1]) < 0
                || Math.max(counts[0], counts[1]) > iteration) {
            throw new CheckpointException(checkpoint.source() + ": " + BEST + " or " + COUNTS
                    + " is not what a training run writes; likely cause: the file was edited.");
        }
        measured.best = saved.data().get(0);
        measured.bestIteration = counts[0];
        measured.since = counts[1];
        return measured;
    }
}
