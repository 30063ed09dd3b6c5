// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.rnn;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Activations;
import io.github.unroll4j.models.cell.Biases;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.FloatPointwiseCell;
import io.github.unroll4j.models.cell.FloatStep;
import java.util.List;

/**
 * The simple recurrent network of Elman (1990), "Finding structure in time", Cognitive Science 14(2),
 * with tanh or relu for his logistic function, and with the gradient through all steps, where he stops at the copied context.
 *
 * <pre>
 * (1)  z = x_t W_x + b + h_prev W_h (+ b_h)   [B,H]   made by the engine
 * (2)  h = φ(z)                               [B,H]   φ = tanh, or relu
 * </pre>
 *
 * <p>x_t [B,D], h_prev and h [B,H], W_x [D,H], W_h [H,H], b [H], and with {@link Biases#TWO} also b_h [H]. The state is h.
 * Nothing is saved for backward: both derivatives are functions of the output, which the engine keeps: φ' = 1 - h² for tanh;
 * for relu 1 where h &gt; 0, otherwise 0.
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal W_h and zero biases.
 */
public final class RnnCell implements FloatPointwiseCell {
    /** The nonlinearity φ of equation (2). */
    public enum Activation {
        /** φ(z) = tanh z. */
        TANH,
        /** φ(z) = max(0, z). */
        RELU
    }

    private final int hidden;
    private final Activation activation;
    private final CellSpec spec;

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
        this(hidden, activation, Biases.ONE);
    }

    /**
     * A cell.
     *
     * @param hidden number of units H
     * @param activation the nonlinearity
     * @param biases one, or two to reproduce a PyTorch training run update for update
     */
    public RnnCell(int hidden, Activation activation, Biases biases) {
        this.hidden = hidden;
        this.activation = activation;
        spec = new CellSpec(
                "rnn",
                biases.affine(),
                List.of("h"),
                List.of("h"),
                List.of(),
                List.of(),
                new CellSpec.Start(Init.glorotUniform(), Init.orthogonal(), Init.zeros()));
    }

    @Override
    public CellSpec spec() {
        return spec;
    }

    @Override
    public int hidden() {
        return hidden;
    }

    // <double>
    @Override
    public void forward(DoubleStep s) {
        double[] z = s.z[0];
        double[] h = s.next[0];
        switch (activation) { // (2)  h = φ(z)
            case TANH -> Activations.tanh(z, h, s.n);
            case RELU -> Activations.relu(z, h, s.n);
        }
    }

    @Override
    public void backward(DoubleStep s) {
        double[] h = s.next[0];
        double[] dh = s.dNext[0];
        double[] dz = s.dz[0];
        switch (activation) { // (2') dz = dh ⊙ φ'(z), from the output
            case TANH -> Activations.tanhBackward(dh, h, dz, s.n);
            case RELU -> Activations.reluBackward(dh, h, dz, s.n);
        }
        // (1') dh_prev += dz W_hᵀ, dx = dz W_xᵀ, dW_h, dW_x, db (and db_h): the engine
    }
    // </double>

    // The float form of the two methods above, written by tools/generate/FloatForms.java; a test compares the two.
    // <float>
    @Override
    public void forward(FloatStep s) {
        float[] z = s.z[0];
        float[] h = s.next[0];
        switch (activation) { // (2)  h = φ(z)
            case TANH -> Activations.tanh(z, h, s.n);
            case RELU -> Activations.relu(z, h, s.n);
        }
    }

    @Override
    public void backward(FloatStep s) {
        float[] h = s.next[0];
        float[] dh = s.dNext[0];
        float[] dz = s.dz[0];
        switch (activation) { // (2') dz = dh ⊙ φ'(z), from the output
            case TANH -> Activations.tanhBackward(dh, h, dz, s.n);
            case RELU -> Activations.reluBackward(dh, h, dz, s.n);
        }
        // (1') dh_prev += dz W_hᵀ, dx = dz W_xᵀ, dW_h, dW_x, db (and db_h): the engine
    }
    // </float>
}
