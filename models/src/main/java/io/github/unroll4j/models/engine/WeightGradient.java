// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;

/** Where the gradient of one weight matrix [K, G·H] is computed, before it is added to the parameter's. */
final class WeightGradient implements AutoCloseable {
    private final Parameter parameter;
    private final NativeArray memory;
    private final NativeMatrix full;
    private final int blocks;

    /**
     * Room for the gradient of one matrix.
     *
     * @param parameter the matrix
     * @param blocks G
     */
    WeightGradient(Parameter parameter, int blocks) {
        this.parameter = parameter;
        this.blocks = blocks;
        memory = NativeArray.allocate(parameter.owner().dtype(), parameter.size());
        full = memory.matrix(0, parameter.size(0), parameter.size(1));
    }

    /** The rows to be computed for a part of the input, which may be all of it. */
    Weights.Rows rows(int first, int count) {
        return new Weights.Rows(full.rows(first, count), blocks);
    }

    /** {@code dW += } what was computed. */
    void add() {
        parameter.addGradient(full);
    }

    /** The same for weights that may have stood in for the parameter's. */
    void add(WeightDrop drop) {
        if (drop.isOn()) {
            full.get(drop.gradients(), 0);
            drop.end();
        } else {
            add();
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
