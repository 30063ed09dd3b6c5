// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.Optimizer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a run has come, what it has reached, and how both lie in a checkpoint.
 *
 * <p>The smoothed loss is the exponential mean of the losses, free of its bias at the start: the mean of n numbers
 * while n is small. The loss of k iterations ago has the weight 0.99^k, so that it is a mean of about the last hundred:
 * where losses fall fast, as in a short run, it stays well above the latest one.
 */
final class TrainerState {
    private static final String ITERATION = "trainer.iteration";
    private static final String SMOOTHED_LOSS = "trainer.smoothed_loss";
    private static final String BEST = "trainer.validation.best";
    private static final String COUNTS = "trainer.validation.counts";
    private static final String PARTS = "trainer.parts";
    private static final String OPTIMIZER = "optimizer.";
    private static final double DECAY = 0.99;
    /** No machine has so many processors, and each part has buffers of its own. */
    private static final int MOST_PARTS = 1 << 16;

    /** Iterations done. */
    long iteration;

    /** Into how many parts each batch is cut; 0 until the run begins. */
    int parts;

    private double mean;
    private double weight;
    private double firstLoss = Double.NaN;
    /** The lowest loss on held-out data, and when it was measured. */
    double best = Double.POSITIVE_INFINITY;

    long bestIteration;
    /** Measurements in a row, up to the latest, that were no new best. */
    long sinceBest;

    void add(double loss) {
        if (weight == 0) {
            firstLoss = loss;
        }
        mean = DECAY * mean + (1 - DECAY) * loss;
        weight = DECAY * weight + (1 - DECAY);
    }

    double smoothedLoss() {
        return mean / weight;
    }

    /** What is wrong with an iteration, so that its step would spoil the weights; null if nothing is. */
    @Nullable
    String objection(Loss loss, double gradientNorm, double explosion) {
        if (!Double.isFinite(loss.nats()) || !Double.isFinite(loss.value())) {
            return "the loss is " + loss.nats();
        }
        if (!Double.isFinite(gradientNorm)) {
            return "the gradient is not finite";
        }
        if (smoothedLoss() > explosion * Math.max(1, firstLoss)) {
            return String.format(
                    Locale.ROOT,
                    "the smoothed loss has risen from %.3g to %.3g nats per token, more than %.3g times its start",
                    firstLoss,
                    smoothedLoss(),
                    explosion);
        }
        return null;
    }

    void measured(double loss) {
        if (loss < best) {
            best = loss;
            bestIteration = iteration;
            sinceBest = 0;
        } else {
            sinceBest++;
        }
    }

    void forgetMeasurements() {
        best = Double.POSITIVE_INFINITY;
        bestIteration = 0;
        sinceBest = 0;
    }

    void write(Checkpoint.Builder checkpoint, Optimizer optimizer) {
        checkpoint
                .put(ITERATION, new long[] {iteration})
                .put(PARTS, new long[] {parts})
                .put(SMOOTHED_LOSS, Tensor.of(Vec.of(Dtype.DOUBLE, mean, weight, firstLoss), 3))
                .put(BEST, Tensor.of(Vec.of(Dtype.DOUBLE, best), 1))
                .put(COUNTS, new long[] {bestIteration, sinceBest});
        optimizer.state().forEach((key, tensor) -> checkpoint.put(OPTIMIZER + key, tensor));
    }

    /** What a checkpoint says, all of it looked at; the moments of the optimiser are for it to judge. */
    static TrainerState read(Checkpoint checkpoint) {
        if (!checkpoint.names().contains(ITERATION)) {
            throw new CheckpointException(
                    checkpoint.source() + ": holds no state of a training run, so there is nothing"
                            + " to resume; likely cause: it was saved as a model only.");
        }
        TrainerState state = new TrainerState();
        long[] saved = checkpoint.longs(ITERATION);
        Vec loss = checkpoint.tensor(SMOOTHED_LOSS).data();
        boolean weighed = loss.length() == 3 && loss.get(1) >= 0 && loss.get(1) <= 1; // that of n losses is 1 - 0.99^n
        require(checkpoint, saved.length == 1 && saved[0] >= 0 && weighed, ITERATION + " or " + SMOOTHED_LOSS);
        state.iteration = saved[0];
        state.parts = parts(checkpoint);
        state.mean = loss.get(0);
        state.weight = loss.get(1);
        state.firstLoss = loss.get(2);
        if (checkpoint.names().contains(BEST)) { // one that was saved before anything was measured may have none
            state.readMeasurements(checkpoint);
        }
        return state;
    }

    private static int parts(Checkpoint checkpoint) {
        long[] saved = checkpoint.names().contains(PARTS) ? checkpoint.longs(PARTS) : new long[] {1};
        require(checkpoint, saved.length == 1 && saved[0] >= 0 && saved[0] <= MOST_PARTS, PARTS);
        return (int) saved[0];
    }

    private void readMeasurements(Checkpoint checkpoint) {
        Tensor lowest = checkpoint.tensor(BEST);
        long[] counts = checkpoint.longs(COUNTS);
        require(
                checkpoint,
                lowest.data().length() == 1
                        && !Double.isNaN(lowest.data().get(0))
                        && counts.length == 2
                        && Math.min(counts[0], counts[1]) >= 0
                        && Math.max(counts[0], counts[1]) <= iteration,
                BEST + " or " + COUNTS);
        best = lowest.data().get(0);
        bestIteration = counts[0];
        sinceBest = counts[1];
    }

    /** The state of the optimiser in a checkpoint. */
    static Map<String, Tensor> optimizer(Checkpoint checkpoint) {
        Map<String, Tensor> state = new LinkedHashMap<>();
        for (String name : checkpoint.names()) {
            if (name.startsWith(OPTIMIZER)) {
                state.put(name.substring(OPTIMIZER.length()), checkpoint.tensor(name));
            }
        }
        return state;
    }

    private static void require(Checkpoint checkpoint, boolean sound, String names) {
        if (!sound) {
            throw new CheckpointException(checkpoint.source() + ": " + names
                    + " is not what a training run writes; likely cause: the file was edited.");
        }
    }
}
