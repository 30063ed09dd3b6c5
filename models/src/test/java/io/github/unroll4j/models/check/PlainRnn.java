// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.testing.Numbers;

/**
 * An Elman network over T steps in plain loops, whose backward pass has the fault that is asked for.
 *
 * <p>h_{t+1} = tanh(x_t W_x + h_t W_h + b), L = Σ_t ⟨h_{t+1}, R_t⟩.
 */
final class PlainRnn {
    static final int T = 4;
    static final int B = 2;
    static final int D = 3;
    static final int H = 3;

    /** What can be wrong, as it has been wrong in real code. */
    enum Fault {
        NONE,
        /** dh_t from the loss at t alone. */
        DROPPED_CARRY,
        /** dz W_h in place of dz W_hᵀ: the same shape, since W_h is square. */
        MISSING_TRANSPOSE,
        /** dW_h = in place of dW_h +=, so that the first step wins. */
        ASSIGNED_WEIGHT_GRADIENT,
        /** db from the last step only. */
        LAST_BIAS_ONLY,
        /** h_{t+1} in place of h_t in dW_h. */
        NEXT_STATE_FOR_PREVIOUS,
        /** The loop stops at t = 1. */
        FIRST_STEP_LEFT_OUT,
        /** h_0 taken for zeros in dW_h. */
        INITIAL_STATE_IGNORED,
        /** tanh'(z) written as 1 - z². */
        DERIVATIVE_FROM_THE_INPUT,
        /** No dx. */
        MISSING_INPUT_GRADIENT,
        /** dh_0 without the last product. */
        MISSING_INITIAL_STATE_GRADIENT,
        /** Backward overwrites the states with dz and reads them in the next call. */
        MODIFIED_CACHE,
        /** A constant in db, whatever the upstream gradient is. */
        CONSTANT_IN_THE_BIAS,
        /** A sum over the batch written as a mean. */
        MEAN_OVER_THE_BATCH,
        /** One element of dW_h a thousandth too large. */
        ONE_ELEMENT
    }

    private final Fault fault;
    private final Parameters parameters;
    private final Parameter W_x;
    private final Parameter W_h;
    private final Parameter b;
    private final Tensor X;
    private final Tensor h0;
    private final Tensor R;
    private final Tensor dX = Tensor.zeros(Dtype.DOUBLE, T, B, D);
    private Tensor dh0 = Tensor.zeros(Dtype.DOUBLE, B, H);
    /** The latest forward pass: h_t at t, and z_t. */
    private final double[][][] h = new double[T + 1][B][H];

    private final double[][][] z = new double[T][B][H];

    PlainRnn(Fault fault) {
        this.fault = fault;
        Parameters.Builder p = Parameters.builder();
        Parameters.Builder scope = p.scope("rnn");
        W_x = scope.add("W_x", "D,H:h", Init.normal(0.5), D, H);
        W_h = scope.add("W_h", "H,H:h", Init.normal(0.5), H, H);
        b = scope.add("b", "H:h", Init.normal(0.5), H);
        Rng rng = Rng.seeded(5);
        parameters = p.build(Dtype.DOUBLE, rng);
        X = Numbers.random(Dtype.DOUBLE, rng, T, B, D);
        h0 = Numbers.random(Dtype.DOUBLE, rng, B, H);
        R = Numbers.random(Dtype.DOUBLE, rng, T, B, H);
    }

    /** A check whose backward passes all use one forward pass. */
    GradientCheck check() {
        forward();
        return GradientCheck.of(this::lossElsewhere, this::backward)
                .parameters(parameters)
                .input("x", X, () -> dX)
                .input("h0", h0, () -> dh0);
    }

    // Finite differences must not disturb the states that backward reads.
    private double lossElsewhere() {
        double[][][] kept = new double[T + 1][B][];
        for (int t = 0; t <= T; t++) {
            for (int r = 0; r < B; r++) {
                kept[t][r] = h[t][r].clone();
            }
        }
        double loss = forward();
        for (int t = 0; t <= T; t++) {
            h[t] = kept[t];
        }
        return loss;
    }

    private double forward() {
        double loss = 0;
        for (int r = 0; r < B; r++) {
            for (int j = 0; j < H; j++) {
                h[0][r][j] = h0.at(r, j);
            }
        }
        for (int t = 0; t < T; t++) {
            for (int r = 0; r < B; r++) {
                for (int j = 0; j < H; j++) {
                    z[t][r][j] = preActivation(t, r, j);
                    h[t + 1][r][j] = Math.tanh(z[t][r][j]);
                    loss += h[t + 1][r][j] * R.at(t, r, j);
                }
            }
        }
        return loss;
    }

    private double preActivation(int t, int r, int j) {
        double sum = value(b, j);
        for (int d = 0; d < D; d++) {
            sum += X.at(t, r, d) * value(W_x, d * H + j);
        }
        for (int i = 0; i < H; i++) {
            sum += h[t][r][i] * value(W_h, i * H + j);
        }
        return sum;
    }

    private void backward(double upstream) {
        dX.data().clear();
        double[][] carry = new double[B][H];
        for (int t = T - 1; t >= (fault == Fault.FIRST_STEP_LEFT_OUT ? 1 : 0); t--) {
            double[][] dz = new double[B][H];
            for (int r = 0; r < B; r++) {
                for (int j = 0; j < H; j++) {
                    double dh = upstream * R.at(t, r, j) + (fault == Fault.DROPPED_CARRY ? 0 : carry[r][j]);
                    double y = fault == Fault.DERIVATIVE_FROM_THE_INPUT ? z[t][r][j] : h[t + 1][r][j];
                    dz[r][j] = dh * (1 - y * y);
                }
            }
            weights(t, dz);
            carry = carry(dz);
            if (fault == Fault.MODIFIED_CACHE) {
                h[t + 1] = dz;
            }
        }
        dh0 = Tensor.zeros(Dtype.DOUBLE, B, H);
        for (int k = 0; k < B * H; k++) {
            dh0.data().set(k, fault == Fault.MISSING_INITIAL_STATE_GRADIENT ? 0 : carry[k / H][k % H]);
        }
        if (fault == Fault.CONSTANT_IN_THE_BIAS) {
            add(b, 0, 1e-9);
        }
    }

    private void weights(int t, double[][] dz) {
        double[][] dW_h = new double[H][H];
        for (int r = 0; r < B; r++) {
            for (int j = 0; j < H; j++) {
                double share = fault == Fault.MEAN_OVER_THE_BATCH ? dz[r][j] / B : dz[r][j];
                if (fault != Fault.LAST_BIAS_ONLY || t == T - 1) {
                    add(b, j, share);
                }
                for (int d = 0; d < D; d++) {
                    add(W_x, d * H + j, X.at(t, r, d) * share);
                    if (fault != Fault.MISSING_INPUT_GRADIENT) {
                        int at = (t * B + r) * D + d;
                        dX.data().set(at, dX.data().get(at) + dz[r][j] * value(W_x, d * H + j));
                    }
                }
                for (int i = 0; i < H; i++) {
                    dW_h[i][j] += previous(t, r, i) * share;
                }
            }
        }
        for (int k = 0; k < H * H; k++) {
            double g = dW_h[k / H][k % H];
            if (fault == Fault.ASSIGNED_WEIGHT_GRADIENT) {
                parameters.gradients().set(W_h.offset() + k, g);
            } else {
                add(W_h, k, fault == Fault.ONE_ELEMENT && k == 2 * H + 1 ? 1.001 * g : g);
            }
        }
    }

    private double previous(int t, int r, int i) {
        if (fault == Fault.INITIAL_STATE_IGNORED && t == 0) {
            return 0;
        }
        return fault == Fault.NEXT_STATE_FOR_PREVIOUS ? h[t + 1][r][i] : h[t][r][i];
    }

    private double[][] carry(double[][] dz) {
        double[][] dh = new double[B][H];
        for (int r = 0; r < B; r++) {
            for (int i = 0; i < H; i++) {
                for (int j = 0; j < H; j++) {
                    dh[r][i] += dz[r][j] * value(W_h, fault == Fault.MISSING_TRANSPOSE ? j * H + i : i * H + j);
                }
            }
        }
        return dh;
    }

    private double value(Parameter p, int k) {
        return parameters.values().get(p.offset() + k);
    }

    private void add(Parameter p, int k, double g) {
        parameters.gradients().set(p.offset() + k, parameters.gradients().get(p.offset() + k) + g);
    }
}
