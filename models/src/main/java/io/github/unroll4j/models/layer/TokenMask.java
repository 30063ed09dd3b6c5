// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.layer;

import io.github.unroll4j.models.sequence.Noise;

/**
 * The mask of embedding dropout: which tokens a pass does without, wherever they occur. A token is drawn when it is
 * first asked for, so that a pass costs its tokens, not the vocabulary.
 */
final class TokenMask {
    private final double rate;
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
            dropped[id] = noise.drops(id, rate);
        }
        return dropped[id];
    }

    /** What the vectors of the others are multiplied by. */
    double scale() {
        return 1 / (1 - rate);
    }
}
