// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

/**
 * How many biases a cell with summed maps has: one, or one on each side as PyTorch, Zaremba and char-rnn have it.
 *
 * <p>Both describe the same functions, and the gradient of each bias is the gradient of the sum. Training differs: with two,
 * each takes the step that the one would take, under Adam of the size of the learning rate, so that their sum moves twice as
 * far. Two biases are therefore to reproduce a training run of such a system update for update, or to take its weights over as
 * they are; one is enough for everything else. A GRU has no such choice: its candidate needs both (see {@code GruFormulation}).
 */
public enum Biases {
    /** z = x_t W_x + b + h_prev W_h. */
    ONE(CellSpec.Affine.SUMMED),
    /** z = x_t W_x + b + h_prev W_h + b_h; b_h starts at zeros. */
    TWO(CellSpec.Affine.SUMMED_WITH_RECURRENT_BIAS);

    private final CellSpec.Affine affine;

    Biases(CellSpec.Affine affine) {
        this.affine = affine;
    }

    /** How the two maps reach a cell with so many biases. */
    public CellSpec.Affine affine() {
        return affine;
    }
}
