// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

/**
 * How the losses of all tokens become one number, whose gradient is taken. The reduction sets the scale of every
 * gradient. Learning rates and clipping limits can be compared only under the same reduction.
 *
 * @since 0.1.0
 */
public enum Reduction {
    /** The sum over all real tokens, as in the notebooks and in min-char-rnn. */
    SUM,
    /** The sum divided by the number of real tokens, which excludes padding. PyTorch's default. */
    MEAN,
    /** The sum divided by the batch size B: summed over time. Used by Zaremba et al. (2014) and char-rnn. */
    BATCH_MEAN;

    /** The factor that turns the summed loss into the reduced one. */
    double scale(int tokens, int batch) {
        return switch (this) {
            case SUM -> 1;
            case MEAN -> tokens == 0 ? 0 : 1.0 / tokens;
            case BATCH_MEAN -> 1.0 / batch;
        };
    }
}
