// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.task;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.text.CharVocabulary;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The gradient that a loss at the last step sends back through a network: places of a text are read, and the loss is a
 * random direction of the last h.
 *
 * @param trace of the pass back
 */
public record LastStepGradient(Trace trace) {
    /** Places of the text, to average over. */
    private static final int BATCH = 16;

    /**
     * Runs an untrained layer forward and back once over characters, in double, because a float ends at 1e-45.
     *
     * @param cell of the layer
     * @param weights standard deviation of all weights; biases are as the cell has them
     * @param text what it reads
     * @param steps T
     * @param seed of weights, places and direction
     * @return the gradients
     */
    public static LastStepGradient untrained(Cell cell, double weights, String text, int steps, long seed) {
        Rng rng = Rng.seeded(seed);
        CharVocabulary vocabulary = CharVocabulary.of(text);
        Parameters.Builder p = Parameters.builder();
        try (HoistedLayer layer = new HoistedLayer(cell, vocabulary.size(), p)) {
            Parameters parameters = p.build(Dtype.DOUBLE, rng);
            parameters.write(values -> {
                for (Parameter matrix :
                        List.of(layer.weights().W_x(), layer.weights().W_h())) {
                    Init.normal(weights).fill(values, matrix.offset(), matrix.shape(), rng);
                }
            });
            return of(layer, vocabulary.encode(text), steps, Dtype.DOUBLE, rng);
        }
    }

    /**
     * Runs a model forward and back once.
     *
     * @param model of whatever cells; its layers are named l0, l1, … in the trace
     * @param text what it reads
     * @param steps T
     * @param seed of places and direction
     * @return the gradients
     */
    public static LastStepGradient of(LanguageModel model, String text, int steps, long seed) {
        Dtype dtype = model.parameters().dtype();
        return of(model.layers(), model.vocabulary().encode(text), steps, dtype, Rng.seeded(seed));
    }

    private static LastStepGradient of(Recurrent layers, int[] text, int steps, Dtype dtype, Rng rng) {
        if (text.length < steps) {
            throw new IllegalArgumentException(
                    "the text has " + text.length + " tokens, expected at least as many as --steps, " + steps);
        }
        int[] ids = new int[steps * BATCH];
        for (int b = 0; b < BATCH; b++) {
            int at = rng.nextInt(text.length - steps + 1);
            for (int t = 0; t < steps; t++) {
                ids[t * BATCH + b] = text[at + t];
            }
        }
        Trace trace = Trace.on();
        State zero = layers.zeroState(BATCH);
        Run run = layers.forward(
                Sequence.ids(ids, steps, BATCH), zero, Pass.full(steps, BATCH).with(trace));
        int size = BATCH * layers.outputSize();
        Tensor dH = Tensor.zeros(dtype, steps, BATCH, layers.outputSize());
        for (int k = 0; k < size; k++) {
            dH.data().set((steps - 1) * size + k, rng.nextGaussian() / Math.sqrt(size));
        }
        layers.backward(run, Sequence.of(dH), zero.zerosLike());
        return new LastStepGradient(trace);
    }

    /** The gradients of states in the trace, dh and dc of each layer. */
    public List<String> names() {
        return trace.names().stream()
                .filter(name -> name.matches("(.*\\.)?d[hc]"))
                .toList();
    }

    /**
     * The norm of a gradient over t = 1 … T-1. At T, h has the gradient of the loss itself.
     *
     * @param name of the gradient in the trace, e.g. {@code dh}
     * @return T-1 norms
     */
    public double[] norms(String name) {
        Tensor gradient = trace.get(name);
        int size = gradient.size(1) * gradient.size(2);
        return IntStream.range(0, gradient.size(0) - 1)
                .mapToDouble(t -> Math.sqrt(gradient.data().sumOfSquares(t * size, size)))
                .toArray();
    }
}
