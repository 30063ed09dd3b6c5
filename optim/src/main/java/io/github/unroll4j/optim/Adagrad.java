// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;

/**
 * Adagrad in its diagonal form (Duchi, Hazan and Singer, 2011):
 *
 * <pre>
 * s = s + g²
 * w = w - η g / (√s + ε)
 * </pre>
 *
 * <p>ε is outside the root, as in the paper and in PyTorch. Its default is PyTorch's. min-char-rnn puts 1e-8 inside the
 * root.
 *
 * @since 0.1.0
 */
public final class Adagrad extends FlatOptimizer {
    /** The default ε, {@value}. */
    public static final double EPSILON = 1e-10;

    private final double epsilon;
    private final Vec sum = squares("sum");

    /**
     * Creates Adagrad with ε = {@value #EPSILON}.
     *
     * @param parameters what to train
     */
    public Adagrad(Parameters parameters) {
        this(parameters, EPSILON);
    }

    /**
     * Creates Adagrad.
     *
     * @param parameters what to train
     * @param epsilon added to the root, above 0
     */
    public Adagrad(Parameters parameters, double epsilon) {
        super("adagrad", parameters);
        requirePositive("epsilon", epsilon);
        this.epsilon = epsilon;
    }

    @Override
    void update(double learningRate, int from, int to) {
        Vec w = parameters.values();
        Vec g = parameters.gradients();
        if (parameters.dtype() == Dtype.FLOAT) {
            update(w.floats(), g.floats(), sum.floats(), (float) learningRate, from, to);
        } else {
            update(w.doubles(), g.doubles(), sum.doubles(), learningRate, from, to);
        }
    }

    // <double>
    private void update(double[] w, double[] g, double[] s, double rate, int from, int to) {
        double eps = (double) epsilon;
        for (int k = from; k < to; k++) {
            double square = s[k] + g[k] * g[k];
            s[k] = square;
            w[k] -= rate * g[k] / (Math.sqrt(square) + eps);
        }
    }
    // </double>

    // <float>
    private void update(float[] w, float[] g, float[] s, float rate, int from, int to) {
        float eps = (float) epsilon;
        for (int k = from; k < to; k++) {
            float square = s[k] + g[k] * g[k];
            s[k] = square;
            w[k] -= rate * g[k] / ((float) Math.sqrt(square) + eps);
        }
    }
    // </float>
}
