// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.internal.NativeRows;
import io.github.unroll4j.models.internal.StepMap;
import io.github.unroll4j.models.internal.WeightImage;
import io.github.unroll4j.models.sequence.Inputs;
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
 * Padded rows take part as zeros: a NaN would reach dU, because 0 · NaN is NaN.
 */
final class LoopProduct implements AutoCloseable {
    private final WeightImage U;
    private final StepMap map;
    private final RecurrentDropout dropout;
    private final WeightDrop weightDrop;
    /** x of each step, where it is not one that others keep. */
    private final NativeRows own;

    private final Parameter parameter;
    private final int blocks;
    private Vec clean;
    private Vec dx;
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
        parameter = U;
        this.blocks = blocks;
        this.U = new WeightImage(U, blocks);
        this.dropout = dropout;
        this.weightDrop = new WeightDrop(weightDrop, U);
        map = new StepMap(this.U.rows(), true);
        own = new NativeRows(1, U.size(0));
        clean = Vec.zeros(U.owner().dtype(), 0);
        dx = clean;
    }

    /**
     * Begins a pass whose mask of the operand has been drawn; draws that of the weights.
     *
     * @param operands x of each step, written by others before it is asked for; null where there are none
     */
    void begin(Lengths of, Noise noise, @Nullable NativeRows operands) {
        lengths = of;
        int B = of.batch();
        weightDrop.begin(noise);
        weightDrop.use(U);
        keeps = dropout.isOn() || operands == null;
        if (keeps) {
            own.resize(clean.dtype(), of.steps(), B);
        }
        map.begin(keeps || operands == null ? own : operands, of.steps(), B);
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
            Inputs.clearPadding(clean, 0, t, lengths, parameter.size(0));
            x = clean;
        }
        map.put(t, x);
    }

    /** {@code y = x U}, block by block. */
    void forward(int t, Vec x_t, Vec[] y_t) {
        put(t, x_t);
        map.forward(t, y_t); // (1)
    }

    /** {@code y = x U}, or {@code y += x U}, of one block. */
    void forward(int t, Vec x_t, Vec y_t, boolean add) {
        put(t, x_t);
        if (add) {
            map.forwardAdd(t, y_t); // (1)
        } else {
            map.forward(t, y_t); // (1)
        }
    }

    /** {@code dx += dy Uᵀ}, of the first G arrays of dy; keeps them for the product after the loop. */
    void backwardAdd(int t, Vec[] dy_t, Vec dx_t) {
        for (int g = 0; g < blocks; g++) {
            map.putGradient(t, g, dy_t[g]);
        }
        if (dx.length() != dx_t.length()) {
            dx = Vec.zeros(dx_t.dtype(), dx_t.length());
        }
        map.backward(t, dx); // (1')
        dx_t.add(dropout.back(dx));
    }

    /** {@code dx = dy Uᵀ}, of one block; keeps dy for the product after the loop. */
    void backward(int t, Vec dy_t, Vec dx_t) {
        map.putGradient(t, 0, dy_t);
        map.backward(t, dx_t); // (1')
        dropout.back(dx_t);
    }

    /** After the loop: {@code dU += Xᵀ dY}. */
    void end() {
        map.computeGradient(); // (1')
        weightDrop.addGradient(U);
    }

    @Override
    public void close() {
        map.close();
        own.close();
    }
}
