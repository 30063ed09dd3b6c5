// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.layer;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Noise;

/**
 * Which rows of a table are dropped in a pass, drawn when a row is first asked for: a pass costs its tokens, not the
 * vocabulary.
 */
final class RowMask {
    private final double rate;
    private final Vec number = Vec.zeros(Dtype.DOUBLE, 1);
    private final int[] drawnIn;
    private final boolean[] dropped;
    private Noise noise = Noise.off();
    private int pass;

    RowMask(int rows, double rate) {
        this.rate = rate;
        drawnIn = new int[rows];
        dropped = new boolean[rows];
    }

    /** Forgets every row. */
    RowMask begin(Noise source) {
        noise = source;
        pass++;
        return this;
    }

    /** Whether this pass does without a row. */
    boolean drops(int row) {
        if (drawnIn[row] != pass) {
            drawnIn[row] = pass;
            noise.dropout(number, 0, 1, rate);
            dropped[row] = number.get(0) == 0;
        }
        return dropped[row];
    }

    /** What the other rows are multiplied by. */
    double scale() {
        return 1 / (1 - rate);
    }
}
