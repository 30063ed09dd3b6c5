// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;

/**
 * The input of a layer where it is numbers, for up to T steps of B rows: one product with W_x over all steps that are real in some
 * row, and one back for dX; or, where a decoder's inputs come one by one, one product per step.
 */
final class DenseInput implements AutoCloseable {
    /** XW = X W_x on the way forward, which dZx overwrites step by step on the way back. */
    final AffineBlocks blocks;

    private final int capacity;
    private final int batch;
    private final int D;
    private final Weights W;
    private final Dtype dtype;
    private final NativeArray own;
    private final NativeArray inputGradient;
    private NativeMatrix ownRows;
    private NativeMatrix X;
    private NativeMatrix Xt;
    private NativeMatrix dXReal;
    private Slab dX;
    private Vec clean;
    private int real;
    /** Views of single steps, for a pass whose inputs come step by step. */
    private NativeMatrix[] step = {};

    private NativeMatrix[] dStep = {};
    /** Copy of one native [B,D] on the heap. */
    private Vec scratch;

    DenseInput(Parameter W_x, Weights W, int blockCount, int capacity, int batch) {
        this.W = W;
        this.capacity = capacity;
        this.batch = batch;
        D = W_x.size(0);
        dtype = W_x.owner().dtype();
        blocks = new AffineBlocks(dtype, capacity, batch, blockCount, W_x.size(1) / blockCount);
        own = NativeArray.allocate(dtype, (long) capacity * batch * D);
        inputGradient = NativeArray.allocate(dtype, (long) capacity * batch * D);
        ownRows = own.matrix(0, capacity * batch, D);
        X = ownRows;
        Xt = X.t();
        dXReal = inputGradient.matrix(0, capacity * batch, D);
        dX = new Slab(dXReal, capacity, batch);
        clean = Vec.zeros(dtype, 0);
        scratch = clean;
        real = capacity;
    }

    boolean fits(int T, int B) {
        return T <= capacity && B == batch;
    }

    /** Begins a pass whose inputs come step by step. */
    void begin(Lengths lengths) {
        resize(lengths.steps(), lengths.longest());
        if (X != ownRows) {
            X = ownRows;
            Xt = X.t();
        }
        if (step.length < capacity) {
            step = new NativeMatrix[capacity];
            dStep = new NativeMatrix[capacity];
            for (int t = 0; t < capacity; t++) {
                step[t] = own.matrix((long) t * batch * D, batch, D);
                dStep[t] = inputGradient.matrix((long) t * batch * D, batch, D);
            }
            scratch = Vec.zeros(dtype, batch * D);
        }
    }

    /** Multiplies one step's input [B,D]. */
    void put(int t, Vec x_t, Lengths lengths) {
        Vec rows = x_t;
        if (!lengths.isFull()) { // zeros at padded rows, as in cleanRows
            scratch.copy(0, x_t, 0, batch * D);
            for (int b = 0; b < batch; b++) {
                if (lengths.padded(t, b)) {
                    scratch.fill(b * D, D, 0);
                }
            }
            rows = scratch;
        }
        step[t].put(rows, 0);
        blocks.product(t, step[t], W);
    }

    /** One step's gradient of the input [B,D], borrowed until the next. */
    Vec gradient(int t) {
        blocks.transposedInto(t, dStep[t], W);
        dStep[t].get(scratch, 0);
        return scratch;
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
            blocks.resize(real);
            ownRows = own.matrix(0, real * batch, D);
            dXReal = inputGradient.matrix(0, real * batch, D);
        }
    }

    private NativeMatrix rows(Sequence x) {
        if (x instanceof Slab slab) {
            return slab.rows();
        }
        ownRows.put(((Sequence.Dense) x).X().data(), 0);
        return ownRows;
    }

    // Zeros at padded steps: a NaN there would reach dW_x, because 0 · NaN is NaN.
    private NativeMatrix cleanRows(Sequence x, Lengths lengths) {
        if (clean.length() == 0) {
            clean = Vec.zeros(dtype, capacity * batch * D);
        }
        if (x instanceof Slab slab) {
            slab.rows().get(clean, 0);
        } else {
            clean.copy(0, ((Sequence.Dense) x).X().data(), 0, ownRows.size());
        }
        for (int t = 0; t < real; t++) {
            for (int b = 0; b < batch; b++) {
                if (lengths.padded(t, b)) {
                    clean.fill((t * batch + b) * D, D, 0);
                }
            }
        }
        ownRows.put(clean, 0);
        return ownRows;
    }

    /** {@code dX = dZx W_xᵀ}, zeros at padding. */
    Slab end() {
        blocks.transposedInto(dXReal, W);
        if (real < dX.steps()) {
            clean.fill(0, batch * D, 0);
        }
        for (int t = real; t < dX.steps(); t++) {
            dX.step(t).put(clean, 0);
        }
        return dX;
    }

    /** {@code dW_x += Xᵀ dZx}. */
    void addWeightGradient(WeightGradient dW_x) {
        dW_x.add(Xt, blocks.whole());
    }

    @Override
    public void close() {
        blocks.close();
        own.close();
        inputGradient.close();
    }
}
