// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.tensor.Dtype;

/** The loops of attention over the arrays of one buffer set, in the element type of the weights. */
interface AttentionKernel {
    /** Scores of step t into its weights' place. */
    void scores(int t);

    /** From the gradient of the scores of step t to those of query, keys and vectors. */
    void scoresBack(int t);

    /** {@code c_b = Σ_s α_bs h_sb} into the context. */
    void weigh(int t);

    /** {@code dα_bs = ⟨dc_b, h_sb⟩} into the gradient of the weights, {@code dh_sb += α_bs dc_b}. */
    void weighBack(int t);

    static AttentionKernel of(Score score, AttentionBuffers buffers, Dtype dtype) {
        if (dtype == Dtype.DOUBLE) {
            return new DoubleAttention(score::forward, score::backward, buffers);
        }
        FloatScore both = score instanceof FloatScore f ? f : new WideningScore(score);
        return new FloatAttention(both::forward, both::backward, buffers);
    }
}
