// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Inputs;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import org.jspecify.annotations.Nullable;

/**
 * The input side of a layer, x_t W_x for all t, hoisted out of the loop over time.
 *
 * <p>Numbers: one product over T·B rows before the loop, and after it dW_x = Xᵀ dZx and dX = dZx W_xᵀ; of an input that
 * comes step by step, only its known columns. Token ids: the row W_x[id] is the product with a one-hot row, so it is
 * copied, and its gradient is the row of dzx, added. Steps that are padding in every row take no part.
 */
final class InputSide implements AutoCloseable {
    private final String layer;
    private final Parameter W_x;
    private final int blocks;
    private final int units;
    private Lengths lengths = Lengths.full(1, 1);
    private @Nullable DividedInput numbers;
    private Sequence.@Nullable Ids ids;

    InputSide(String layer, Parameter W_x, int blocks) {
        this.layer = layer;
        this.W_x = W_x;
        this.blocks = blocks;
        units = W_x.size(1) / blocks;
    }

    /** Takes an input that {@link Inputs#require} passed and, for numbers, multiplies all of it by W_x. */
    void begin(Sequence x, Lengths of) {
        lengths = of;
        if (x instanceof Sequence.Ids tokens) {
            ids = tokens;
        } else {
            divided(W_x.size(0)).begin((Slab) x, of);
        }
    }

    /** Begins a pass whose inputs come step by step, but for their first columns {@code known}, if any. */
    void beginSteps(@Nullable Slab known, Lengths of) {
        lengths = of;
        divided(known == null ? 0 : known.width()).begin(known, of);
    }

    private DividedInput divided(int known) {
        ids = null;
        DividedInput d = numbers;
        if (d == null || d.known() != known) {
            if (d != null) {
                d.close();
            }
            d = new DividedInput(W_x, blocks, known);
            numbers = d;
        }
        return d;
    }

    /** How many columns of x_t were not known. */
    int lateWidth() {
        return numbers().lateWidth();
    }

    /** Takes the columns of x_t that were not known. */
    void put(int t, Vec x_t) {
        numbers().put(t, x_t);
    }

    /** The gradient of what was put, once the step has gone back; borrowed until the next one. */
    Vec lateGradient(int t) {
        return numbers().lateGradient(t);
    }

    /** {@code zx = x_t W_x}, block by block. */
    void stepInto(int t, Vec[] zx) {
        if (ids == null) {
            numbers().stepInto(t, zx);
            return;
        }
        for (int b = 0; b < lengths.batch(); b++) {
            if (lengths.padded(t, b)) { // any id may stand there
                for (Vec block : zx) {
                    block.fill(b * units, units, 0);
                }
                continue;
            }
            int row = row(ids, t, b);
            for (int g = 0; g < blocks; g++) {
                zx[g].copy(b * units, W_x.values(), row + g * units, units);
            }
        }
    }

    /** Takes dzx of one step. */
    void stepBack(int t, Vec[] dzx) {
        if (ids == null) {
            numbers().stepBack(t, dzx);
            return;
        }
        for (int b = 0; b < lengths.batch(); b++) {
            if (lengths.padded(t, b)) {
                continue;
            }
            int row = row(ids, t, b);
            for (int g = 0; g < blocks; g++) {
                W_x.gradients().add(row + g * units, dzx[g], b * units, units);
            }
        }
    }

    /** Where the row of W_x of an id begins. */
    private int row(Sequence.Ids tokens, int t, int b) {
        return W_x.offset() + tokens.ids()[t * lengths.batch() + b] * blocks * units;
    }

    /** After the loop: adds dW_x, and computes dX; for ids dW_x has been added in the loop. */
    void end() {
        if (ids == null) {
            numbers().end();
        }
    }

    /**
     * After the loop: the gradient of the input, or of its known columns; null for ids, and where nothing was known.
     */
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
        if (numbers != null) {
            numbers.close();
            numbers = null;
        }
    }
}
