// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Gemm;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;

/**
 * A native slab of the G affine blocks of a cell over T steps, and the products over all steps that fill it and read
 * it.
 *
 * <p>Each block of each step is contiguous over the batch, n = B·H numbers, because the pointwise loops on the heap are
 * long and unstrided then. For B &gt; 1 the layout is [G][T·B,H], one product per block against as many columns of the
 * weights: as fast as one wide product, and without a pass that sorts the blocks. For B = 1 it is [T][G·H], and one
 * product serves all blocks (docs/adr/0002).
 */
final class AffineBlocks implements AutoCloseable {
    private final NativeArray memory;
    private final int capacity;
    private final int batch;
    private final int blocks;
    private final int units;
    private final boolean fused;
    private final NativeMatrix[][] step;
    private final NativeMatrix[] fusedStep;
    /** All steps: one matrix [T·B,G·H] for B = 1, otherwise G blocks [T·B,H]. */
    private NativeMatrix[] whole = {};

    private int steps;

    AffineBlocks(Dtype dtype, int capacity, int batch, int blocks, int units) {
        this.capacity = capacity;
        this.batch = batch;
        this.blocks = blocks;
        this.units = units;
        fused = batch == 1;
        int n = batch * units;
        memory = NativeArray.allocate(dtype, (long) capacity * blocks * n);
        step = new NativeMatrix[capacity][blocks];
        fusedStep = new NativeMatrix[fused ? capacity : 0];
        for (int t = 0; t < capacity; t++) {
            for (int g = 0; g < blocks; g++) {
                step[t][g] = memory.matrix(
                        fused ? ((long) t * blocks + g) * n : ((long) g * capacity + t) * n, batch, units);
            }
            if (fused) {
                fusedStep[t] = memory.matrix((long) t * blocks * n, 1, blocks * units);
            }
        }
        resize(capacity);
    }

    /** Uses the first {@code steps} of the capacity from now on. */
    void resize(int steps) {
        if (this.steps == steps) {
            return;
        }
        this.steps = steps;
        whole = new NativeMatrix[fused ? 1 : blocks];
        for (int g = 0; g < whole.length; g++) {
            whole[g] = fused
                    ? memory.matrix(0, steps, blocks * units)
                    : memory.matrix((long) g * capacity * batch * units, steps * batch, units);
        }
    }

    /** All steps at once: blocks = X W, X [T·B,K]. */
    void product(NativeMatrix X, Weights.Rows W) {
        for (int g = 0; g < whole.length; g++) {
            Gemm.mulInto(whole[g], X, fused ? W.full : W.block[g]);
        }
    }

    /** All steps back: dX = blocks Wᵀ, dX [T·B,K]. */
    void transposedInto(NativeMatrix dX, Weights.Rows W) {
        Gemm.mulInto(dX, whole[0], fused ? W.fullT : W.blockT[0]);
        for (int g = 1; g < whole.length; g++) {
            Gemm.mulAddInto(dX, whole[g], W.blockT[g]);
        }
    }

    /** All steps: dW = Xᵀ blocks, Xᵀ [K,T·B]. */
    void gradientInto(Weights.Rows dW, NativeMatrix Xt) {
        for (int g = 0; g < whole.length; g++) {
            Gemm.mulInto(fused ? dW.full : dW.block[g], Xt, whole[g]);
        }
    }

    /** One step: its blocks = x W, x [B,K]. */
    void product(int t, NativeMatrix x, Weights.Rows W) {
        if (fused) {
            Gemm.mulInto(fusedStep[t], x, W.full);
            return;
        }
        for (int g = 0; g < blocks; g++) {
            Gemm.mulInto(step[t][g], x, W.block[g]);
        }
    }

    /** One step: its blocks += x W, x [B,K]. */
    void addProduct(int t, NativeMatrix x, Weights.Rows W) {
        if (fused) {
            Gemm.mulAddInto(fusedStep[t], x, W.full);
            return;
        }
        for (int g = 0; g < blocks; g++) {
            Gemm.mulAddInto(step[t][g], x, W.block[g]);
        }
    }

    /** One step back: dx = its blocks Wᵀ, dx [B,K]. */
    void transposedInto(int t, NativeMatrix dx, Weights.Rows W) {
        if (fused) {
            Gemm.mulInto(dx, fusedStep[t], W.fullT);
            return;
        }
        Gemm.mulInto(dx, step[t][0], W.blockT[0]);
        for (int g = 1; g < blocks; g++) {
            Gemm.mulAddInto(dx, step[t][g], W.blockT[g]);
        }
    }

    /** One block of one step, [B,H]. */
    NativeMatrix of(int t, int g) {
        return step[t][g];
    }

    /** All blocks of one step, [1,G·H], for B = 1. */
    NativeMatrix allOf(int t) {
        return fusedStep[t];
    }

    void get(int t, int g, Vec target) {
        step[t][g].get(target, 0);
    }

    void put(int t, int g, Vec source) {
        step[t][g].put(source, 0);
    }

    @Override
    public void close() {
        memory.close();
    }
}
