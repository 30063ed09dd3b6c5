// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;
import java.util.Objects;

/**
 * The simple recurrent network of Elman (1990), "Finding structure in time", Cognitive Science 14(2), with tanh or relu
 * for his logistic function, and with the gradient through all steps, where he stops at the copied context.
 *
 * <pre>
 * (1)  z = x_t W_x + b + h_prev W_h (+ b_h)   [B,H]   made by the runner
 * (2)  h = φ(z)                               [B,H]   φ = tanh, or relu
 * </pre>
 *
 * <p>x_t [B,D], h_prev and h [B,H], W_x [D,H], W_h [H,H], b [H], and with {@link Layout.Biases#TWO} also b_h [H]. The
 * state is h. Nothing is saved for backward: both derivatives are functions of the output, which the engine keeps: φ' =
 * 1 - h² for tanh; for relu 1 where h &gt; 0, otherwise 0.
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal W_h and zero biases.
 *
 * @since 0.1.0
 */
public final class RnnCell implements Cell {
    /** The nonlinearity φ of equation (2). */
    public enum Activation {
        /** φ(z) = tanh z. */
        TANH,
        /** φ(z) = max(0, z). */
        RELU
    }

    private final Activation activation;
    private final Layout layout;
    /** z. Its block has the name of what is made of it, h, which is the state: no gate is saved under it. */
    private final Layout.Block Z;

    private final Layout.Part H;

    /**
     * A cell with tanh.
     *
     * @param hidden number of units H
     */
    public RnnCell(int hidden) {
        this(hidden, Activation.TANH);
    }

    /**
     * A cell with one bias.
     *
     * @param hidden number of units H
     * @param activation the nonlinearity
     */
    public RnnCell(int hidden, Activation activation) {
        this(hidden, activation, Layout.Biases.ONE);
    }

    /**
     * A cell.
     *
     * @param hidden number of units H
     * @param activation the nonlinearity
     * @param biases how many
     */
    public RnnCell(int hidden, Activation activation, Layout.Biases biases) {
        Objects.requireNonNull(activation, "activation");
        this.activation = activation;
        layout = new Layout("rnn", hidden).biases(biases);
        Z = layout.block("h");
        H = layout.state("h");
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        switch (activation) { // (2)  h = φ(z)
            case TANH -> s.next(H).tanh(s.z(Z));
            case RELU -> s.next(H).relu(s.z(Z));
        }
    }

    @Override
    public void backward(Step s) {
        switch (activation) { // (2') dz = dh ⊙ φ'(z), from the output
            case TANH -> s.dz(Z).tanhBackward(s.dNext(H), s.next(H));
            case RELU -> s.dz(Z).reluBackward(s.dNext(H), s.next(H));
        }
        // (1') dh_prev += dz W_hᵀ, dx = dz W_xᵀ, dW_h, dW_x, db (and db_h): the runner
    }
}
