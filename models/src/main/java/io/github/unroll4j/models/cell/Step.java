// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.tensor.Vec;

/**
 * The arrays of one time step, as a {@link Cell} sees them, by the handles of its {@link Layout}.
 *
 * <p>Every array holds {@link #rows()} rows, unit k of row b at {@code b · size + k}; most have rows of H. Whoever runs
 * the cell owns them and uses them again; a cell keeps none. Every named quantity has its own gradient array: where x
 * is saved as {@code s.saved(X)}, its gradient dL/dx is {@code s.d(X)}.
 *
 * @since 0.1.0
 */
public interface Step {
    /** {@return batch rows B} */
    int rows();

    /** {@return units H} */
    int units();

    /**
     * (Input of forward) z = x_t W_x + b + h_prev W_h + b_h, of a cell that takes the maps summed; of an input block
     * x_t W_x + b + b_h, to which the cell may add a product. Not for backward: the next step has overwritten it by
     * then.
     *
     * @param block which
     * @return [B,H]
     */
    Vec z(Layout.Block block);

    /**
     * (Input of forward) zx = x_t W_x + b, of a cell that takes the maps apart. Not for backward.
     *
     * @param block which
     * @return [B,H]
     */
    Vec zx(Layout.Block block);

    /**
     * (Input of forward) zh = h_prev W_h + b_h, of a cell that takes the maps apart. Not for backward.
     *
     * @param block which
     * @return [B,H]
     */
    Vec zh(Layout.Block block);

    /**
     * (Input) A part of the state before the step.
     *
     * @param part which
     * @return [B,size]
     */
    Vec prev(Layout.Part part);

    /**
     * (Output of forward, input of backward) A part of the state as the cell makes it. It is the state after the step,
     * unless zoneout comes in between.
     *
     * @param part which
     * @return [B,size]
     */
    Vec next(Layout.Part part);

    /**
     * (Output of forward, input of backward) A saved quantity, or the gate made of a block.
     *
     * @param quantity which
     * @return [B,H]
     */
    Vec saved(Layout.Saved quantity);

    /**
     * (Input) A parameter with one number a unit, repeated for every row, so that it meets all other arrays element by
     * element.
     *
     * @param parameter which
     * @return [B,H]
     */
    Vec p(Layout.Unit parameter);

    /**
     * (Forward) y = x U. What backward needs of it is kept; a step makes each product once.
     *
     * @param U which product
     * @param x (Input) [B,in]
     * @param y (Output) [B,out]
     */
    void product(Layout.Product U, Vec x, Vec y);

    /**
     * (Forward) y += x U; the other form of {@link #product}.
     *
     * @param U which product
     * @param x (Input) [B,in]
     * @param y (Accumulated) [B,out]
     */
    void addProduct(Layout.Product U, Vec x, Vec y);

    /**
     * (Backward) dx = dy Uᵀ, and dU += xᵀ dy with the x of forward.
     *
     * @param U which product
     * @param dy (Input) gradient of y, or of the sum to which it was added, [B,out]
     * @param dx (Output) [B,in]
     */
    void productBack(Layout.Product U, Vec dy, Vec dx);

    /**
     * (Input of backward) The gradient of {@link #next}, as it arrives from outside the step. Rows of padding are
     * zeros.
     *
     * @param part which
     * @return [B,size]
     */
    Vec dNext(Layout.Part part);

    /**
     * (Accumulated by backward, from zeros) The gradient of {@link #prev} on every path but the two maps.
     *
     * @param part which
     * @return [B,size]
     */
    Vec dPrev(Layout.Part part);

    /**
     * (Backward) The gradient of a saved quantity, or of a gate.
     *
     * @param quantity which
     * @return [B,H]
     */
    Vec d(Layout.Saved quantity);

    /**
     * (Backward) The whole gradient of a part of the state that the cell made, where that is more than {@link #dNext}:
     * the c of an LSTM also acts through the h of the same step.
     *
     * @param part which
     * @return [B,size]
     */
    Vec d(Layout.Part part);

    /**
     * (Output of backward) The gradient of {@link #z}.
     *
     * @param block which
     * @return [B,H]
     */
    Vec dz(Layout.Block block);

    /**
     * (Output of backward) The gradient of {@link #zx}.
     *
     * @param block which
     * @return [B,H]
     */
    Vec dzx(Layout.Block block);

    /**
     * (Output of backward) The gradient of {@link #zh}.
     *
     * @param block which
     * @return [B,H]
     */
    Vec dzh(Layout.Block block);

    /**
     * (Accumulated by backward) The gradient of {@link #p}, row by row; the runner sums the rows.
     *
     * @param parameter which
     * @return [B,H]
     */
    Vec dp(Layout.Unit parameter);
}
