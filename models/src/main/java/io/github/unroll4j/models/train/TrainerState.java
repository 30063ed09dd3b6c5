// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.optim.Optimizer;
import java.util.LinkedHashMap;
import java.util.Map;

/** How the state of a trainer lies in a checkpoint. */
final class TrainerState {
    private static final String ITERATION = "trainer.iteration";
    private static final String SMOOTHED_LOSS = "trainer.smoothed_loss";
    private static final String OPTIMIZER = "optimizer.";

    private TrainerState() {}

    static void write(Checkpoint.Builder checkpoint, long iteration, SmoothedLoss smoothed, Optimizer optimizer) {
        checkpoint.put(ITERATION, new long[] {iteration}).put(SMOOTHED_LOSS, smoothed.toTensor());
        optimizer.state().forEach((key, tensor) -> checkpoint.put(OPTIMIZER + key, tensor));
    }

    /** Restores the loss and the optimiser and returns the iteration. */
    static long read(Checkpoint checkpoint, SmoothedLoss smoothed, Optimizer optimizer) {
        if (!checkpoint.names().contains(ITERATION)) {
            throw new CheckpointException(
                    checkpoint.source() + ": holds no state of a training run, so there is nothing"
                            + " to resume; likely cause: it was saved as a model only.");
        }
        Map<String, Tensor> state = new LinkedHashMap<>();
        for (String name : checkpoint.names()) {
            if (name.startsWith(OPTIMIZER)) {
                state.put(name.substring(OPTIMIZER.length()), checkpoint.tensor(name));
            }
        }
        long[] iteration = checkpoint.longs(ITERATION);
        Tensor loss = checkpoint.tensor(SMOOTHED_LOSS);
        if (iteration.length != 1 || iteration[0] < 0 || loss.data().length() != 3) {
            throw new CheckpointException(checkpoint.source() + ": " + ITERATION + " or " + SMOOTHED_LOSS
                    + " is not what a training run writes; likely cause: the file was edited.");
        }
        optimizer.restore(state);
        smoothed.restore(loss);
        return iteration[0];
    }
}
