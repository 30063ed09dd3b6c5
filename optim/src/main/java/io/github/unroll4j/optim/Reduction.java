// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

/**
 * How the losses of single tokens become the one number whose gradient is taken. It sets the scale of every gradient,
 * so learning rates and clipping limits are only comparable under the same reduction.
 */
public enum Reduction {
    /** The sum over all real tokens, as the notebooks and min-char-rnn take it. */
    SUM {
        @Override
        double scale(int tokens, int batch) {
            return 1;
        }
    },
    /** The sum divided by the number of real tokens, padding not among them; PyTorch's default. */
    MEAN {
        @Override
        double scale(int tokens, int batch) {
            return tokens == 0 ? 0 : 1.0 / tokens;
        }
    },
    /** The sum divided by the batch size B, so summed over time: Zaremba et al. (2014), char-rnn. */
    BATCH_MEAN {
        @Override
        double scale(int tokens, int batch) {
            return 1.0 / batch;
        }
    };

    /** The factor from the summed loss to the reduced one. */
    abstract double scale(int tokens, int batch);
}
