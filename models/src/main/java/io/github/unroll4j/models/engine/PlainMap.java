// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Noise;

/**
 * The linear map of the plain loop, as sums over the rows of its matrix, one block of columns at a time.
 *
 * <pre>
 * (1)  y_b += Σ_k x_bk W_k           W_k row k of W [K,G·N], of which a block sees N columns
 * (1') dx_bk += ⟨dy_b, W_k⟩,  dW_k += Σ_b x_bk dy_b
 * </pre>
 *
 * <p>With {@link WeightDrop} W_M stands in the place of W, and dW gets M ⊙ dW_M when the pass ends.
 */
final class PlainMap {
    private final Parameter parameter;
    private final WeightDrop drop;
    private final int K;
    private final int stride;
    private final int N;
    private final int blocks;
    private Vec dx = Vec.zeros(Dtype.FLOAT, 0); // until the first way back

    /**
     * A map.
     *
     * @param parameter W
     * @param blocks G
     * @param drop rate of weight drop
     */
    PlainMap(Parameter parameter, int blocks, double drop) {
        this.parameter = parameter;
        this.drop = new WeightDrop(drop, parameter);
        K = parameter.size(0);
        stride = parameter.size(1);
        N = stride / blocks;
        this.blocks = blocks;
    }

    /** Draws the mask of a pass. */
    void begin(Noise noise) {
        drop.begin(noise);
    }

    private Vec W() {
        return drop.isOn() ? drop.weights() : parameter.values();
    }

    private int row(int k, int block) {
        return (drop.isOn() ? 0 : parameter.offset()) + k * stride + block * N;
    }

    /** {@code y = x W}, an array [B,N] for each of the G blocks. */
    void forward(Vec x, Vec[] y) {
        for (int g = 0; g < blocks; g++) {
            y[g].clear();
            for (int at = 0; at < x.length(); at++) { // x_bk at b·K + k
                if (x.get(at) != 0) { // of a one-hot row, one row of W
                    y[g].addScaled(at / K * N, x.get(at), W(), row(at % K, g), N); // (1)
                }
            }
        }
    }

    /** {@code dW += xᵀ dy}; gives dx = dy Wᵀ, borrowed until the next call. */
    Vec backward(Vec x, Vec[] dy) {
        Vec dW = drop.isOn() ? drop.gradients() : parameter.gradients();
        if (dx.length() != x.length()) {
            dx = Vec.zeros(x.dtype(), x.length());
        }
        dx.clear();
        for (int g = 0; g < blocks; g++) {
            for (int at = 0; at < x.length(); at++) {
                int b = at / K * N;
                dx.set(at, dx.get(at) + dy[g].dot(b, W(), row(at % K, g), N)); // (1')
                dW.addScaled(row(at % K, g), x.get(at), dy[g], b, N); // (1')
            }
        }
        return dx;
    }

    /** Ends the way back. */
    void end() {
        if (drop.isOn()) {
            drop.end();
        }
    }
}
