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
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The gradient that a loss at the last step sends back through an untrained network: random tokens are read, and the
 * loss is a random direction of the last h.
 *
 * @param trace of the pass back
 * @param steps T
 * @param hidden H
 */
public record LastStepGradient(Trace trace, int steps, int hidden) {
    /** Rows, to average over. */
    private static final int BATCH = 16;
    /** Different tokens to read. */
    private static final int TOKENS = 33;

    /**
     * Runs forward and back once, in double, because a float ends at 1e-45.
     *
     * @param cell of the layer
     * @param hidden H
     * @param steps T
     * @param weights standard deviation of all weights; biases are as the cell has them
     * @param seed of weights, tokens and direction
     * @return the gradients
     */
    public static LastStepGradient of(Cell cell, int hidden, int steps, double weights, long seed) {
        Rng rng = Rng.seeded(seed);
        Parameters.Builder p = Parameters.builder();
        try (HoistedLayer layer = new HoistedLayer(cell, TOKENS, p)) {
            Parameters parameters = p.build(Dtype.DOUBLE, rng);
            parameters.write(values -> {
                for (Parameter matrix :
                        List.of(layer.weights().W_x(), layer.weights().W_h())) {
                    Init.normal(weights).fill(values, matrix.offset(), matrix.shape(), rng);
                }
            });
            int[] ids = IntStream.range(0, steps * BATCH)
                    .map(i -> rng.nextInt(TOKENS))
                    .toArray();
            Trace trace = Trace.on();
            State zero = layer.zeroState(BATCH);
            Pass pass = Pass.full(steps, BATCH).with(trace);
            Run run = layer.forward(Sequence.ids(ids, steps, BATCH), zero, pass);
            State dLast = zero.zerosLike();
            for (int k = 0; k < BATCH * hidden; k++) {
                dLast.h().data().set(k, rng.nextGaussian() / Math.sqrt(BATCH * hidden));
            }
            layer.backward(run, Sequence.of(Tensor.zeros(Dtype.DOUBLE, steps, BATCH, hidden)), dLast);
            return new LastStepGradient(trace, steps, hidden);
        }
    }

    /**
     * The norm of a gradient over t = 1 … T-1. At T, h has the gradient of the loss itself.
     *
     * @param name of the gradient in the trace, e.g. {@code dh}
     * @return T-1 norms
     */
    public double[] norms(String name) {
        int size = BATCH * hidden;
        return IntStream.range(0, steps - 1)
                .mapToDouble(t -> Math.sqrt(trace.get(name).data().sumOfSquares(t * size, size)))
                .toArray();
    }
}
