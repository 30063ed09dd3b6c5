// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Noise;

/**
 * The linear map of the plain loop, as sums over the rows of its matrix, one block of columns at a time.
 *
 * <pre>
 * (1)  y_b += Σ_k x_bk W_k           W_k row k of W [K,G·N], of which a block sees N columns
 * (1') dx_bk += ⟨dy_b, W_k⟩,  dW_k += Σ_b x_bk dy_b
 * </pre>
 *
 * <p>On the recurrent path {@link RecurrentDropout} masks x in both lines. With {@link WeightDrop} W_M stands in the
 * place of W, and dW gets M ⊙ dW_M when the pass ends. Padded rows take part as zeros, whatever stands there.
 */
final class PlainMap implements StepMemory.Product {
    private final Parameter parameter;
    private final RecurrentDropout dropout;
    private final WeightDrop weightDrop;
    private final int K;
    private final int stride;
    private final int N;
    private final int blocks;
    /** x of each step, as it was multiplied. */
    private Vec[] operands = {};

    private Vec own = Vec.zeros(Dtype.FLOAT, 0);

    private Lengths lengths = Lengths.full(1, 1);

    /**
     * A map.
     *
     * @param W the weights [K,G·N]
     * @param blocks G
     * @param dropout of x, one that is never on for a map off the recurrent path
     * @param weightDrop rate at which weights are dropped from a pass
     */
    PlainMap(Parameter W, int blocks, RecurrentDropout dropout, double weightDrop) {
        parameter = W;
        this.dropout = dropout;
        this.weightDrop = new WeightDrop(weightDrop, W);
        K = W.size(0);
        stride = W.size(1);
        N = stride / blocks;
        this.blocks = blocks;
    }

    /** Begins a pass whose mask of x has been drawn; draws that of the weights. */
    void begin(Lengths of, Noise noise) {
        lengths = of;
        operands = new Vec[of.steps()];
        weightDrop.begin(noise);
    }

    private Vec W() {
        return weightDrop.isOn() ? weightDrop.weights() : parameter.values();
    }

    private int row(int k, int block) {
        return (weightDrop.isOn() ? 0 : parameter.offset()) + k * stride + block * N;
    }

    @Override
    public void forward(int t, Vec x_t, Vec[] y, boolean add) {
        Vec x = dropout.drop(x_t).copy(); // (D)
        lengths.clearPadding(x, 0, t, K);
        operands[t] = x;
        for (int g = 0; g < blocks; g++) {
            if (!add) {
                y[g].clear();
            }
            for (int at = 0; at < x.length(); at++) { // x_bk at b·K + k
                if (x.get(at) != 0) { // of a one-hot row, one row of W
                    y[g].addScaled(at / K * N, x.get(at), W(), row(at % K, g), N); // (1)
                }
            }
        }
    }

    /** The same, into an array of this map's own, lent until the next. */
    Vec backward(int t, Vec[] dy) {
        if (own.length() != operands[t].length() || own.dtype() != operands[t].dtype()) {
            own = operands[t].copy();
        }
        return backward(t, dy, own);
    }

    /** {@inheritDoc} {@code dW += xᵀ dy} at once. */
    @Override
    public Vec backward(int t, Vec[] dy, Vec dx) {
        Vec x = operands[t];
        dx.clear();
        Vec dW = weightDrop.isOn() ? weightDrop.gradients() : parameter.gradients();
        for (int g = 0; g < blocks; g++) {
            for (int at = 0; at < x.length(); at++) {
                int b = at / K * N;
                dx.set(at, dx.get(at) + dy[g].dot(b, W(), row(at % K, g), N)); // (1')
                dW.addScaled(row(at % K, g), x.get(at), dy[g], b, N); // (1')
            }
        }
        return dropout.back(dx); // (D')
    }

    /** Ends the way back. */
    void end() {
        if (weightDrop.isOn()) {
            weightDrop.end();
        }
    }
}
