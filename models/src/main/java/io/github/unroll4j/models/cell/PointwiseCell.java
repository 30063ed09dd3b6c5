// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

/**
 * A recurrent cell as its pointwise equations and their gradient, once: this is all that a new cell has to write.
 *
 * <p>One step of nearly every recurrent cell is two affine maps, {@code zx = x_t W_x + b} and {@code zh = h_prev W_h},
 * followed by equations on [B,H]. These may use all units of a batch row, but no other row, and they must not need another
 * matrix product: a cell that does is a {@link StepCell}. The engine makes the affine maps, keeps what a step
 * saved, runs over time and back, sums the weight gradients, and handles lengths and traces; the cell holds the rest.
 *
 * <p>Several short loops run faster than one long one: HotSpot vectorises a loop of two or three results, not one of five
 * (an LSTM written as one loop took 3 to 4 times as long backward).
 *
 * <p>All arrays of a step have {@code n = rows · units} numbers, unit k of row b at {@code b · units + k}, so that an
 * equation is a plain loop over n. The double form is required. A cell that also implements {@link FloatPointwiseCell}
 * trains in float without conversion.
 */
public interface PointwiseCell {
    /** Names, sizes and initialisers of this cell. */
    CellSpec spec();

    /** The number of units H. */
    int hidden();

    /**
     * One step forward: reads the pre-activations and {@code prev}, writes {@code saved} and {@code next}.
     *
     * @param s the arrays of this step
     */
    void forward(DoubleStep s);

    /**
     * One step backward: reads {@code dNext}, {@code saved}, {@code prev} and {@code next}; writes {@code dz} (or
     * {@code dzx} and {@code dzh}); adds to {@code dPrev}, which arrives as zeros, what reaches the previous state on any
     * path except through the pre-activations; adds to {@code dp}. The pre-activations are gone by then; reading them
     * gives NaN.
     *
     * <p>For traces it may also tell the gradients of what forward saved, and of a state part that acts through another:
     * {@link DoubleStep#gradientOfSaved}, {@link DoubleStep#gradientOfNext}.
     *
     * @param s the arrays of the same step; its inputs are left as they are
     */
    void backward(DoubleStep s);
}
