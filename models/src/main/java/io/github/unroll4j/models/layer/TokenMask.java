// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.layer;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Noise;

/**
 * The mask of embedding dropout: which tokens a pass does without, wherever they occur. A token is drawn when it is
 * first asked for, so that a pass costs its tokens, not the vocabulary.
 */
final class TokenMask {
    private final double rate;
    /** Room for one draw. */
    private final Vec one = Vec.zeros(Dtype.DOUBLE, 1);

    /** The pass in which a token was last drawn, by id. */
    private final int[] drawnIn;

    private final boolean[] dropped;
    private Noise noise = Noise.off();
    private int pass;

    TokenMask(int vocabulary, double rate) {
        this.rate = rate;
        drawnIn = new int[vocabulary];
        dropped = new boolean[vocabulary];
    }

    /** Begins a pass, of which no token is drawn yet. */
    TokenMask begin(Noise source) {
        noise = source;
        pass++;
        return this;
    }

    /** Whether this pass does without a token. */
    boolean drops(int id) {
        if (drawnIn[id] != pass) {
            drawnIn[id] = pass;
            noise.dropout(one, 0, 1, rate);
            dropped[id] = one.get(0) == 0;
        }
        return dropped[id];
    }

    /** What the vectors of the others are multiplied by. */
    double scale() {
        return 1 / (1 - rate);
    }
}
