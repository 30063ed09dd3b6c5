// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.Targets;
import io.github.unroll4j.text.Window;
import io.github.unroll4j.text.Windows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Trains a language model on the windows of a text by truncated backpropagation through time with carried state.
 *
 * <p>In the terms of Williams and Peng (1990), every k1 steps the gradient of the latest k1 losses is taken back through
 * k2 ≥ k1 steps. k1 is the length of the windows. With k2 = k1, the usual case, a window starts from the state at the end of the
 * one before, as a constant. With k2 &gt; k1, the last k2-k1 inputs are run again in front of the window, their own losses
 * left out, so that the gradient reaches through them. The carried state is a value held here, not in the model.
 */
public final class LanguageModelObjective implements Objective {
    private final LanguageModel model;
    private final Windows windows;
    private final SoftmaxCrossEntropy loss;
    private final int context;
    private State state;
    private int[] recent = {};

    /**
     * Truncated backpropagation with k2 = k1.
     *
     * @param model the model
     * @param windows the text, in windows of k1 steps
     * @param reduction how token losses become one
     */
    public LanguageModelObjective(LanguageModel model, Windows windows, Reduction reduction) {
        this(model, windows, reduction, windows.at(0).steps());
    }

    /**
     * Truncated backpropagation.
     *
     * @param model the model
     * @param windows the text, in windows of k1 steps
     * @param reduction how token losses become one
     * @param k2 steps that a gradient goes back, at least k1
     */
    public LanguageModelObjective(LanguageModel model, Windows windows, Reduction reduction, int k2) {
        int k1 = windows.at(0).steps();
        if (k2 < k1) {
            throw new IllegalArgumentException("LanguageModelObjective: k2 is " + k2 + ", expected at least k1=" + k1
                    + ", the length of a window.");
        }
        this.model = model;
        this.windows = windows;
        context = k2 - k1;
        loss = new SoftmaxCrossEntropy(model.vocabulary().size(), reduction);
        state = model.zeroState(windows.at(0).batch());
    }

    @Override
    public Parameters parameters() {
        return model.parameters();
    }

    @Override
    public Loss gradients(long iteration) {
        Window next = windows.at(iteration);
        if (next.resetState()) {
            state = model.zeroState(next.batch());
            recent = new int[0];
        }
        Window window = recent.length == 0 ? next : withContext(next);
        LanguageModel.Learned learned = model.learn(window, state, loss);
        int kept = Math.min(context, window.steps());
        state = learned.run().state(window.steps() - kept);
        recent = Arrays.copyOfRange(
                window.inputs(), (window.steps() - kept) * window.batch(), window.steps() * window.batch());
        return learned.loss();
    }

    private Window withContext(Window next) {
        int B = next.batch();
        int before = recent.length / B;
        int[] inputs = Arrays.copyOf(recent, recent.length + next.inputs().length);
        System.arraycopy(next.inputs(), 0, inputs, recent.length, next.inputs().length);
        int[] targets = new int[inputs.length];
        Arrays.fill(targets, 0, recent.length, Targets.IGNORED);
        System.arraycopy(next.targets(), 0, targets, recent.length, next.targets().length);
        int[] lengths = Arrays.stream(next.lengths()).map(n -> n + before).toArray();
        return new Window(next.steps() + before, B, inputs, targets, lengths, next.resetState());
    }

    @Override
    public double epochs(long iteration) {
        return (double) iteration / windows.perEpoch();
    }

    @Override
    public void writeTo(Checkpoint.Builder checkpoint) {
        for (int i = 0; i < state.names().size(); i++) {
            checkpoint.put("carried." + state.names().get(i), state.parts().get(i));
        }
        checkpoint.put("carried.inputs", recent);
    }

    @Override
    public void restore(Checkpoint checkpoint) {
        State zero = model.zeroState(windows.at(0).batch());
        List<Tensor> parts = new ArrayList<>();
        for (String name : zero.names()) {
            parts.add(checkpoint.tensor("carried." + name));
        }
        State read = new State(zero.names(), parts);
        for (int i = 0; i < parts.size(); i++) {
            int[] shape = zero.parts().get(i).shape();
            if (!Arrays.equals(shape, parts.get(i).shape())) {
                throw new IllegalArgumentException("LanguageModelObjective.restore: carried state "
                        + zero.names().get(i) + " is " + parts.get(i) + ", expected "
                        + zero.parts().get(i) + "; likely cause: the batch size differs from the one that was saved.");
            }
        }
        state = read;
        recent = checkpoint.ints("carried.inputs");
    }
}
