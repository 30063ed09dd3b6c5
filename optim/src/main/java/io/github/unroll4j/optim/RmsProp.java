// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;

/**
 * RMSProp (Tieleman and Hinton, 2012, lecture 6.5), uncentred and without momentum:
 *
 * <pre>
 * v = ρ v + (1 - ρ) g²
 * w = w - η g / (√v + ε)
 * </pre>
 *
 * <p>ε is outside the root, as in Torch and PyTorch; the defaults are theirs too. Keras puts ε inside the root. v
 * starts at zero and is not corrected, so the first steps are longer by a factor of up to 1/√(1-ρ). char-rnn trains
 * with ρ = 0.95.
 *
 * @since 0.1.0
 */
public final class RmsProp extends FlatOptimizer {
    /** The default ρ, {@value}. */
    public static final double DECAY = 0.99;

    /** The default ε, {@value}. */
    public static final double EPSILON = 1e-8;

    private final double decay;
    private final double epsilon;
    private final Vec v = squares("v");

    /**
     * Creates RMSProp with ρ = {@value #DECAY}, ε = {@value #EPSILON}.
     *
     * @param parameters what to train
     */
    public RmsProp(Parameters parameters) {
        this(parameters, DECAY, EPSILON);
    }

    /**
     * Creates RMSProp.
     *
     * @param parameters what to train
     * @param decay ρ, decay of the mean squared gradient, in [0, 1)
     * @param epsilon added to the root, above 0
     */
    public RmsProp(Parameters parameters, double decay, double epsilon) {
        super("rmsprop", parameters);
        requireFraction("decay", decay);
        requirePositive("epsilon", epsilon);
        this.decay = decay;
        this.epsilon = epsilon;
    }

    @Override
    void update(double learningRate, int from, int to) {
        Vec w = parameters.values();
        Vec g = parameters.gradients();
        if (parameters.dtype() == Dtype.FLOAT) {
            update(w.floats(), g.floats(), v.floats(), (float) learningRate, from, to);
        } else {
            update(w.doubles(), g.doubles(), v.doubles(), learningRate, from, to);
        }
    }

    // <double>
    private void update(double[] w, double[] g, double[] v, double rate, int from, int to) {
        double rho = (double) decay;
        double rest = (double) (1 - decay);
        double eps = (double) epsilon;
        for (int k = from; k < to; k++) {
            double square = rho * v[k] + rest * g[k] * g[k];
            v[k] = keptSquare(square);
            w[k] -= rate * g[k] / (Math.sqrt(square) + eps);
        }
    }
    // </double>

    // <float>
    private void update(float[] w, float[] g, float[] v, float rate, int from, int to) {
        float rho = (float) decay;
        float rest = (float) (1 - decay);
        float eps = (float) epsilon;
        for (int k = from; k < to; k++) {
            float square = rho * v[k] + rest * g[k] * g[k];
            v[k] = keptSquare(square);
            w[k] -= rate * g[k] / ((float) Math.sqrt(square) + eps);
        }
    }
    // </float>
}
