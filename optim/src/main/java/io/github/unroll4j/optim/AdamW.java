// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import io.github.unroll4j.core.param.Parameters;

/**
 * {@link Adam} with decoupled weight decay (Loshchilov and Hutter, 2019): {@code w = w - η λ w} comes before Adam's
 * step, so the decay is not divided by the root. All parameters decay, also biases, as in PyTorch's {@code AdamW}.
 *
 * @since 0.1.0
 */
public final class AdamW extends Adam {
    /** The default λ, {@value}, as in PyTorch. */
    public static final double WEIGHT_DECAY = 0.01;

    private final double weightDecay;

    /**
     * Creates AdamW with Adam's defaults and λ = {@value #WEIGHT_DECAY}.
     *
     * @param parameters what to train
     */
    public AdamW(Parameters parameters) {
        this(parameters, BETA_1, BETA_2, EPSILON, WEIGHT_DECAY);
    }

    /**
     * Creates AdamW.
     *
     * @param parameters what to train
     * @param beta1 decay of the mean gradient, in [0, 1)
     * @param beta2 decay of the mean squared gradient, in [0, 1)
     * @param epsilon added to the root, above 0
     * @param weightDecay λ, 0 or more
     */
    public AdamW(Parameters parameters, double beta1, double beta2, double epsilon, double weightDecay) {
        super("adamw", parameters, beta1, beta2, epsilon);
        requireNotNegative("weightDecay", weightDecay);
        this.weightDecay = weightDecay;
    }

    @Override
    void update(double learningRate, int from, int to) {
        parameters.values().scale(from, to - from, 1 - learningRate * weightDecay);
        super.update(learningRate, from, to);
    }
}
