// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.seq2seq.ScheduledSampling;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqObjective;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatches;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * How to train on pairs of sentences.
 *
 * @since 0.1.0
 */
public final class PairTrainFlags extends OptimizerFlags {
    private static final double LR = 0.001;

    @Option(
            names = "--batch",
            paramLabel = "B",
            converter = Numbers.Count.class,
            description = "pairs of an iteration, side by side (default: ${DEFAULT-VALUE})")
    private int batch = 64;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            converter = Numbers.NotNegative.class,
            description =
                    "learning rate at the start; falls to 0 along half a cosine (default: " + LR + ", with ADADELTA 1)")
    private @Nullable Double lr;

    @Option(
            names = "--label-smoothing",
            paramLabel = "X",
            converter = Numbers.Rate.class,
            description =
                    "probability that is spread over all words instead of the right one (default: ${DEFAULT-VALUE})")
    private double labelSmoothing;

    @ArgGroup(exclusive = true)
    private @Nullable Reading reading;

    /** How often the decoder reads the true word before, and not its own. */
    private static final class Reading {
        @Option(
                names = "--scheduled-sampling",
                paramLabel = "K",
                converter = Numbers.AtLeastOne.class,
                description = "let the decoder read its own words more and more, the true one before iteration i with"
                        + " probability K / (K + e^(i/K)) (default: always the true one)")
        private @Nullable Double scheduledSampling;

        @Option(
                names = "--teacher-forcing",
                paramLabel = "RATE",
                converter = Numbers.Chance.class,
                description = "probability with which the decoder reads the true word before, throughout; otherwise its"
                        + " own (default: 1)")
        private @Nullable Double teacherForcing;

        ScheduledSampling sampling() {
            return scheduledSampling != null
                    ? ScheduledSampling.inverseSigmoid(scheduledSampling)
                    : teacherForcing != null ? ScheduledSampling.constant(teacherForcing) : ScheduledSampling.never();
        }

        String describe() {
            return (scheduledSampling != null ? ", scheduled sampling with k = " + scheduledSampling : "")
                    + (teacherForcing != null ? ", the true word read with probability " + teacherForcing : "");
        }
    }

    /**
     * Batches of pairs of about the same length.
     *
     * @param pairs all pairs
     * @param seed of their order
     * @return {@code --batch} pairs at a time
     */
    public PairBatches batches(List<Pair> pairs, long seed) {
        return PairBatches.shuffled(pairs, batch, seed);
    }

    /**
     * What to train: teacher forcing, or what {@code --scheduled-sampling} or {@code --teacher-forcing} asks for, under
     * {@code --label-smoothing}.
     *
     * @param model the model
     * @param batches the pairs
     * @param reduction how the losses of a batch become one
     * @param noise of dropout masks
     * @return the objective
     */
    public Seq2SeqObjective objective(Seq2Seq model, PairBatches batches, Reduction reduction, Rng noise) {
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(model.target().size(), reduction, labelSmoothing);
        ScheduledSampling sampling = reading == null ? ScheduledSampling.never() : reading.sampling();
        return new Seq2SeqObjective(model, batches, loss, sampling, noise);
    }

    @Override
    public double lr() {
        return lr(lr, LR);
    }

    /**
     * The settings, in words.
     *
     * @param iterations optimiser steps in all
     * @param recipe what follows the learning rate
     * @return e.g. {@code 3000 iterations of 64 pairs; …}
     */
    public String describe(long iterations, String recipe) {
        return describe(iterations, batch + " pairs", recipe)
                + (labelSmoothing > 0 ? ", label smoothing " + labelSmoothing : "")
                + (reading == null ? "" : reading.describe());
    }
}
