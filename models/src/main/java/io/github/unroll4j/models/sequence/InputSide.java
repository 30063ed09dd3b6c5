// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Vec;
import org.jspecify.annotations.Nullable;

/**
 * The input side of a layer, x_t W_x for all t, hoisted out of the loop over time.
 *
 * <p>Numbers: one product over T·B rows before the loop, and after it dW_x = Xᵀ dZx and dX = dZx W_xᵀ; of an input that comes step by
 * step, only its known columns. Token ids: the row W_x[id] is the product with a one-hot row, so it is copied, and its gradient is the
 * row of dzx, added. Steps that are padding in every row take no part.
 */
final class InputSide implements AutoCloseable {
    private final String layer;
    private final Parameter W_x;
    private final int blocks;
    private final int units;
    private @Nullable Weights weights;
    private @Nullable DividedInput numbers;
    private @Nullable WeightGradient dW_x;
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
        prepare(W_x.size(0), lengths).begin(x, lengths);
    }

    /** Begins a pass whose inputs come step by step, but for their first columns {@code known}, if any. */
    void beginSteps(@Nullable Slab known, Lengths lengths) {
        prepare(known == null ? 0 : known.width(), lengths).begin(known, lengths);
    }

    private DividedInput prepare(int known, Lengths lengths) {
        ids = null;
        if (weights == null) {
            weights = new Weights(W_x, blocks);
        }
        weights.refresh();
        if (numbers == null || !numbers.fits(known, lengths.steps(), lengths.batch())) {
            if (numbers != null) {
                numbers.close();
            }
            numbers = new DividedInput(weights, known, lengths.steps(), lengths.batch());
        }
        return numbers;
    }

    /** How many columns of x_t were not known. */
    int lateWidth() {
        return numbers().lateWidth();
    }

    /** Takes the columns of x_t that were not known, and multiplies them by their rows of W_x. */
    void put(int t, Vec x_t, Lengths lengths) {
        numbers().put(t, x_t, lengths);
    }

    /** The gradient of what was put, once the step has gone back; borrowed until the next one. */
    Vec lateGradient(int t) {
        return numbers().lateGradient(t);
    }

    /** {@code zx = x_t W_x}, block by block. */
    void stepInto(int t, Vec[] zx, int rows, Lengths lengths) {
        if (ids == null) {
            DividedInput d = numbers();
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
            DividedInput d = numbers();
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

    /** After the loop: adds dW_x; for ids it has been added in the loop. */
    void end() {
        if (ids == null) {
            if (dW_x == null) {
                dW_x = new WeightGradient(W_x, blocks);
            }
            numbers().addWeightGradient(dW_x);
        }
    }

    /** After the loop: the gradient of the input, or of its known columns; null for ids, and where nothing was known. */
    @Nullable
    Slab knownGradient() {
        return ids == null ? numbers().knownGradient() : null;
    }

    /** The same where there has to be one. */
    Slab requireKnownGradient() {
        Slab gradient = knownGradient();
        if (gradient == null) {
            throw new IllegalStateException(layer
                    + ": the gradient of the known columns was asked for after a pass that was begun without any.");
        }
        return gradient;
    }

    private DividedInput numbers() {
        if (numbers == null) {
            throw new IllegalStateException(layer + ": backward before forward.");
        }
        return numbers;
    }

    @Override
    public void close() {
        if (weights != null) {
            weights.close();
            weights = null;
        }
        if (numbers != null) {
            numbers.close();
            numbers = null;
        }
        if (dW_x != null) {
            dW_x.close();
            dW_x = null;
        }
    }
}
