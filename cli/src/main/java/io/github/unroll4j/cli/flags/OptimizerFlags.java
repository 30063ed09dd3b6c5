// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.optim.Adadelta;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Optimizer;
import io.github.unroll4j.optim.RmsProp;
import io.github.unroll4j.optim.Schedule;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * How to train, whatever it is that a batch holds.
 *
 * @since 0.1.0
 */
public abstract class OptimizerFlags {
    private static final long ITERATIONS = 3000;
    private static final double CLIP_NORM = 1;

    @ArgGroup(exclusive = true)
    private @Nullable Length length;

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
                description = "optimiser steps in all, one a batch (default: " + ITERATIONS + ")")
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

    /** {@return the learning rate at the start} */
    public abstract double lr();

    /**
     * The learning rate at the start where none is given: ADADELTA's steps are as long as they have to be at 1.
     *
     * @param given {@code --lr}
     * @param usual that of all other optimisers
     */
    final double lr(@Nullable Double given, double usual) {
        if (given != null) {
            return given;
        }
        return optimizer == OptimizerName.ADADELTA ? Adadelta.LEARNING_RATE : usual;
    }

    /**
     * Optimiser steps in all.
     *
     * @param perEpoch optimiser steps of a pass over the text
     * @return {@code --iterations}, or {@code --epochs} in steps
     */
    public long iterations(long perEpoch) {
        if (length != null && length.epochs != null) {
            return (long) Math.ceil(length.epochs * perEpoch);
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
        return Schedule.cosine(lr(), 0, iterations);
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

    /** {@return the limit on the gradients} */
    public GradientClip clip() {
        if (clip != null && clip.value != null) {
            return GradientClip.byValue(clip.value);
        }
        return GradientClip.byGlobalNorm(clipNorm());
    }

    /**
     * The settings, in words.
     *
     * @param iterations optimiser steps in all
     * @param batches what a batch holds
     * @param recipe what follows the learning rate
     * @return e.g. {@code 3000 iterations of 50 streams of 50 steps; …}
     */
    String describe(long iterations, String batches, String recipe) {
        return String.format(
                Locale.ROOT,
                "%d iterations of %s; %s, learning rate %s %s, gradients limited to %s",
                iterations,
                batches,
                optimizer,
                lr(),
                recipe,
                clip != null && clip.value != null ? "values of at most " + clip.value : "a norm of " + clipNorm());
    }

    private double clipNorm() {
        return clip != null && clip.norm != null ? clip.norm : CLIP_NORM;
    }
}
