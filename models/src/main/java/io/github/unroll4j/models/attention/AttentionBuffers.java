// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Arrays;
import java.util.List;

/** The heap side of attention for up to T steps over one memory: allocated once for its sizes and reused. */
final class AttentionBuffers {
    final int steps;
    final int rows;
    final int positions;
    /** Width A of a query and a key. */
    final int size;
    /** Width M of an annotation. */
    final int width;

    /** Query rows of each step, B·A. */
    final Vec[] q;
    /** Scores, then weights of each step, [B,S]. */
    final Vec[] alpha;
    /** The memory's arrays, or those of the mapped keys; S of them, none for a score that reads none. */
    final Vec[] key;

    final Vec[] dKey;
    private final boolean ownKeys;
    final Vec[] h;
    final Vec[] dh;
    /** Per-element parameters repeated for every row, and the sums of their gradients. */
    final Vec[] p;

    final Vec[] dp;
    /** Gradient of the step's weights, then of its scores, [B,S]. */
    final Vec de;

    final Vec dq;
    /** The step's context on the way forward, its gradient on the way back, B·M. */
    final Vec context;

    AttentionBuffers(ScoreSpec spec, Memory memory, int steps) {
        Dtype dtype = memory.dtype();
        this.steps = steps;
        rows = memory.batch();
        positions = memory.positions();
        size = spec.size();
        width = memory.width();
        q = arrays(dtype, steps, rows * size);
        alpha = arrays(dtype, steps, rows * positions);
        h = memory.h();
        dh = memory.dh();
        int keys = spec.readsKeys() ? positions : 0;
        ownKeys = spec.key().isPresent();
        // as many as there are positions: a memory that held more before has longer arrays
        key = ownKeys ? arrays(dtype, keys, rows * size) : Arrays.copyOf(h, keys);
        dKey = ownKeys ? arrays(dtype, keys, rows * size) : Arrays.copyOf(dh, keys);
        p = arrays(dtype, spec.vectors().size(), rows * size);
        dp = arrays(dtype, spec.vectors().size(), rows * size);
        de = Vec.zeros(dtype, rows * positions);
        dq = Vec.zeros(dtype, rows * size);
        context = Vec.zeros(dtype, rows * width);
    }

    boolean fit(Memory memory, int T) {
        return T <= steps && memory.batch() == rows && memory.positions() == positions && memory.h() == h;
    }

    /** Takes this call's vectors. */
    void begin(List<Parameter> vectors) {
        for (int i = 0; i < p.length; i++) {
            Parameter v = vectors.get(i);
            for (int b = 0; b < rows; b++) {
                p[i].copy(b * size, v.values(), v.offset(), size);
            }
        }
        clearSums();
    }

    /** Clears the sums over steps, but for what belongs to the memory, to which others may have added. */
    void clearSums() {
        for (Vec d : dp) {
            d.clear();
        }
        for (int s = 0; ownKeys && s < dKey.length; s++) {
            dKey[s].clear();
        }
    }

    /** After the loop: the gradients of the vectors, summed over the rows. */
    void addVectorGradients(List<Parameter> vectors) {
        for (int i = 0; i < dp.length; i++) {
            for (int b = 0; b < rows; b++) {
                vectors.get(i).gradients().add(vectors.get(i).offset(), dp[i], b * size, size);
            }
        }
    }

    private static Vec[] arrays(Dtype dtype, int count, int n) {
        Vec[] arrays = new Vec[count];
        for (int i = 0; i < count; i++) {
            arrays[i] = Vec.zeros(dtype, n);
        }
        return arrays;
    }
}
