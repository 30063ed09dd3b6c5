// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import io.github.unroll4j.core.param.Parameters;

/**
 * {@link Adam} that leaves alone the rows of a row-sparse parameter which the gradient does not touch: their m, v and θ stay as they
 * are. For every other parameter, and for a row that is touched at every step, it is Adam to the bit.
 *
 * <p>A step costs the rows of the batch, not of the vocabulary, and a rare word moves only when it is read. Dense Adam, the
 * form of the notebooks and of most published figures, differs: a word that is absent from a batch goes on moving by what is left of its
 * momentum, its m decays by β₁ and its v by β₂, so the update after a long absence is another one. Where all rows
 * are touched at every step, as those of a table that is tied to an output layer are, the two are the same.
 *
 * <p>t of the bias corrections is the number of all steps, not of those that touched the row, as in PyTorch's {@code SparseAdam} and in
 * TensorFlow Addons' {@code LazyAdam}. {@code SparseAdam} adds ε to the uncorrected √v; here ε stands where {@link Adam} has
 * it, so that the two agree where they should.
 */
public final class LazyAdam extends Adam {
    /**
     * Lazy Adam with Adam's defaults.
     *
     * @param parameters what to train
     */
    public LazyAdam(Parameters parameters) {
        this(parameters, BETA_1, BETA_2, EPSILON);
    }

    /**
     * Lazy Adam.
     *
     * @param parameters what to train
     * @param beta1 decay of the mean gradient, in [0, 1)
     * @param beta2 decay of the mean squared gradient, in [0, 1)
     * @param epsilon added to the root, above 0
     */
    public LazyAdam(Parameters parameters, double beta1, double beta2, double epsilon) {
        super("lazyadam", parameters, beta1, beta2, epsilon);
    }

    @Override
    void update(double learningRate) {
        Correction correction = correction(learningRate);
        parameters.forEachTouched((at, n) -> update(correction, at, n));
    }
}
