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
    SUM {
        @Override
        double scale(int tokens, int batch) {
            return 1;
        }
    },
    /** The sum divided by the number of real tokens, which excludes padding. PyTorch's default. */
    MEAN {
        @Override
        double scale(int tokens, int batch) {
            return tokens == 0 ? 0 : 1.0 / tokens;
        }
    },
    /**
     * The sum divided by the batch size B: summed over time. Used by Zaremba et al. (2014) and char-rnn.
     */
    BATCH_MEAN {
        @Override
        double scale(int tokens, int batch) {
            return 1.0 / batch;
        }
    };

    /** The factor that turns the summed loss into the reduced one. */
    abstract double scale(int tokens, int batch);
}
