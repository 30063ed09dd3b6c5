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
    private final NativeMatrix[] block;
    private @Nullable Vec dropped;

    WeightGradient(Parameter parameter, int blocks) {
        this.parameter = parameter;
        int width = parameter.size(1) / blocks;
        memory = NativeArray.allocate(parameter.owner().dtype(), parameter.size());
        full = memory.matrix(0, parameter.size(0), parameter.size(1));
        block = new NativeMatrix[blocks];
        for (int g = 0; g < blocks; g++) {
            block[g] = full.cols(g * width, width);
        }
    }

    /** {@code dW += Xᵀ dZ}, X transposed [K,T·B], dZ as one matrix [T·B,G·H] or as G blocks [T·B,H]. */
    void add(NativeMatrix Xt, NativeMatrix[] dZ) {
        multiply(Xt, dZ);
        parameter.addGradient(full);
    }

    /** The same for weights that stood in for the parameter's. */
    void add(NativeMatrix Xt, NativeMatrix[] dZ, WeightDrop drop) {
        multiply(Xt, dZ);
        if (dropped == null) {
            dropped = Vec.zeros(parameter.owner().dtype(), parameter.size());
        }
        full.get(dropped, 0);
        drop.back(dropped);
        parameter.gradients().add(parameter.offset(), dropped, 0, dropped.length());
    }

    private void multiply(NativeMatrix Xt, NativeMatrix[] dZ) {
        for (int g = 0; g < dZ.length; g++) {
            Gemm.mulInto(dZ.length == 1 ? full : block[g], Xt, dZ[g]);
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
