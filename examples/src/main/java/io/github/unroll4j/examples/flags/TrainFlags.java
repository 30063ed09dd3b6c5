// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.flags;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Optimizer;
import io.github.unroll4j.optim.RmsProp;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.text.Windows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How to train on the windows of a text. */
public final class TrainFlags {
    private static final long ITERATIONS = 3000;
    private static final double CLIP_NORM = 1;

    @Option(
            names = "--seq-len",
            paramLabel = "T",
            converter = Numbers.Count.class,
            description = "steps of a window, through which gradients reach back (default: ${DEFAULT-VALUE})")
    private int seqLen = 50;

    @Option(
            names = "--batch",
            paramLabel = "B",
            converter = Numbers.Count.class,
            description = "streams of the text that are read side by side (default: ${DEFAULT-VALUE})")
    private int batch = 50;

    @ArgGroup(exclusive = true)
    private @Nullable Length length;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            converter = Numbers.NotNegative.class,
            description = "learning rate at the start; falls to 0 along half a cosine (default: ${DEFAULT-VALUE})")
    private double lr = 0.004;

    @ArgGroup(exclusive = true)
    private @Nullable Clip clip;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            converter = Choice.OfOptimizer.class,
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private OptimizerName optimizer = OptimizerName.ADAM;

    @Option(
            names = "--weight-decay",
            paramLabel = "X",
            converter = Numbers.NotNegative.class,
            description = "pulls the weights to 0, ADAMW only; small texts gain from it (default: ${DEFAULT-VALUE})")
    private double weightDecay = 0.01;

    @Option(
            names = "--rms-decay",
            paramLabel = "X",
            converter = Numbers.Rate.class,
            description = "how much of its mean squared gradient RMSPROP keeps a step (default: ${DEFAULT-VALUE})")
    private double rmsDecay = RmsProp.DECAY;

    private static final class Length {
        @Option(
                names = "--iterations",
                paramLabel = "N",
                converter = Numbers.LongCount.class,
                description = "optimiser steps in all, one a window (default: " + ITERATIONS + ")")
        private @Nullable Long iterations;

        @Option(
                names = "--epochs",
                paramLabel = "X",
                converter = Numbers.Positive.class,
                description = "passes over the text instead, e.g. 2.5")
        private @Nullable Double epochs;
    }

    private static final class Clip {
        @Option(
                names = "--clip-value",
                paramLabel = "X",
                converter = Numbers.Positive.class,
                description = "limit on each element of the gradient")
        private @Nullable Double value;

        @Option(
                names = "--clip-norm",
                paramLabel = "X",
                converter = Numbers.Positive.class,
                description = "limit on the norm of the whole gradient (default: " + CLIP_NORM + ")")
        private @Nullable Double norm;
    }

    /**
     * Cuts a text into windows.
     *
     * @param ids the text
     * @return windows of {@code --seq-len} steps in {@code --batch} streams
     * @throws IllegalArgumentException if the text is too short for them
     */
    public Windows windows(int... ids) {
        requireEnough(ids.length, (long) batch * seqLen + 1);
        return Windows.of(ids, seqLen, batch);
    }

    /**
     * Cuts a text into windows of which each starts from a state of zero.
     *
     * @param ids the text
     * @return windows of {@code --seq-len} steps in {@code --batch} streams, every pair of neighbours in one of them
     * @throws IllegalArgumentException if the text is too short for them
     */
    public Windows separateWindows(int... ids) {
        requireEnough(ids.length, (long) batch * seqLen + 1);
        List<int[]> pieces = new ArrayList<>();
        for (int from = 0; from + 1 < ids.length; from += seqLen) {
            pieces.add(Arrays.copyOfRange(ids, from, Math.min(ids.length, from + seqLen + 1)));
        }
        return Windows.ofDocuments(pieces, seqLen, batch);
    }

    private void requireEnough(int tokens, long needed) {
        if (tokens < needed) {
            throw new IllegalArgumentException("the text to train on has " + tokens + " tokens, and --batch " + batch
                    + " streams of --seq-len " + seqLen + " need at least " + needed
                    + "; use a longer text, or a smaller --batch or --seq-len");
        }
    }

    /**
     * Optimiser steps in all.
     *
     * @param windows the text
     * @return {@code --iterations}, or {@code --epochs} in windows
     */
    public long iterations(Windows windows) {
        if (length != null && length.epochs != null) {
            return (long) Math.ceil(length.epochs * windows.perEpoch());
        }
        return length != null && length.iterations != null ? length.iterations : ITERATIONS;
    }

    /**
     * The learning rate.
     *
     * @param iterations optimiser steps in all
     * @return half a cosine from {@code --lr} to 0
     */
    public Schedule schedule(long iterations) {
        return Schedule.cosine(lr, 0, iterations);
    }

    /**
     * The optimiser.
     *
     * @param parameters what it moves
     * @return a new {@code --optimizer}
     */
    public Optimizer optimizer(Parameters parameters) {
        return optimizer.create(parameters, optimizer == OptimizerName.RMSPROP ? rmsDecay : weightDecay);
    }

    /** The limit on the gradients. */
    public GradientClip clip() {
        if (clip != null && clip.value != null) {
            return GradientClip.byValue(clip.value);
        }
        return GradientClip.byGlobalNorm(clipNorm());
    }

    /** The learning rate at the start. */
    public double lr() {
        return lr;
    }

    /**
     * The training of a model.
     *
     * @param parameters what the optimiser moves
     * @param iterations optimiser steps in all
     * @return optimiser, schedule and limit on the gradients
     */
    public TrainerConfig config(Parameters parameters, long iterations) {
        return new TrainerConfig(optimizer(parameters), schedule(iterations), iterations).with(clip());
    }

    /**
     * The settings, in words.
     *
     * @param iterations optimiser steps in all
     * @return e.g. {@code 3000 iterations of 50 streams of 50 steps; …}
     */
    public String describe(long iterations) {
        return describe(iterations, "falling to 0");
    }

    /**
     * The settings, in words.
     *
     * @param iterations optimiser steps in all
     * @param recipe what follows the learning rate
     * @return the settings
     */
    public String describe(long iterations, String recipe) {
        return String.format(
                Locale.ROOT,
                "%d iterations of %d streams of %d steps; %s, learning rate %s %s, gradients limited to %s",
                iterations,
                batch,
                seqLen,
                optimizer,
                lr,
                recipe,
                clip != null && clip.value != null ? "values of at most " + clip.value : "a norm of " + clipNorm());
    }

    private double clipNorm() {
        return clip != null && clip.norm != null ? clip.norm : CLIP_NORM;
    }
}
