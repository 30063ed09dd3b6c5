// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Window;
import io.github.unroll4j.text.Windows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Trains a language model on the windows of a text by truncated backpropagation through time with carried state.
 *
 * <p>In the terms of Williams and Peng (1990), every k1 steps the gradient of the latest k1 losses is taken back
 * through k2 ≥ k1 steps. k1 is the length of the windows. With k2 = k1, the usual case, a window starts from the state
 * at the end of the one before, as a constant. With k2 &gt; k1, the last k2-k1 inputs are run again in front of the
 * window, their own losses left out, so that the gradient reaches through them. Rows that {@link Window#resets() begin
 * anew} start from a state of zero, and no gradient reaches from them into what their row held before. The carried
 * state is a value held here, not in the model.
 *
 * <p>The regularisers of the model draw their masks from a generator that is saved with the carried state, so that a
 * resumed run draws what the uninterrupted one would have drawn.
 *
 * @since 0.1.0
 */
public final class LanguageModelObjective implements Objective {
    private static final String PREFIX = "carried.";
    private static final String INPUTS = PREFIX + "inputs";
    private static final String NOISE = PREFIX + "noise";

    private final LanguageModel model;
    private final Windows windows;
    private final SoftmaxCrossEntropy loss;
    private final Context context;
    private @Nullable Rng noise;

    /**
     * Truncated backpropagation with k2 = k1, for a model without regularisers.
     *
     * @param model the model
     * @param windows the text, in windows of k1 steps
     * @param reduction how token losses become one
     * @throws IllegalArgumentException if the model has regularisers
     */
    public LanguageModelObjective(LanguageModel model, Windows windows, Reduction reduction) {
        this(model, windows, reduction, windows.steps());
    }

    /**
     * Truncated backpropagation, for a model without regularisers.
     *
     * @param model the model
     * @param windows the text, in windows of k1 steps
     * @param reduction how token losses become one
     * @param k2 steps that a gradient goes back, at least k1
     * @throws IllegalArgumentException if k2 is below k1, or the model has regularisers
     */
    public LanguageModelObjective(LanguageModel model, Windows windows, Reduction reduction, int k2) {
        this(model, windows, loss(model, reduction), k2, null);
        if (!model.config().regularisation().equals(Regularisation.NONE)) {
            throw new IllegalArgumentException("LanguageModelObjective: the model has "
                    + model.config().regularisation() + ", expected a generator for its masks as the last argument.");
        }
    }

    /**
     * Truncated backpropagation with the regularisers of the model.
     *
     * @param model the model
     * @param windows the text, in windows of k1 steps
     * @param reduction how token losses become one
     * @param k2 steps that a gradient goes back, at least k1
     * @param noise source of the masks, this objective's own from here on
     * @throws IllegalArgumentException if k2 is below k1
     */
    public LanguageModelObjective(LanguageModel model, Windows windows, Reduction reduction, int k2, Rng noise) {
        this(model, windows, loss(model, reduction), k2, Objects.requireNonNull(noise, "noise"));
    }

    private LanguageModelObjective(
            LanguageModel model, Windows windows, SoftmaxCrossEntropy loss, int k2, @Nullable Rng noise) {
        int k1 = windows.steps();
        if (k2 < k1) {
            throw new IllegalArgumentException("LanguageModelObjective: k2 is " + k2 + ", expected at least k1=" + k1
                    + ", the length of a window.");
        }
        this.model = model;
        this.windows = windows;
        this.loss = loss;
        this.noise = noise;
        context = new Context(k2 - k1, model.zeroState(windows.batch()));
    }

    private static SoftmaxCrossEntropy loss(LanguageModel model, Reduction reduction) {
        return new SoftmaxCrossEntropy(model.vocabulary().size(), reduction);
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
        Window window = context.prepend(windows.at(iteration));
        Noise masks = noise == null ? Noise.off() : Noise.of(noise);
        // as one: a model that is closed by another thread keeps the runs until their state has been carried
        return model.train(() -> {
            List<LearnResult> learned = model.learn(window, parts, context.state(), loss, masks);
            context.carry(
                    window,
                    t -> State.stack(
                            learned.stream().map(part -> part.run().state(t)).toList()));
            return Loss.sum(learned.stream().map(LearnResult::loss).toList());
        });
    }

    @Override
    public int rows() {
        return windows.batch();
    }

    @Override
    public double epochs(long iteration) {
        return (double) iteration / windows.perEpoch();
    }

    @Override
    public void writeTo(Checkpoint.Builder checkpoint) {
        State state = context.state();
        for (int i = 0; i < state.names().size(); i++) {
            checkpoint.put(PREFIX + state.names().get(i), state.parts().get(i));
        }
        checkpoint.put(INPUTS, context.inputs());
        if (noise != null) {
            checkpoint.metadata(NOISE, noise.saveState());
        }
    }

    @Override
    public void restore(Checkpoint checkpoint) {
        State zero = model.zeroState(windows.batch());
        List<Tensor> parts = new ArrayList<>();
        for (int i = 0; i < zero.names().size(); i++) {
            String name = PREFIX + zero.names().get(i);
            parts.add(like(zero.parts().get(i), name, checkpoint));
        }
        int[] inputs = inputs(checkpoint);
        noise = noise == null ? null : checkpoint.rng(NOISE);
        context.restore(new State(zero.names(), parts), inputs);
    }

    private static Tensor like(Tensor expected, String name, Checkpoint checkpoint) {
        Tensor found = checkpoint.tensor(name);
        if (found.dtype() != expected.dtype() || !Arrays.equals(found.shape(), expected.shape())) {
            throw new CheckpointException(checkpoint.source() + ": the carried state " + name + " is " + found
                    + ", expected " + expected
                    + "; likely cause: the batch size differs from the one that was saved.");
        }
        return found;
    }

    private int[] inputs(Checkpoint checkpoint) {
        int[] inputs = checkpoint.ints(INPUTS);
        if (inputs.length % windows.batch() != 0) {
            throw new CheckpointException(checkpoint.source() + ": " + INPUTS + " are " + inputs.length
                    + ", expected a multiple of B=" + windows.batch() + "; likely cause: the file was edited.");
        }
        int tokens = model.vocabulary().size();
        for (int id : inputs) {
            if (id < Context.NONE || id >= tokens) {
                throw new CheckpointException(checkpoint.source() + ": " + INPUTS + " have the id " + id
                        + ", expected 0 to " + (tokens - 1) + ", or " + Context.NONE
                        + " for none; likely cause: the file was edited.");
            }
        }
        return inputs;
    }
}
