// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;

/**
 * Stochastic gradient descent, plain or with momentum, in PyTorch's form:
 *
 * <pre>
 * d = g + λ w
 * u = μ u + d
 * w = w - η u              momentum (Polyak, 1964)
 * w = w - η (d + μ u)      Nesterov's, as Sutskever et al. (2013) use it
 * w = w - η d              plain, μ = 0
 * </pre>
 *
 * <p>The rate η is outside u, so a change of the rate acts on the whole step at once. Sutskever et al. have it inside.
 * λ is L2 weight decay of all parameters.
 *
 * @since 0.1.0
 */
public final class Sgd extends FlatOptimizer {
    private final double momentum;
    private final boolean nesterov;
    private final double weightDecay;
    private final Vec velocity;

    /**
     * Creates plain gradient descent, without momentum and weight decay.
     *
     * @param parameters what to train
     */
    public Sgd(Parameters parameters) {
        this(parameters, 0, false, 0);
    }

    /**
     * Creates gradient descent.
     *
     * @param parameters what to train
     * @param momentum μ, in [0, 1); 0 keeps no velocity
     * @param nesterov whether to use Nesterov's form, which needs a momentum above 0
     * @param weightDecay λ, 0 or more
     */
    public Sgd(Parameters parameters, double momentum, boolean nesterov, double weightDecay) {
        super("sgd", parameters);
        requireFraction("momentum", momentum);
        require("momentum", momentum, !nesterov || momentum > 0, "above 0 for Nesterov's form");
        requireNotNegative("weightDecay", weightDecay);
        this.momentum = momentum;
        this.nesterov = nesterov;
        this.weightDecay = weightDecay;
        this.velocity = momentum > 0 ? array("velocity") : Vec.zeros(parameters.dtype(), 0);
    }

    @Override
    void update(double learningRate, int from, int to) {
        Vec w = parameters.values();
        Vec g = parameters.gradients();
        if (parameters.dtype() == Dtype.FLOAT) {
            update(w.floats(), g.floats(), velocity.floats(), (float) learningRate, from, to);
        } else {
            update(w.doubles(), g.doubles(), velocity.doubles(), learningRate, from, to);
        }
    }

    // <double>
    private void update(double[] w, double[] g, double[] u, double rate, int from, int to) {
        double mu = (double) momentum;
        double lambda = (double) weightDecay;
        if (momentum == 0) {
            for (int k = from; k < to; k++) {
                w[k] -= rate * (g[k] + lambda * w[k]);
            }
            return;
        }
        for (int k = from; k < to; k++) {
            u[k] = kept(mu * u[k] + (g[k] + lambda * w[k]));
        }
        if (nesterov) {
            for (int k = from; k < to; k++) {
                w[k] -= rate * (g[k] + lambda * w[k] + mu * u[k]);
            }
        } else {
            for (int k = from; k < to; k++) {
                w[k] -= rate * u[k];
            }
        }
    }
    // </double>

    // <float>
    private void update(float[] w, float[] g, float[] u, float rate, int from, int to) {
        float mu = (float) momentum;
        float lambda = (float) weightDecay;
        if (momentum == 0) {
            for (int k = from; k < to; k++) {
                w[k] -= rate * (g[k] + lambda * w[k]);
            }
            return;
        }
        for (int k = from; k < to; k++) {
            u[k] = kept(mu * u[k] + (g[k] + lambda * w[k]));
        }
        if (nesterov) {
            for (int k = from; k < to; k++) {
                w[k] -= rate * (g[k] + lambda * w[k] + mu * u[k]);
            }
        } else {
            for (int k = from; k < to; k++) {
                w[k] -= rate * u[k];
            }
        }
    }
    // </float>
}
