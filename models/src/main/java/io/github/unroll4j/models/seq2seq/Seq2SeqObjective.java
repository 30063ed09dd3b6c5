// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.PairBatches;
import java.util.Objects;

/**
 * Trains a sequence-to-sequence model on batches of pairs; the decoder reads the true target, or now and then what it
 * would have written itself ({@link ScheduledSampling}).
 *
 * <p>Dropout masks and the coins of scheduled sampling come from one generator, which is saved, so that a resumed run
 * draws what the uninterrupted one would have drawn.
 *
 * @since 0.1.0
 */
public final class Seq2SeqObjective implements Objective {
    private static final String RNG = "pairs.rng";

    private final Seq2Seq model;
    private final PairBatches batches;
    private final SoftmaxCrossEntropy loss;
    private final ScheduledSampling sampling;
    private Rng rng;

    /**
     * Teacher forcing throughout.
     *
     * @param model the model
     * @param batches the pairs
     * @param loss reduction and label smoothing, for as many classes as the target has tokens
     * @param rng of dropout masks
     */
    public Seq2SeqObjective(Seq2Seq model, PairBatches batches, SoftmaxCrossEntropy loss, Rng rng) {
        this(model, batches, loss, ScheduledSampling.never(), rng);
    }

    /**
     * Scheduled sampling.
     *
     * @param model the model
     * @param batches the pairs
     * @param loss reduction and label smoothing, for as many classes as the target has tokens
     * @param sampling how often the decoder reads its own tokens
     * @param rng of dropout masks and of the choice
     */
    public Seq2SeqObjective(
            Seq2Seq model, PairBatches batches, SoftmaxCrossEntropy loss, ScheduledSampling sampling, Rng rng) {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(batches, "batches");
        Objects.requireNonNull(loss, "loss");
        Objects.requireNonNull(sampling, "sampling");
        Objects.requireNonNull(rng, "rng");
        this.model = model;
        this.batches = batches;
        this.loss = loss;
        this.sampling = sampling;
        this.rng = rng;
    }

    @Override
    public Parameters parameters() {
        return model.parameters();
    }

    @Override
    public Loss gradients(long iteration) {
        return gradients(iteration, 1);
    }

    @Override
    public Loss gradients(long iteration, int parts) {
        model.requireLoss(loss);
        Noise masks = Noise.of(rng);
        Noise coins = Noise.of(rng);
        return model.learn(
                batches.at(iteration),
                parts,
                loss,
                masks,
                (own, part, firstRow) -> sampling.mix(own.steps(), part, iteration, coins.fromRow(firstRow)));
    }

    @Override
    public int rows() {
        return batches.batch();
    }

    @Override
    public double epochs(long iteration) {
        return (double) iteration / batches.perEpoch();
    }

    @Override
    public void writeTo(Checkpoint.Builder checkpoint) {
        checkpoint.metadata(RNG, rng.saveState());
    }

    @Override
    public void restore(Checkpoint checkpoint) {
        rng = checkpoint.rng(RNG);
    }
}
