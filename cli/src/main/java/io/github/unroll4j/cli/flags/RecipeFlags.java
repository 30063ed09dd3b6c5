// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.train.Accumulation;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.models.train.Validation;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * What published recipes of training differ in: start, scale of the loss, fall of the learning rate, end.
 *
 * @since 0.1.0
 */
public final class RecipeFlags {
    @Option(
            names = "--init",
            paramLabel = "D:X",
            converter = Distribution.class,
            description =
                    "start of all weights and biases: uniform:X in [-X, X), normal:X, or papers-2014 as Cho et al. and Bahdanau et al. (default: each its own)")
    private @Nullable Drawing init;

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
                    "the loss of a batch: sum of all tokens, mean over them, or batch-mean, the sum over time of means over the batch (default: mean)")
    private Reduction reduction = Reduction.MEAN;

    @ArgGroup(exclusive = false)
    private @Nullable Decay decay;

    @Option(
            names = "--accumulate",
            paramLabel = "N",
            converter = Numbers.Count.class,
            description =
                    "batches of an optimiser step, one after the other in the memory of one (default: ${DEFAULT-VALUE})")
    private int accumulate = 1;

    @Option(
            names = "--patience",
            paramLabel = "N",
            converter = Numbers.Count.class,
            description = "end after N epochs in a row that brought no lower validation loss (default: never)")
    private int patience = Validation.UNLIMITED;

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

    /** Draws the weights of a model anew. */
    private interface Drawing {
        void draw(Parameters parameters, Rng rng);
    }

    /** {@code uniform:0.1}, {@code normal:0.01} or {@code papers-2014}. */
    private static final class Distribution implements ITypeConverter<Drawing> {
        @Override
        public Drawing convert(String text) {
            if (text.equals("papers-2014")) {
                return Seq2SeqConfig.Start.PAPERS_2014::draw;
            }
            int colon = text.indexOf(':');
            String name = text.substring(0, Math.max(0, colon));
            if (!name.equals("uniform") && !name.equals("normal")) {
                throw new TypeConversionException("'" + text + "' is neither uniform:X nor normal:X nor papers-2014");
            }
            double scale = new Numbers.Positive().convert(text.substring(colon + 1));
            Init each = name.equals("uniform") ? Init.uniform(scale) : Init.normal(scale);
            return (parameters, rng) ->
                    parameters.list().forEach(p -> each.fill(parameters.values(), p.offset(), p.shape(), rng));
        }
    }

    /**
     * Draws the weights anew and sets the forget gates, as the flags say.
     *
     * @param parameters of a new model
     * @param rng source of randomness
     */
    public void start(Parameters parameters, Rng rng) {
        if (init != null) {
            init.draw(parameters, rng);
        }
        parameters.write(values -> start(parameters, values));
    }

    private void start(Parameters parameters, Vec values) {
        for (Parameter parameter : parameters.list()) {
            // "4H:i|f|o|g" are the axes of a bias with four blocks
            List<String> blocks =
                    List.of(parameter.axes().replaceFirst("^[^:]*:?", "").split("\\|", -1));
            int f = blocks.indexOf("f");
            if (forgetBias != null && f >= 0 && parameter.name().endsWith(".b")) {
                int width = parameter.size() / blocks.size();
                values.fill(parameter.offset() + f * width, width, forgetBias);
            }
        }
    }

    /** {@return how the losses of a batch become one} */
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
    public Schedule schedule(OptimizerFlags training, long iterations) {
        return decay == null
                ? training.schedule(iterations)
                : Schedule.stepDecay(training.lr(), decay.factor, decay.after);
    }

    /**
     * Optimiser steps of a pass over the text.
     *
     * @param batches of a pass
     * @return as many, or fewer with {@code --accumulate}
     */
    public long stepsPerEpoch(long batches) {
        return (batches + accumulate - 1) / accumulate;
    }

    /**
     * What to train.
     *
     * @param objective a batch a step
     * @return the same, or {@code --accumulate} batches a step
     */
    public Objective accumulated(Objective objective) {
        return accumulate == 1 ? objective : new Accumulation(objective, accumulate, reduction);
    }

    /** {@return epochs in a row that may bring no lower loss before the run ends} */
    public int patience() {
        return patience;
    }

    /** {@return the recipe, in words that follow the learning rate} */
    public String describe() {
        String fall = "falling to 0";
        if (decay != null) {
            fall = decay.factor == 1 ? "throughout" : "times " + decay.factor + " an epoch after " + decay.after;
        }
        return fall + ", loss " + Choice.name(reduction)
                + (accumulate > 1 ? ", " + accumulate + " batches an iteration" : "");
    }
}
