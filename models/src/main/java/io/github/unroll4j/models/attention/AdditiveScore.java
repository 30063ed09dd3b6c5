// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Activations;
import java.util.List;
import java.util.Optional;

/**
 * The additive score of Bahdanau, Cho and Bengio (2015), appendix A.1.2.
 *
 * <pre>
 * (1)  q = s W_a                 once a step     } by the engine
 *      key_j = h_j U_a           once a batch    }
 * (2)  u_j = tanh(q + key_j)
 * (3)  e_j = ⟨v_a, u_j⟩
 * </pre>
 *
 * <p>s [B,H] is the decoder's state, h_j [B,M] an annotation; W_a [H,A], U_a [M,A], v_a [A]; no bias, as in the paper. Luong, Pham
 * and Manning's (2015) concat score v_aᵀ tanh(W_a [h_t ; h̄_s]) is this one: their W_a is the transpose of W_a above U_a here.
 *
 * <p>The paper starts W_a and U_a from N(0, 0.001²) and v_a from zero.
 */
public final class AdditiveScore implements FloatScore {
    private final ScoreSpec spec;
    private double[] doubles = {};
    private float[] floats = {};

    /**
     * A score that starts from Glorot-uniform W_a, U_a and v_a.
     *
     * @param size width A
     */
    public AdditiveScore(int size) {
        this(size, Init.glorotUniform(), Init.glorotUniform());
    }

    /**
     * A score.
     *
     * @param size width A
     * @param maps how W_a and U_a start
     * @param vector how v_a starts
     */
    public AdditiveScore(int size, Init maps, Init vector) {
        spec = new ScoreSpec(
                "additive",
                size,
                Optional.of(new ScoreSpec.LinearMap("W_a", maps)),
                Optional.of(new ScoreSpec.LinearMap("U_a", maps)),
                true,
                List.of(new ScoreSpec.Vector("v_a", vector)));
    }

    @Override
    public ScoreSpec spec() {
        return spec;
    }

    private double[] scratch(double[] like) {
        if (doubles.length < like.length) {
            doubles = new double[like.length];
        }
        return doubles;
    }

    private float[] scratch(float[] like) {
        if (floats.length < like.length) {
            floats = new float[like.length];
        }
        return floats;
    }

    // <double>
    @Override
    public void forward(DoublePairs p) {
        double[] u = scratch(p.q);
        for (int j = 0; j < p.positions; j++) {
            tanhOfSum(p.q, p.key[j], u, p.rows * p.size); // (2)
            for (int b = 0; b < p.rows; b++) { // (3)
                p.e[b * p.positions + j] = Rows.dot(p.p[0], u, b * p.size, p.size);
            }
        }
    }

    @Override
    public void backward(DoublePairs p) {
        double[] u = scratch(p.q);
        double[] v = p.p[0];
        double[] dv = p.dp[0];
        double[] dq = p.dq;
        for (int j = 0; j < p.positions; j++) {
            double[] dKey = p.dKey[j];
            tanhOfSum(p.q, p.key[j], u, p.rows * p.size); // (2) again
            for (int b = 0; b < p.rows; b++) {
                double de = p.de[b * p.positions + j];
                int end = (b + 1) * p.size;
                for (int k = b * p.size; k < end; k++) {
                    dv[k] += de * u[k]; // (3') e_j was ⟨v_a, u_j⟩: dv_a, and du_j = de_j v_a
                    double dz = de * v[k] * (1 - u[k] * u[k]); // (2') u was tanh(z), z = q + key: dz = du ⊙ (1 - u²)
                    dq[k] += dz;
                    dKey[k] += dz;
                }
            }
        }
        // (1') dW_a, dU_a, ds and dh_j: the engine
    }

    private static void tanhOfSum(double[] q, double[] key, double[] u, int n) {
        for (int k = 0; k < n; k++) {
            u[k] = q[k] + key[k];
        }
        Activations.tanh(u, u, n);
    }
    // </double>

    // The float form of the methods above, written by tools/generate/FloatForms.java; a test compares the two.
    // <float>
    @Override
    public void forward(FloatPairs p) {
        float[] u = scratch(p.q);
        for (int j = 0; j < p.positions; j++) {
            tanhOfSum(p.q, p.key[j], u, p.rows * p.size); // (2)
            for (int b = 0; b < p.rows; b++) { // (3)
                p.e[b * p.positions + j] = Rows.dot(p.p[0], u, b * p.size, p.size);
            }
        }
    }

    @Override
    public void backward(FloatPairs p) {
        float[] u = scratch(p.q);
        float[] v = p.p[0];
        float[] dv = p.dp[0];
        float[] dq = p.dq;
        for (int j = 0; j < p.positions; j++) {
            float[] dKey = p.dKey[j];
            tanhOfSum(p.q, p.key[j], u, p.rows * p.size); // (2) again
            for (int b = 0; b < p.rows; b++) {
                float de = p.de[b * p.positions + j];
                int end = (b + 1) * p.size;
                for (int k = b * p.size; k < end; k++) {
                    dv[k] += de * u[k]; // (3') e_j was ⟨v_a, u_j⟩: dv_a, and du_j = de_j v_a
                    float dz = de * v[k] * (1 - u[k] * u[k]); // (2') u was tanh(z), z = q + key: dz = du ⊙ (1 - u²)
                    dq[k] += dz;
                    dKey[k] += dz;
                }
            }
        }
        // (1') dW_a, dU_a, ds and dh_j: the engine
    }

    private static void tanhOfSum(float[] q, float[] key, float[] u, int n) {
        for (int k = 0; k < n; k++) {
            u[k] = q[k] + key[k];
        }
        Activations.tanh(u, u, n);
    }
    // </float>
}
