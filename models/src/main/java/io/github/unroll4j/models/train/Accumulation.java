// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.Reduction;
import java.util.Objects;

/**
 * Gradient accumulation: several batches for each step of the optimiser, where one batch of them all would not fit into
 * memory.
 *
 * <p>The gradient of a step is that of one batch with the sequences of n batches, under the same reduction, whatever
 * their lengths:
 *
 * <pre>
 * MEAN         ∇ = Σ_i tokens_i ∇_i / Σ_i tokens_i     so every real token weighs the same, not every batch
 * SUM          ∇ = Σ_i ∇_i
 * BATCH_MEAN   ∇ = Σ_i ∇_i / n                         for batches of one size B
 * </pre>
 *
 * <p>So a learning rate and a limit on gradients that suit a batch of n·B suit n batches of B. The trainer clips what
 * comes out here, the whole step's gradient. An iteration of the trainer is n batches: 1000 iterations see 1000·n of
 * them. A state carried from batch to batch, as by a language model, is carried within a step too. Holds one more array
 * of the size of the gradients.
 *
 * @since 0.1.0
 */
public final class Accumulation implements Objective {
    private static final String BATCHES = "accumulation.batches";

    private final Objective inner;
    private final int batches;
    private final Reduction reduction;
    private final Vec sum;

    /**
     * Several batches a step.
     *
     * @param inner what to train
     * @param batches n, how many of its batches are one step, 1 or more
     * @param reduction how the inner objective reduces the losses of its tokens; weights of batches and the loss follow
     *     from it
     */
    public Accumulation(Objective inner, int batches, Reduction reduction) {
        Objects.requireNonNull(reduction, "reduction");
        if (batches < 1) {
            throw new IllegalArgumentException("Accumulation: batches is " + batches + ", expected 1 or more.");
        }
        this.inner = inner;
        this.batches = batches;
        this.reduction = reduction;
        sum = Vec.zeros(inner.parameters().dtype(), inner.parameters().count());
    }

    @Override
    public Parameters parameters() {
        return inner.parameters();
    }

    /**
     * Runs n batches of the inner objective, from number n·iteration on.
     *
     * @param iteration number of the step, from 0
     * @return nats and tokens of all n batches, and the value that the gradient belongs to
     * @throws IllegalStateException if the gradients were not cleared before: what they hold could not be told from a
     *     batch's
     */
    @Override
    public Loss gradients(long iteration) {
        return gradients(iteration, 1);
    }

    /** The same, each batch in parts. */
    @Override
    public Loss gradients(long iteration, int parts) {
        requireCleared();
        double nats = 0;
        int tokens = 0;
        double value = 0;
        double weights = 0;
        for (int i = 0; i < batches; i++) {
            Loss loss = inner.gradients(iteration * batches + i, parts);
            double weight = reduction == Reduction.MEAN ? loss.tokens() : 1;
            nats += loss.nats();
            tokens += loss.tokens();
            value += weight * loss.value();
            weights += weight;
            take(weight);
        }
        double scale = reduction == Reduction.SUM ? 1 : 1 / Math.max(1, weights);
        give(scale);
        return new Loss(nats, tokens, scale * value);
    }

    private void requireCleared() {
        Vec g = parameters().gradients();
        if (parameters().sumOverTouched(g::sumOfSquares) > 0) {
            throw new IllegalStateException(
                    "Accumulation.gradients: the gradients are not zero, expected Parameters.zeroGradients() before.");
        }
    }

    /**
     * Moves the gradients of a batch to the sum. Rows that were touched stay named, so that the next batch's come on
     * top.
     */
    private void take(double weight) {
        Vec g = parameters().gradients();
        parameters().forEachTouched((at, n) -> {
            sum.addScaled(at, weight, g, at, n);
            g.fill(at, n, 0);
        });
    }

    /** Moves the sum to the gradients; the rows of all batches are named. */
    private void give(double scale) {
        Vec g = parameters().gradients();
        parameters().forEachTouched((at, n) -> {
            g.addScaled(at, scale, sum, at, n);
            sum.fill(at, n, 0);
        });
    }

    @Override
    public int rows() {
        return inner.rows();
    }

    @Override
    public double epochs(long iteration) {
        return inner.epochs(iteration * batches);
    }

    @Override
    public void writeTo(Checkpoint.Builder checkpoint) {
        checkpoint.put(BATCHES, new long[] {batches});
        inner.writeTo(checkpoint);
    }

    /**
     * Takes back what {@link #writeTo} saved.
     *
     * @param checkpoint (Input) where from
     * @throws CheckpointException if another number of batches was a step then: iterations would name other batches
     */
    @Override
    public void restore(Checkpoint checkpoint) {
        if (!checkpoint.names().contains(BATCHES)) {
            throw new CheckpointException(checkpoint.source() + ": has no " + BATCHES
                    + "; likely cause: the run took one batch a step, so that its iterations count other batches.");
        }
        long[] saved = checkpoint.longs(BATCHES);
        if (saved.length != 1 || saved[0] != batches) {
            throw new CheckpointException(checkpoint.source() + ": the run had "
                    + (saved.length == 1 ? saved[0] : saved.length + " numbers instead of the number")
                    + " of batches a step, expected " + batches + ".");
        }
        inner.restore(checkpoint);
    }
}
