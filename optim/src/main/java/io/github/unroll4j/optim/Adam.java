// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;

/**
 * Adam (Kingma and Ba, 2015, algorithm 1), with the exact bias correction at every step:
 *
 * <pre>
 * m = β₁ m + (1 - β₁) g        m̂ = m / (1 - β₁ᵗ)
 * v = β₂ v + (1 - β₂) g²       v̂ = v / (1 - β₂ᵗ)
 * θ = θ - α m̂ / (√v̂ + ε)
 * </pre>
 *
 * <p>θ are the parameters, α is the learning rate. ε is outside the root and is added to the corrected √v̂, as in the
 * paper and in PyTorch. Keras adds it to the uncorrected √v.
 *
 * <p>Adam is dense: a parameter whose gradient is zero still moves by its momentum. So does the row of an embedding
 * whose token is not in the batch. {@link LazyAdam} does not move such rows.
 *
 * @since 0.1.0
 */
public sealed class Adam extends FlatOptimizer permits AdamW, LazyAdam {
    /** The default β₁, {@value}. */
    public static final double BETA_1 = 0.9;

    /** The default β₂, {@value}. */
    public static final double BETA_2 = 0.999;

    /** The default ε, {@value}. */
    public static final double EPSILON = 1e-8;

    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private final Vec m = array("m");
    private final Vec v = squares("v");

    /**
     * Creates Adam with β₁ = {@value #BETA_1}, β₂ = {@value #BETA_2}, ε = {@value #EPSILON}.
     *
     * @param parameters what to train
     */
    public Adam(Parameters parameters) {
        this(parameters, BETA_1, BETA_2, EPSILON);
    }

    /**
     * Creates Adam.
     *
     * @param parameters what to train
     * @param beta1 decay of the mean gradient, in [0, 1)
     * @param beta2 decay of the mean squared gradient, in [0, 1)
     * @param epsilon added to the root, above 0
     */
    public Adam(Parameters parameters, double beta1, double beta2, double epsilon) {
        this("adam", parameters, beta1, beta2, epsilon);
    }

    Adam(String name, Parameters parameters, double beta1, double beta2, double epsilon) {
        super(name, parameters);
        requireFraction("beta1", beta1);
        requireFraction("beta2", beta2);
        requirePositive("epsilon", epsilon);
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
    }

    @Override
    void update(double learningRate, int from, int to) {
        Vec w = parameters.values();
        Vec g = parameters.gradients();
        double t = (double) steps();
        double rate = learningRate / (1 - Math.pow(beta1, t)); // for m̂, the mean without its bias
        double rootFactor = 1 / Math.sqrt(1 - Math.pow(beta2, t)); // turns √v into √v̂
        if (parameters.dtype() == Dtype.FLOAT) {
            update(w.floats(), g.floats(), m.floats(), v.floats(), (float) rate, (float) rootFactor, from, to);
        } else {
            update(w.doubles(), g.doubles(), m.doubles(), v.doubles(), rate, rootFactor, from, to);
        }
    }

    // One loop, which HotSpot vectorises as a whole: 16 µs for 57,000 floats. Two loops take 23 µs.
    // <double>
    private void update(
            double[] w, double[] g, double[] m, double[] v, double rate, double rootFactor, int from, int to) {
        double b1 = (double) beta1;
        double b2 = (double) beta2;
        double c1 = (double) (1 - beta1);
        double c2 = (double) (1 - beta2);
        double eps = (double) epsilon;
        for (int k = from; k < to; k++) {
            double mean = b1 * m[k] + c1 * g[k]; // m = β₁ m + (1 - β₁) g
            double square = b2 * v[k] + c2 * g[k] * g[k]; // v = β₂ v + (1 - β₂) g²
            m[k] = kept(mean);
            v[k] = keptSquare(square);
            w[k] -= rate * mean / (Math.sqrt(square) * rootFactor + eps); // θ = θ - α m̂ / (√v̂ + ε)
        }
    }
    // </double>

    // <float>
    private void update(float[] w, float[] g, float[] m, float[] v, float rate, float rootFactor, int from, int to) {
        float b1 = (float) beta1;
        float b2 = (float) beta2;
        float c1 = (float) (1 - beta1);
        float c2 = (float) (1 - beta2);
        float eps = (float) epsilon;
        for (int k = from; k < to; k++) {
            float mean = b1 * m[k] + c1 * g[k]; // m = β₁ m + (1 - β₁) g
            float square = b2 * v[k] + c2 * g[k] * g[k]; // v = β₂ v + (1 - β₂) g²
            m[k] = kept(mean);
            v[k] = keptSquare(square);
            w[k] -= rate * mean / ((float) Math.sqrt(square) * rootFactor + eps); // θ = θ - α m̂ / (√v̂ + ε)
        }
    }
    // </float>
}
