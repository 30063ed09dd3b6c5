// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Gemm;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import org.jspecify.annotations.Nullable;

/** Where the gradient of one weight matrix [K, G·H] is computed, before it is added to the parameter's. */
final class WeightGradient implements AutoCloseable {
    private final Parameter parameter;
    private final NativeArray memory;
    private final NativeMatrix full;
    private final Part[] parts;
    private @Nullable Vec dropped;

    /**
     * Room for the gradient of one matrix.
     *
     * @param parameter the matrix
     * @param blocks G
     * @param heights rows of each part of the input, one after another, K in all
     */
    WeightGradient(Parameter parameter, int blocks, int... heights) {
        this.parameter = parameter;
        memory = NativeArray.allocate(parameter.owner().dtype(), parameter.size());
        full = memory.matrix(0, parameter.size(0), parameter.size(1));
        parts = new Part[heights.length];
        int first = 0;
        for (int i = 0; i < heights.length; i++) {
            parts[i] = new Part(full.rows(first, heights[i]), blocks);
            first += heights[i];
        }
    }

    /** The rows for one part of the input, whole and by blocks. */
    private static final class Part {
        private final NativeMatrix full;
        private final NativeMatrix[] block;

        Part(NativeMatrix full, int blocks) {
            this.full = full;
            block = new NativeMatrix[blocks];
            int width = full.cols() / blocks;
            for (int g = 0; g < blocks; g++) {
                block[g] = full.cols(g * width, width);
            }
        }
    }

    /** The rows of part i become Xᵀ dZ, X transposed [k,T·B], dZ as one matrix [T·B,G·H] or as G blocks [T·B,H]. */
    void multiply(int i, NativeMatrix Xt, NativeMatrix[] dZ) {
        for (int g = 0; g < dZ.length; g++) {
            Gemm.mulInto(dZ.length == 1 ? parts[i].full : parts[i].block[g], Xt, dZ[g]);
        }
    }

    /** {@code dW += } what was multiplied. */
    void add() {
        parameter.addGradient(full);
    }

    /** The same for weights that stood in for the parameter's. */
    void add(WeightDrop drop) {
        if (!drop.isOn()) {
            add();
            return;
        }
        if (dropped == null) {
            dropped = Vec.zeros(parameter.owner().dtype(), parameter.size());
        }
        full.get(dropped, 0);
        drop.back(dropped);
        parameter.gradients().add(parameter.offset(), dropped, 0, dropped.length());
    }

    @Override
    public void close() {
        memory.close();
    }
}
