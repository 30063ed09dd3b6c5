// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

/**
 * A recurrent cell: what it is made of, its equations and their gradient. This is all that a new cell has to write.
 *
 * <p>One step of a recurrent cell begins with two affine maps, {@code x_t W_x + b} and {@code h_prev W_h}. Equations on
 * [B,H] follow, written with the verbs of {@link io.github.unroll4j.core.tensor.Vec}: one form serves float and double.
 * They may use all units of a batch row, but no other row. A product with another matrix inside the step is asked for
 * by {@link Step#product}. Whoever runs the cell makes the maps, keeps what a step saves, runs over time and back, sums
 * the gradients of the weights, and handles lengths, noise and traces. Two runners do: {@code HoistedLayer}, the
 * engine, and {@code Unrolled}, the plain loop.
 *
 * <pre>{@code
 * final class MyCell implements Cell {
 *     private final Layout layout = new Layout("mine", 128);
 *     private final Layout.Block G = layout.block("g");
 *     private final Layout.Part H = layout.state("h");
 *     …
 * }
 * }</pre>
 *
 * <p>A cell holds names and settings, no numbers: one object serves any number of layers and steps.
 *
 * @since 0.1.0
 */
public interface Cell {
    /** {@return what this cell is made of; the same object at each call} */
    Layout layout();

    /**
     * One step forward: from the pre-activations and {@code prev} to {@code next}; saves what backward needs.
     *
     * @param s the arrays of this step
     */
    void forward(Step s);

    /**
     * One step backward, the equations in reverse order: reads {@code dNext}, what was saved, {@code prev} and {@code
     * next}; writes {@code dz} of every block (or {@code dzx} and {@code dzh}); adds to {@code dPrev}, which arrives as
     * zeros, what reaches the state before on any path but the maps; adds to {@code dp}.
     *
     * <p>Writing the gradient of a saved quantity into {@link Step#d} puts it into traces, at no cost beyond the array.
     *
     * @param s the arrays of the same step; what forward left is not to be changed
     */
    void backward(Step s);
}
