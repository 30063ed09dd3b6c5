// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

/**
 * How many biases the two affine maps of a cell have.
 *
 * <p>{@link #ONE} and {@link #TWO} describe the same functions for a cell that takes the maps summed, and the gradient
 * of each bias is the gradient of the sum. Training differs. With two, each takes the step that the one would take,
 * under Adam of the size of the learning rate, so that their sum moves twice as far. Two biases reproduce a training
 * run of PyTorch, Zaremba or char-rnn update for update, or take weights over as they are. One is enough for everything
 * else. Cho, Chung and Bahdanau (2014) print their equations without any: {@link #NONE}.
 */
public enum Biases {
    /** x_t W_x and h_prev W_h. */
    NONE,
    /** x_t W_x + b and h_prev W_h. */
    ONE,
    /** x_t W_x + b and h_prev W_h + b_h; b_h starts at zeros. */
    TWO
}
