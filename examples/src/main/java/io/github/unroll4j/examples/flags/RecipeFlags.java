// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.flags;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.text.Windows;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What published recipes of training differ in: start, scale of the loss, fall of the learning rate, carried state. */
public final class RecipeFlags {
    @Option(
            names = "--init",
            paramLabel = "D:X",
            converter = Distribution.class,
            description = "start of all weights and biases: uniform:X in [-X, X), or normal:X (default: each its own)")
    private @Nullable Init init;

    @Option(
            names = "--forget-bias",
            paramLabel = "X",
            converter = Numbers.Real.class,
            description = "start of the biases of forget gates, after --init (default: 1, or what --init draws)")
    private @Nullable Double forgetBias;

    @Option(
            names = "--reduction",
            paramLabel = "NAME",
            converter = Choice.OfReduction.class,
            description =
                    "the loss of a window: sum of all tokens, mean over them, or batch-mean, the sum over time of means over the batch (default: mean)")
    private Reduction reduction = Reduction.MEAN;

    @ArgGroup(exclusive = false)
    private @Nullable Decay decay;

    @Option(
            names = "--state",
            paramLabel = "NAME",
            description =
                    "from window to window the state is ${COMPLETION-CANDIDATES}: read on, or zero again (default: ${DEFAULT-VALUE})")
    private Carry state = Carry.CARRIED;

    private static final class Decay {
        @Option(
                names = "--lr-decay",
                required = true,
                paramLabel = "X",
                converter = Numbers.Probability.class,
                description = "factor on the learning rate each epoch, instead of the cosine; 1 keeps it")
        private double factor;

        @Option(
                names = "--lr-decay-after",
                paramLabel = "N",
                converter = Numbers.CountOrNone.class,
                description = "epochs before the first --lr-decay (default: 0)")
        private int after;
    }

    private enum Carry {
        CARRIED,
        RESET
    }

    /** {@code uniform:0.1} or {@code normal:0.01}. */
    private static final class Distribution implements ITypeConverter<Init> {
        @Override
        public Init convert(String text) {
            int colon = text.indexOf(':');
            String name = text.substring(0, Math.max(0, colon));
            if (!name.equals("uniform") && !name.equals("normal")) {
                throw new TypeConversionException("'" + text + "' is neither uniform:X nor normal:X");
            }
            double scale = new Numbers.Positive().convert(text.substring(colon + 1));
            return name.equals("uniform") ? Init.uniform(scale) : Init.normal(scale);
        }
    }

    /**
     * Draws the weights anew and sets the forget gates, as the flags say.
     *
     * @param parameters of a new model
     * @param rng source of randomness
     */
    public void start(Parameters parameters, Rng rng) {
        for (Parameter parameter : parameters.list()) {
            if (init != null) {
                init.fill(parameters.values(), parameter.offset(), parameter.shape(), rng);
            }
            // "4H:i|f|o|g" are the axes of a bias with four blocks
            List<String> blocks =
                    List.of(parameter.axes().replaceFirst("^[^:]*:?", "").split("\\|", -1));
            int f = blocks.indexOf("f");
            if (forgetBias != null && f >= 0 && parameter.name().endsWith(".b")) {
                int width = parameter.size() / blocks.size();
                parameters.values().fill(parameter.offset() + f * width, width, forgetBias);
            }
        }
        parameters.changed();
    }

    /** How the losses of a window become one. */
    public Reduction reduction() {
        return reduction;
    }

    /**
     * The learning rate.
     *
     * @param training where it starts
     * @param iterations optimiser steps in all
     * @return steps down by epochs, or half a cosine over all iterations
     */
    public Schedule schedule(TrainFlags training, long iterations) {
        return decay == null
                ? training.schedule(iterations)
                : Schedule.stepDecay(training.lr(), decay.factor, decay.after);
    }

    /** The recipe, in words that follow the learning rate. */
    public String describe() {
        String fall = "falling to 0";
        if (decay != null) {
            fall = decay.factor == 1 ? "throughout" : "times " + decay.factor + " an epoch after " + decay.after;
        }
        return fall + ", loss " + Choice.name(reduction) + ", state " + Choice.name(state);
    }

    /**
     * Cuts a text into windows.
     *
     * @param training sizes
     * @param ids the text
     * @return the windows
     */
    public Windows windows(TrainFlags training, int... ids) {
        return state == Carry.CARRIED ? training.windows(ids) : training.separateWindows(ids);
    }
}
