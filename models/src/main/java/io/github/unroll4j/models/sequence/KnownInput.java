// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Shapes;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Input of a layer, or its first columns, known for all steps before the loop, numbers for up to T steps of B rows: one product with its rows of W_x
 * over all steps that are real in some row, and one back for dX.
 */
final class KnownInput implements AutoCloseable {
    private final AffineBlocks blocks;
    private final Weights.Rows W;
    private final int capacity;
    private final int batch;
    private final int D;
    private final Dtype dtype;
    private final NativeArray inputGradient;
    /** Holds an input that is not native, or not clean. */
    private @Nullable NativeArray own;

    private @Nullable NativeMatrix ownRows;
    private @Nullable NativeMatrix X;
    private @Nullable NativeMatrix Xt;
    private NativeMatrix dXReal;
    private Slab dX;
    private Vec clean;
    private int real;

    /**
     * Room for the input.
     *
     * @param blocks XW = X W_x on the way forward, dZx on the way back; borrowed
     * @param W the rows of W_x that this input meets
     * @param capacity T
     * @param batch B
     */
    KnownInput(AffineBlocks blocks, Weights.Rows W, int capacity, int batch) {
        this.blocks = blocks;
        this.W = W;
        this.capacity = capacity;
        this.batch = batch;
        D = W.full.rows();
        dtype = W.full.dtype();
        inputGradient = NativeArray.allocate(dtype, (long) capacity * batch * D);
        dXReal = inputGradient.matrix(0, capacity * batch, D);
        dX = new Slab(dXReal, capacity, batch);
        clean = Vec.zeros(dtype, 0);
        real = capacity;
    }

    /** Multiplies all of an input. */
    void begin(Sequence x, Lengths lengths) {
        resize(x.steps(), lengths.longest());
        NativeMatrix rows = lengths.isFull() ? rows(x) : cleanRows(x, lengths);
        if (X != rows) {
            X = rows;
            Xt = X.t();
        }
        blocks.product(X, W);
    }

    private void resize(int steps, int real) {
        if (dX.steps() != steps) {
            dX = new Slab(inputGradient.matrix(0, steps * batch, D), steps, batch);
        }
        if (this.real != real) {
            this.real = real;
            dXReal = inputGradient.matrix(0, real * batch, D);
        }
    }

    private NativeMatrix rows(Sequence x) {
        if (x instanceof Slab slab) {
            return slab.rows();
        }
        NativeMatrix rows = ownRows();
        rows.put(((Sequence.Dense) x).X().data(), 0);
        return rows;
    }

    private NativeMatrix ownRows() {
        if (own == null) {
            own = NativeArray.allocate(dtype, (long) capacity * batch * D);
        }
        if (ownRows == null || ownRows.rows() != real * batch) {
            ownRows = own.matrix(0, real * batch, D);
        }
        return ownRows;
    }

    // Zeros at padded steps: a NaN there would reach dW_x, because 0 · NaN is NaN.
    private NativeMatrix cleanRows(Sequence x, Lengths lengths) {
        NativeMatrix rows = ownRows();
        if (clean.length() == 0) {
            clean = Vec.zeros(dtype, Shapes.count(capacity, batch, D));
        }
        if (x instanceof Slab slab) {
            slab.rows().get(clean, 0);
        } else {
            clean.copy(0, ((Sequence.Dense) x).X().data(), 0, rows.size());
        }
        for (int t = 0; t < real; t++) {
            Inputs.clearPadding(clean, t * batch, t, lengths, D);
        }
        rows.put(clean, 0);
        return rows;
    }

    /** {@code dX = dZx W_xᵀ}, zeros at padding. */
    Slab gradient() {
        blocks.transposedInto(dXReal, W);
        if (real < dX.steps()) {
            clean.fill(0, batch * D, 0);
        }
        for (int t = real; t < dX.steps(); t++) {
            dX.step(t).put(clean, 0);
        }
        return dX;
    }

    /** Xᵀ, [D,T·B] over the real steps, which the gradient of the weights is made of. */
    NativeMatrix transposed() {
        return Objects.requireNonNull(Xt);
    }

    @Override
    public void close() {
        if (own != null) {
            own.close();
        }
        inputGradient.close();
    }
}
