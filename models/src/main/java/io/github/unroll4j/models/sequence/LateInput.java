// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;

/** Input of a layer that comes step by step, since it waits for the step before: one product with its rows of W_x per step. */
final class LateInput implements AutoCloseable {
    private final AffineBlocks blocks;
    private final Weights.Rows W;
    private final boolean alone;
    private final int batch;
    private final int D;
    private final NativeArray memory;
    private final NativeMatrix[] step;
    private final NativeMatrix dStep;
    private NativeMatrix Xt;
    private final Vec scratch;
    private int real;

    /**
     * Room for the input.
     *
     * @param blocks zx on the way forward, dzx on the way back; borrowed
     * @param W the rows of W_x that this input meets
     * @param alone whether it is all of the input; otherwise its product is added to what stands in the blocks
     * @param capacity T
     * @param batch B
     */
    LateInput(AffineBlocks blocks, Weights.Rows W, boolean alone, int capacity, int batch) {
        this.blocks = blocks;
        this.W = W;
        this.alone = alone;
        this.batch = batch;
        D = W.full.rows();
        Dtype dtype = W.full.dtype();
        int n = batch * D;
        memory = NativeArray.allocate(dtype, (long) (capacity + 1) * n);
        step = new NativeMatrix[capacity];
        for (int t = 0; t < capacity; t++) {
            step[t] = memory.matrix((long) t * n, batch, D);
        }
        dStep = memory.matrix((long) capacity * n, batch, D);
        Xt = memory.matrix(0, capacity * batch, D).t();
        scratch = Vec.zeros(dtype, n);
        real = capacity;
    }

    /** Begins a pass. */
    void begin(Lengths lengths) {
        if (real != lengths.longest()) {
            real = lengths.longest();
            Xt = memory.matrix(0, real * batch, D).t();
        }
    }

    /** Takes x_t, [B,D], and multiplies it. */
    void put(int t, Vec x_t, Lengths lengths) {
        Vec rows = x_t;
        if (!lengths.isFull()) { // a NaN at padding would reach dW_x, because 0 · NaN is NaN
            scratch.copy(0, x_t, 0, batch * D);
            Inputs.clearPadding(scratch, 0, t, lengths, D);
            rows = scratch;
        }
        step[t].put(rows, 0);
        if (alone) {
            blocks.product(t, step[t], W);
        } else {
            blocks.addProduct(t, step[t], W);
        }
    }

    /** The gradient of x_t, [B,D], borrowed until the next. */
    Vec gradient(int t) {
        blocks.transposedInto(t, dStep, W);
        dStep.get(scratch, 0);
        return scratch;
    }

    /** Xᵀ, [D,T·B] over the real steps, which the gradient of the weights is made of. */
    NativeMatrix transposed() {
        return Xt;
    }

    @Override
    public void close() {
        memory.close();
    }
}
