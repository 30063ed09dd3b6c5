// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import io.github.unroll4j.core.param.Parameters;

/**
 * {@link Adam} that skips those rows of a row-sparse parameter that the gradient does not touch: their m, v and θ do
 * not change. For every other parameter, and for a row that is touched at every step, the results are bit-identical to
 * Adam's.
 *
 * <p>The cost of a step grows with the rows of the batch, not with the rows of the vocabulary. A rare word moves only
 * when it is read. Dense Adam, which the notebooks and most published figures use, differs. There, a word that is
 * absent from a batch still moves by its remaining momentum; its m decays by β₁ and its v by β₂. So the update after a
 * long absence is different. If all rows are touched at every step, as in a table that is tied to an output layer, the
 * two are the same.
 *
 * <p>In the bias corrections, t is the number of all steps, not of the steps that touched the row, as in PyTorch's
 * {@code SparseAdam} and in TensorFlow Addons' {@code LazyAdam}. {@code SparseAdam} adds ε to the uncorrected √v. Here
 * ε is added where {@link Adam} adds it, so that the two agree where all rows are touched.
 *
 * @since 0.1.0
 */
public final class LazyAdam extends Adam {
    /**
     * Creates lazy Adam with Adam's defaults.
     *
     * @param parameters what to train
     */
    public LazyAdam(Parameters parameters) {
        this(parameters, BETA_1, BETA_2, EPSILON);
    }

    /**
     * Creates lazy Adam.
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
        parameters.forEachTouched((at, n) -> update(learningRate, at, at + n));
    }
}
