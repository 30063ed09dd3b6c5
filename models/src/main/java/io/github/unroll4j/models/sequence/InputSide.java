// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Vec;
import org.jspecify.annotations.Nullable;

/**
 * The input side of a layer, x_t W_x for all t, hoisted out of the loop over time.
 *
 * <p>Numbers: one product over T·B rows before the loop, and after it dW_x = Xᵀ dZx and dX = dZx W_xᵀ. Token ids: the row
 * W_x[id] is the product with a one-hot row, so it is copied, and its gradient is the row of dzx, added. Steps that are padding in
 * every row take no part.
 */
final class InputSide implements AutoCloseable {
    private final String layer;
    private final Parameter W_x;
    private final int blocks;
    private final int units;
    private @Nullable Weights weights;
    private @Nullable WeightGradient dW_x;
    private @Nullable DenseInput dense;
    private Sequence.@Nullable Ids ids;

    InputSide(String layer, Parameter W_x, int blocks, int units) {
        this.layer = layer;
        this.W_x = W_x;
        this.blocks = blocks;
        this.units = units;
    }

    /** Takes an input that {@link Inputs#require} passed and, for numbers, multiplies all of it by W_x. */
    void begin(Sequence x, Lengths lengths) {
        if (x instanceof Sequence.Ids tokens) {
            ids = tokens;
            return;
        }
        prepare(x.steps(), x.batch()).begin(x, lengths);
    }

    /** Begins a pass whose inputs come step by step. */
    void begin(Lengths lengths) {
        prepare(lengths.steps(), lengths.batch()).begin(lengths);
    }

    private DenseInput prepare(int T, int B) {
        ids = null;
        if (weights == null) {
            weights = new Weights(W_x, blocks);
            dW_x = new WeightGradient(W_x, blocks);
        }
        weights.refresh();
        if (dense == null || !dense.fits(T, B)) {
            if (dense != null) {
                dense.close();
            }
            dense = new DenseInput(W_x, weights, blocks, T, B);
        }
        return dense;
    }

    /** Takes x_t, [B,D], and multiplies it by W_x. */
    void put(int t, Vec x_t, Lengths lengths) {
        dense().put(t, x_t, lengths);
    }

    /** The gradient of x_t, once the step has gone back; borrowed until the next one. */
    Vec gradient(int t) {
        return dense().gradient(t);
    }

    /** {@code zx = x_t W_x}, block by block. */
    void stepInto(int t, Vec[] zx, int rows, Lengths lengths) {
        if (ids == null) {
            DenseInput d = dense();
            for (int g = 0; g < blocks; g++) {
                d.blocks.get(t, g, zx[g]);
            }
            return;
        }
        for (int b = 0; b < rows; b++) {
            if (lengths.padded(t, b)) { // any id may stand there
                for (int g = 0; g < blocks; g++) {
                    zx[g].fill(b * units, units, 0);
                }
                continue;
            }
            int row = W_x.offset() + ids.ids()[t * rows + b] * blocks * units;
            for (int g = 0; g < blocks; g++) {
                zx[g].copy(b * units, W_x.values(), row + g * units, units);
            }
        }
    }

    /** Takes dzx of one step. */
    void stepBack(int t, Vec[] dzx, int rows, Lengths lengths) {
        if (ids == null) {
            DenseInput d = dense();
            for (int g = 0; g < blocks; g++) {
                d.blocks.put(t, g, dzx[g]);
            }
            return;
        }
        for (int b = 0; b < rows; b++) {
            if (lengths.padded(t, b)) {
                continue;
            }
            int row = W_x.offset() + ids.ids()[t * rows + b] * blocks * units;
            for (int g = 0; g < blocks; g++) {
                W_x.gradients().add(row + g * units, dzx[g], b * units, units);
            }
        }
    }

    /** After the loop: adds dW_x and returns dX, or null for ids. */
    @Nullable
    Slab end() {
        if (ids != null || dW_x == null) {
            return null;
        }
        dense().addWeightGradient(dW_x);
        return dense().end();
    }

    /** After a loop back whose inputs came step by step: adds dW_x. */
    void endSteps() {
        if (dW_x != null) {
            dense().addWeightGradient(dW_x);
        }
    }

    private DenseInput dense() {
        if (dense == null) {
            throw new IllegalStateException(layer + ": backward before forward.");
        }
        return dense;
    }

    @Override
    public void close() {
        if (weights != null) {
            weights.close();
            weights = null;
        }
        if (dW_x != null) {
            dW_x.close();
            dW_x = null;
        }
        if (dense != null) {
            dense.close();
            dense = null;
        }
    }
}
