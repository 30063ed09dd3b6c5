// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

import io.github.unroll4j.core.tensor.ShapeException;
import java.util.Arrays;

/**
 * The numbers of inputs and outputs of one block of a weight matrix.
 *
 * @param in number of rows: the units that each output reads
 * @param out number of columns of one block: the units that read each input
 */
record Fan(int in, int out) {
    /** Computes the fan of a shape [in, G*H]; [in] counts as [in, 1]. */
    static Fan of(String where, int[] shape, int blocks) {
        if (shape.length == 1 && blocks == 1) {
            return new Fan(shape[0], 1);
        }
        if (shape.length != 2) {
            throw ShapeException.of(where, "the parameter", Arrays.toString(shape), "a matrix [in, out]", "");
        }
        return new Fan(shape[0], width(where, shape, blocks));
    }

    /** Returns the width of one of several blocks along the last axis. */
    static int width(String where, int[] shape, int blocks) {
        if (shape.length == 0 || blocks < 1 || shape[shape.length - 1] % blocks != 0) {
            throw ShapeException.of(
                    where,
                    "the parameter",
                    Arrays.toString(shape),
                    "a last axis of " + blocks + " blocks of one width",
                    "the number of blocks is not that of the cell's gates");
        }
        return shape[shape.length - 1] / blocks;
    }

    double sum() {
        return (double) in + out;
    }
}
