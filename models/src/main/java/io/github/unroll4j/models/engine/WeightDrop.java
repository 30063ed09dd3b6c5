// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.internal.WeightImage;
import io.github.unroll4j.models.sequence.Noise;

/**
 * DropConnect on the recurrent weights, one mask per pass: the weight-dropped LSTM of Merity, Keskar and Socher (2018),
 * "Regularizing and optimizing LSTM language models", for any cell.
 *
 * <pre>
 * (W)   W_M = M ⊙ W_h            M [H,G·H]: 0 with probability rate, otherwise 1/(1-rate)
 * (1)   zh = h_prev W_M
 * (1'a) dh_prev += dzh W_Mᵀ
 * (1'b) after the loop dW_M = H_prevᵀ dZh
 * (W')  dW_h += M ⊙ dW_M
 * </pre>
 *
 * <p>All steps and all rows of the batch share the mask, so that the step costs what it costs without; a pass draws one
 * number per weight and lays the weights out anew.
 */
final class WeightDrop {
    private final double rate;
    private final Parameter W_h;
    private boolean on;
    private Vec mask;
    private Vec dropped;
    private Vec gradients;

    /**
     * For the weights of a recurrent product.
     *
     * @param rate probability that a weight is dropped from a pass
     * @param W_h the weights
     */
    WeightDrop(double rate, Parameter W_h) {
        this.rate = rate;
        this.W_h = W_h;
        mask = Vec.zeros(Dtype.FLOAT, 0); // until the first pass with noise
        dropped = mask;
        gradients = mask;
    }

    /** Draws the mask of a pass; without noise there is none. */
    void begin(Noise noise) {
        on = rate > 0 && noise.isOn();
        if (!on) {
            return;
        }
        if (mask.length() == 0) {
            mask = Vec.zeros(W_h.owner().dtype(), W_h.size());
            dropped = Vec.zeros(W_h.owner().dtype(), W_h.size());
            gradients = Vec.zeros(W_h.owner().dtype(), W_h.size());
        }
        noise.sharedDropout(mask, 0, mask.length(), rate);
        dropped.copy(0, W_h.values(), W_h.offset(), dropped.length());
        dropped.multiply(0, mask, 0, mask.length()); // (W)
    }

    /** Whether this pass has a mask. */
    boolean isOn() {
        return on;
    }

    /** W_M, which stands in for W_h. */
    Vec weights() {
        return dropped;
    }

    /** Room for dW_M, the gradient of what stood in for W_h, zeros between passes. */
    Vec gradients() {
        return gradients;
    }

    /** Puts W_M in the place of W_h in native memory, or W_h itself. */
    void use(WeightImage image) {
        if (on) {
            image.use(dropped);
        } else {
            image.refresh();
        }
    }

    /** Adds the gradient that was computed beside an image, through the mask. */
    void addGradient(WeightImage image) {
        if (on) {
            image.gradient().get(gradients, 0);
            end();
        } else {
            image.addGradient();
        }
    }

    /** {@code dW_h += M ⊙ dW_M}; clears dW_M. */
    void end() {
        gradients.product(mask, gradients); // (W')
        W_h.gradients().add(W_h.offset(), gradients, 0, gradients.length());
        gradients.clear();
    }
}
