// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;

/**
 * The exponential mean of the losses, free of its bias at the start: the mean of n numbers while n is small.
 *
 * <p>The loss of k iterations ago has the weight 0.99^k, so that it is a mean of about the last hundred: where losses
 * fall fast, as in a short run, it stays well above the latest one.
 */
final class SmoothedLoss {
    private static final double DECAY = 0.99;

    private double mean;
    private double weight;
    private double first = Double.NaN;

    void add(double loss) {
        if (weight == 0) {
            first = loss;
        }
        mean = DECAY * mean + (1 - DECAY) * loss;
        weight = DECAY * weight + (1 - DECAY);
    }

    double value() {
        return mean / weight;
    }

    double first() {
        return first;
    }

    Tensor toTensor() {
        return Tensor.of(Vec.of(Dtype.DOUBLE, mean, weight, first), 3);
    }

    /** Whether a tensor may be what {@link #toTensor} gave: the weight of n losses is 1 - 0.99^n. */
    static boolean isOne(Tensor saved) {
        return saved.data().length() == 3
                && saved.data().get(1) >= 0
                && saved.data().get(1) <= 1;
    }

    void restore(Tensor saved) {
        mean = saved.data().get(0);
        weight = saved.data().get(1);
        first = saved.data().get(2);
    }
}
