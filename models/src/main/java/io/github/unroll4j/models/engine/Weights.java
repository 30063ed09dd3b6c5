// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;

/**
 * The native image of one weight matrix [K, G·H], renewed when the values moved; read by rows, these whole and by
 * blocks.
 *
 * <p>Column block g is a strided view: BLAS reads it in place, and its product comes out as an array of its own,
 * contiguous over the batch, which is what the pointwise loops need.
 */
final class Weights implements AutoCloseable {
    final NativeMatrix full;
    final int blocks;
    private final Parameter parameter;
    private final NativeArray memory;
    private long version = -1;

    Weights(Parameter parameter, int blocks) {
        this.parameter = parameter;
        this.blocks = blocks;
        memory = NativeArray.allocate(parameter.owner().dtype(), parameter.size());
        full = memory.matrix(0, parameter.size(0), parameter.size(1));
    }

    /** The rows for a part of the input, which may be all of it. */
    Rows rows(int first, int count) {
        return new Rows(full.rows(first, count), blocks);
    }

    /** Rows [k,G·H] of the matrix, whole and by blocks, each also transposed. */
    static final class Rows {
        final NativeMatrix full;
        final NativeMatrix fullT;
        final NativeMatrix[] block;
        final NativeMatrix[] blockT;

        Rows(NativeMatrix rows, int blocks) {
            full = rows;
            fullT = rows.t();
            block = new NativeMatrix[blocks];
            blockT = new NativeMatrix[blocks];
            int width = rows.cols() / blocks;
            for (int g = 0; g < blocks; g++) {
                block[g] = rows.cols(g * width, width);
                blockT[g] = block[g].t();
            }
        }
    }

    /** Copies the values to native memory if they changed since the last call. */
    void refresh() {
        if (version != parameter.owner().version()) {
            full.put(parameter.values(), parameter.offset());
            version = parameter.owner().version();
        }
    }

    /** Takes others in place of the parameter's, from index 0 on, until the next {@link #refresh()}. */
    void use(Vec weights) {
        full.put(weights, 0);
        version = -1;
    }

    @Override
    public void close() {
        memory.close();
    }
}
