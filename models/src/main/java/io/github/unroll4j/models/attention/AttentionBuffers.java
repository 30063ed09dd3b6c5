// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Column;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Arrays;
import java.util.List;

/** The heap side of attention for up to T steps over one memory: allocated once for its sizes and reused. */
final class AttentionBuffers {
    final int steps;
    final int rows;
    final int positions;

    /** What the score sees of each step. */
    final Pairs[] pairs;
    /** Weights of each step, [B,S], and their columns. */
    final Vec[] alpha;

    final Column[][] weights;
    /** The memory's arrays, or those of the mapped keys; S of them, none for a score that reads none. */
    final Vec[] key;

    final Vec[] dKey;
    private final boolean ownKeys;
    final Vec[] h;
    final Vec[] dh;
    /** The score's parameters. */
    final RepeatedVector[] vectors;

    /** Gradient of the step's weights, [B,S], and its columns. */
    final Vec dAlpha;

    final Column[] dWeights;
    /** The step's context, B·M. */
    final Vec context;

    /**
     * Arrays for a memory.
     *
     * @param back whether there is a way back; without it the gradients of keys and annotations have no arrays
     */
    AttentionBuffers(ScoreLayout layout, List<Parameter> parameters, Memory memory, int steps, boolean back) {
        Dtype dtype = memory.dtype();
        this.steps = steps;
        rows = memory.batch();
        positions = memory.positions();
        h = memory.h();
        dh = back ? memory.dh() : new Vec[0];
        int keys = layout.readsKeys() ? positions : 0;
        ownKeys = layout.key().isPresent();
        // as many as there are positions: a memory that held more before has longer arrays
        key = ownKeys ? Pairs.arrays(dtype, keys, rows * layout.size()) : Arrays.copyOf(h, keys);
        if (back) {
            dKey = ownKeys ? Pairs.arrays(dtype, keys, rows * layout.size()) : Arrays.copyOf(dh, keys);
        } else {
            dKey = new Vec[0];
        }
        alpha = Pairs.arrays(dtype, steps, rows * positions);
        pairs = new Pairs[steps];
        weights = new Column[steps][];
        for (int t = 0; t < steps; t++) {
            pairs[t] = t == 0
                    ? new Pairs(layout, new int[] {rows, positions}, key, dKey, dtype)
                    : pairs[0].ofAnotherStep();
            weights[t] = Pairs.columns(alpha[t], positions);
        }
        vectors = new RepeatedVector[parameters.size()];
        for (int i = 0; i < vectors.length; i++) {
            ScoreLayout.Vector v = layout.vectors().get(i);
            vectors[i] = new RepeatedVector(parameters.get(i), pairs[0].p(v), pairs[0].dp(v));
        }
        dAlpha = Vec.zeros(dtype, rows * positions);
        dWeights = Pairs.columns(dAlpha, positions);
        context = Vec.zeros(dtype, rows * memory.width());
    }

    boolean fit(Memory memory, int T) {
        return T <= steps && memory.batch() == rows && memory.positions() == positions && memory.h() == h;
    }

    /** Takes the parameters of now; what was summed over the steps of an earlier loop is forgotten. */
    void begin() {
        for (RepeatedVector v : vectors) {
            v.begin();
        }
        clearKeys();
    }

    /**
     * After the loop: adds the gradients of the score's parameters; another loop over the same memory starts from zero.
     */
    void end() {
        for (RepeatedVector v : vectors) {
            v.end();
        }
        clearKeys();
    }

    /** But for what belongs to the memory, to which others may have added. */
    private void clearKeys() {
        for (int s = 0; ownKeys && s < dKey.length; s++) {
            dKey[s].clear();
        }
    }
}
