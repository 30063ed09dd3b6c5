// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;

/**
 * The native image of one weight matrix [K, G·H], by blocks, renewed when the values moved, and room for its gradient.
 *
 * <p>Column block g is a strided view: BLAS reads it in place, and its product comes out as a gate of its own,
 * contiguous over the batch, which is what the pointwise loops need.
 */
final class Weights implements AutoCloseable {
    private final Parameter parameter;
    private final NativeArray values;
    private final NativeArray gradient;
    private final Vec scratch;
    private long version = -1;

    final NativeMatrix full;
    final NativeMatrix fullT;
    final NativeMatrix[] block;
    final NativeMatrix[] blockT;
    final NativeMatrix fullGradient;
    final NativeMatrix[] blockGradient;

    Weights(Parameter parameter, int blocks) {
        this.parameter = parameter;
        int rows = parameter.size(0);
        int cols = parameter.size(1);
        values = NativeArray.allocate(parameter.owner().dtype(), parameter.size());
        gradient = NativeArray.allocate(parameter.owner().dtype(), parameter.size());
        scratch = Vec.zeros(parameter.owner().dtype(), parameter.size());
        full = values.matrix(0, rows, cols);
        fullT = full.t();
        fullGradient = gradient.matrix(0, rows, cols);
        block = new NativeMatrix[blocks];
        blockT = new NativeMatrix[blocks];
        blockGradient = new NativeMatrix[blocks];
        int width = cols / blocks;
        for (int g = 0; g < blocks; g++) {
            block[g] = full.cols(g * width, width);
            blockT[g] = block[g].t();
            blockGradient[g] = fullGradient.cols(g * width, width);
        }
    }

    /** Copies the values to native memory if they changed since the last call. */
    void refresh() {
        if (version != parameter.owner().version()) {
            full.put(parameter.values(), parameter.offset());
            version = parameter.owner().version();
        }
    }

    /** Adds the native gradient, fully written by the caller, to the parameter's gradient. */
    void addGradient() {
        fullGradient.get(scratch, 0);
        parameter.gradients().add(parameter.offset(), scratch, 0, scratch.length());
    }

    @Override
    public void close() {
        values.close();
        gradient.close();
    }
}
