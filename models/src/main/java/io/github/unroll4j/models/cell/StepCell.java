// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * The general contract of a cell: one step forward, one step backward, in whatever way the cell likes.
 *
 * <p>For cells that are not affine maps followed by pointwise equations, such as a GRU that resets before its second
 * product. Runs in the plain loop of {@code Unrolled}. A cell that fits {@link PointwiseCell} is shorter to write and
 * faster; {@link CellStepper} makes a StepCell of it.
 *
 * @param <C> what a forward step keeps for its backward step
 */
public interface StepCell<C> extends AutoCloseable {
    /** A short name for messages. */
    String name();

    /** The size of an input row D. */
    int inputSize();

    /** The size of an output row: the number of units H, or another where a cell projects its output. */
    int outputSize();

    /** The names of the state parts, the output h first. */
    List<String> stateParts();

    /** The sizes of the rows of the state parts, in their order; that of the output each, unless overridden. */
    default int[] stateSizes() {
        int[] sizes = new int[stateParts().size()];
        Arrays.fill(sizes, outputSize());
        return sizes;
    }

    /** The registry that holds this cell's weights. */
    Parameters parameters();

    /**
     * One step.
     *
     * @param x_t input [B,D]
     * @param prev state before the step, left as it is
     * @return the state after the step, and the cache
     */
    Step<C> forward(Tensor x_t, State prev);

    /**
     * The step back; adds to the gradients of the parameters.
     *
     * @param dNext gradient of the state after the step, left as it is
     * @param cache what forward returned, left as it is, so that calling twice gives the same
     * @return the gradients of the input and of the state before
     */
    StepGrad backward(State dNext, C cache);

    /** Frees what the cell holds outside the heap; nothing, unless overridden. */
    @Override
    default void close() {}
}
