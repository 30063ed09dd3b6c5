// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.models.attention.DoublePairs;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.attention.ScoreSpec;
import java.util.List;
import java.util.Optional;

// [spec]
/** (1) q = h_t W_q, key_s = h̄_s W_k; (2) e_s = ⟨q, key_s⟩ / √A. */
record ScaledDot(int size) implements Score {
    @Override
    public ScoreSpec spec() {
        var query = new ScoreSpec.LinearMap("W_q", Init.glorotUniform());
        var key = new ScoreSpec.LinearMap("W_k", Init.glorotUniform());
        return new ScoreSpec("scaled", size, Optional.of(query), Optional.of(key), true, List.of());
    }
    // [/spec]

    // [forward]
    @Override
    public void forward(DoublePairs p) {
        for (int b = 0; b < p.rows; b++) {
            for (int s = 0; s < p.positions; s++) {
                double sum = 0;
                for (int k = b * size; k < (b + 1) * size; k++) {
                    sum += p.q[k] * p.key[s][k];
                }
                p.e[b * p.positions + s] = sum / Math.sqrt(size); // (2)
            }
        }
    }
    // [/forward]

    // [backward]
    @Override
    public void backward(DoublePairs p) {
        for (int b = 0; b < p.rows; b++) {
            for (int s = 0; s < p.positions; s++) {
                double de = p.de[b * p.positions + s] / Math.sqrt(size); // (2')
                for (int k = b * size; k < (b + 1) * size; k++) {
                    p.dq[k] += de * p.key[s][k];
                    p.dKey[s][k] += de * p.q[k];
                }
            }
        }
    }
    // [/backward]
}
