// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.internal.NativeRows;
import io.github.unroll4j.models.internal.StepMap;
import io.github.unroll4j.models.internal.WeightImage;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Noise;
import org.jspecify.annotations.Nullable;

/**
 * A product that the engine makes at every step, h_prev W_h or one inside the cell: one product a step each way, the
 * gradient of the weights in one product after the loop.
 *
 * <pre>
 * (1)  y_t = x_t U               x_t [B,K], U [K,G·N], y_t G arrays [B,N]
 * (1') dx_t = dy_t Uᵀ            in the loop;  dU += Σ_t x_tᵀ dy_t = Xᵀ dY  after it
 * </pre>
 *
 * <p>If it is a part of the recurrent path, {@link RecurrentDropout} masks x and {@link WeightDrop} U, in all lines.
 * Padded rows of an x that is kept here take part as zeros: a NaN would reach dU, because 0 · NaN is NaN. Those of
 * h_prev hold the state that was passed through, which is a number, and their dy is 0.
 */
final class LoopProduct implements StepMemory.Product, AutoCloseable {
    private final WeightImage U;
    private final StepMap map;
    private final RecurrentDropout dropout;
    private final WeightDrop weightDrop;
    private final int K;
    private Vec clean = Vec.zeros(Dtype.FLOAT, 0); // until the first pass with padding
    /** Whether x of each step is kept here, not by others. */
    private boolean keeps;

    private Lengths lengths = Lengths.full(1, 1);

    /**
     * A product.
     *
     * @param U its weights [K,G·N]
     * @param blocks G
     * @param dropout of the operand, one that is never on for a product off the recurrent path
     * @param weightDrop rate
     */
    LoopProduct(Parameter U, int blocks, RecurrentDropout dropout, double weightDrop) {
        K = U.size(0);
        this.U = new WeightImage(U, blocks);
        this.dropout = dropout;
        this.weightDrop = new WeightDrop(weightDrop, U);
        map = new StepMap(this.U.rows());
    }

    /**
     * Begins a pass whose mask of the operand has been drawn; draws that of the weights.
     *
     * @param operands x of each step, written by others before it is asked for; null where there are none
     */
    void begin(Lengths of, Noise noise, @Nullable NativeRows operands) {
        lengths = of;
        weightDrop.begin(noise);
        weightDrop.use(U);
        keeps = dropout.isOn() || operands == null;
        map.begin(keeps ? null : operands, of.steps(), of.batch());
    }

    private void put(int t, Vec x_t) {
        if (!keeps) {
            return;
        }
        Vec x = dropout.drop(x_t);
        if (!lengths.isFull()) {
            if (clean.length() != x.length()) {
                clean = Vec.zeros(x.dtype(), x.length());
            }
            clean.set(x);
            lengths.clearPadding(clean, 0, t, K);
            x = clean;
        }
        map.put(t, x);
    }

    @Override
    public void forward(int t, Vec x_t, Vec[] y_t, boolean add) {
        put(t, x_t);
        map.forward(t, y_t, add); // (1)
    }

    /** {@inheritDoc} Keeps dy for the product after the loop. */
    @Override
    public Vec backward(int t, Vec[] dy_t, Vec dx_t) {
        map.putGradient(t, dy_t);
        map.backward(t, dx_t); // (1')
        return dropout.back(dx_t);
    }

    /** After the loop: {@code dU += Xᵀ dY}. */
    void end() {
        map.computeGradient(); // (1')
        weightDrop.addGradient(U);
    }

    @Override
    public void close() {
        map.close();
    }
}
