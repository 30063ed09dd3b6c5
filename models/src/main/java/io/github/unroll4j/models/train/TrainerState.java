// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.optim.Optimizer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How the state of a trainer lies in a checkpoint. All of it is read before any of it is taken over.
 *
 * @param iteration iterations done
 * @param smoothed of {@link SmoothedLoss}
 * @param measured on held-out data
 * @param optimizer of the optimiser, for it to judge
 */
record TrainerState(long iteration, Tensor smoothed, Measured measured, Map<String, Tensor> optimizer) {
    private static final String ITERATION = "trainer.iteration";
    private static final String SMOOTHED_LOSS = "trainer.smoothed_loss";
    private static final String OPTIMIZER = "optimizer.";

    static void write(Checkpoint.Builder checkpoint, long iteration, SmoothedLoss smoothed, Optimizer optimizer) {
        checkpoint.put(ITERATION, new long[] {iteration}).put(SMOOTHED_LOSS, smoothed.toTensor());
        optimizer.state().forEach((key, tensor) -> checkpoint.put(OPTIMIZER + key, tensor));
    }

    static TrainerState read(Checkpoint checkpoint) {
        if (!checkpoint.names().contains(ITERATION)) {
            throw new CheckpointException(
                    checkpoint.source() + ": holds no state of a training run, so there is nothing"
                            + " to resume; likely cause: it was saved as a model only.");
        }
        long[] iteration = checkpoint.longs(ITERATION);
        Tensor loss = checkpoint.tensor(SMOOTHED_LOSS);
        if (iteration.length != 1 || iteration[0] < 0 || !SmoothedLoss.isOne(loss)) {
            throw new CheckpointException(checkpoint.source() + ": " + ITERATION + " or " + SMOOTHED_LOSS
                    + " is not what a training run writes; likely cause: the file was edited.");
        }
        Map<String, Tensor> state = new LinkedHashMap<>();
        for (String name : checkpoint.names()) {
            if (name.startsWith(OPTIMIZER)) {
                state.put(name.substring(OPTIMIZER.length()), checkpoint.tensor(name));
            }
        }
        return new TrainerState(iteration[0], loss, Measured.read(checkpoint, iteration[0]), state);
    }
}
