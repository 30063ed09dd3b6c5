// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;

/**
 * Adadelta (Zeiler, 2012, "ADADELTA: An Adaptive Learning Rate Method", algorithm 1):
 *
 * <pre>
 * v = ρ v + (1 - ρ) g²
 * d = √(u + ε) / √(v + ε) · g
 * u = ρ u + (1 - ρ) d²
 * w = w - η d
 * </pre>
 *
 * <p>v and u are the means of the squared gradients and of the squared steps, and start at zero; ε stands inside both
 * roots. The unit of d is that of w, and the paper has no learning rate: η = 1 is its method. Another η scales the step
 * that is taken, not the d that u remembers, as in PyTorch. The first steps are of some √(ε / (1 - ρ)), whatever the
 * gradient is, and grow from there.
 *
 * <p>The defaults are those of the paper's section 4.2 and of Bahdanau, Cho and Bengio (2015); PyTorch has ρ = 0.9.
 *
 * @since 0.1.0
 */
public final class Adadelta extends FlatOptimizer {
    /** The default ρ, {@value}. */
    public static final double DECAY = 0.95;

    /** The default ε, {@value}. */
    public static final double EPSILON = 1e-6;

    /** The learning rate at which the method is the paper's, {@value}. */
    public static final double LEARNING_RATE = 1;

    private final double decay;
    private final double epsilon;
    private final Vec v = squares("v");
    private final Vec u = squares("u");

    /**
     * Creates Adadelta with ρ = {@value #DECAY}, ε = {@value #EPSILON}.
     *
     * @param parameters what to train
     */
    public Adadelta(Parameters parameters) {
        this(parameters, DECAY, EPSILON);
    }

    /**
     * Creates Adadelta.
     *
     * @param parameters what to train
     * @param decay ρ, decay of both means, in [0, 1)
     * @param epsilon added under both roots, above 0: without it no first step would be taken
     */
    public Adadelta(Parameters parameters, double decay, double epsilon) {
        super("adadelta", parameters);
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
            update(w.floats(), g.floats(), v.floats(), u.floats(), (float) learningRate, from, to);
        } else {
            update(w.doubles(), g.doubles(), v.doubles(), u.doubles(), learningRate, from, to);
        }
    }

    // <double>
    private void update(double[] w, double[] g, double[] v, double[] u, double rate, int from, int to) {
        double rho = (double) decay;
        double rest = (double) (1 - decay);
        double eps = (double) epsilon;
        for (int k = from; k < to; k++) {
            double square = rho * v[k] + rest * g[k] * g[k]; // v = ρ v + (1 - ρ) g²
            // d = √(u + ε) / √(v + ε) · g
            double d = Math.sqrt(u[k] + eps) / Math.sqrt(square + eps) * g[k];
            v[k] = keptSquare(square);
            u[k] = keptSquare(rho * u[k] + rest * d * d); // u = ρ u + (1 - ρ) d²
            w[k] -= rate * d;
        }
    }
    // </double>

    // <float>
    private void update(float[] w, float[] g, float[] v, float[] u, float rate, int from, int to) {
        float rho = (float) decay;
        float rest = (float) (1 - decay);
        float eps = (float) epsilon;
        for (int k = from; k < to; k++) {
            float square = rho * v[k] + rest * g[k] * g[k]; // v = ρ v + (1 - ρ) g²
            // d = √(u + ε) / √(v + ε) · g
            float d = (float) Math.sqrt(u[k] + eps) / (float) Math.sqrt(square + eps) * g[k];
            v[k] = keptSquare(square);
            u[k] = keptSquare(rho * u[k] + rest * d * d); // u = ρ u + (1 - ρ) d²
            w[k] -= rate * d;
        }
    }
    // </float>
}
