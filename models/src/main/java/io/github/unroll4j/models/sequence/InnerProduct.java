// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import org.jspecify.annotations.Nullable;

/**
 * A product that a cell makes inside its step, on the engine: one product a step each way, the gradient of the weights in one product
 * after the loop.
 *
 * <pre>
 * (1)  y_t = x_t U               x_t [B,K], U [K,N], y_t [B,N]
 * (1') dx_t = dy_t Uᵀ            in the loop;  dU += Σ_t x_tᵀ dy_t = Xᵀ dY  after it
 * </pre>
 *
 * <p>If it is a part of the recurrent path, {@link RecurrentDropout} masks x and {@link WeightDrop} U, in all lines.
 */
final class InnerProduct implements AutoCloseable {
    private final Weights weights;
    private final WeightDrop weightDrop;
    private final RecurrentDropout dropout;
    /** y on the way forward, dy on the way back, of each step. */
    private final AffineBlocks y;

    private final LateInput x;
    private final Vec result;
    private final Parameter U;
    private @Nullable WeightGradient dU;
    private Weights.@Nullable Rows dRows;

    /**
     * Room for a product.
     *
     * @param U its weights [K,N]
     * @param dropout of the operand, one that is never on for a product off the recurrent path
     * @param weightDrop rate
     * @param capacity most steps T
     * @param batch rows B
     */
    InnerProduct(Parameter U, RecurrentDropout dropout, double weightDrop, int capacity, int batch) {
        this.U = U;
        this.dropout = dropout;
        Dtype dtype = U.owner().dtype();
        weights = new Weights(U, 1);
        this.weightDrop = new WeightDrop(weightDrop, U);
        y = new AffineBlocks(dtype, capacity, batch, 1, U.size(1));
        x = new LateInput(y, weights.rows(0, U.size(0)), true, capacity, batch);
        result = Vec.zeros(dtype, batch * U.size(1));
    }

    /** Lays the weights out for a pass. */
    void begin(Lengths lengths, Noise noise) {
        y.resize(lengths.longest());
        x.begin(lengths);
        weightDrop.begin(noise);
        if (weightDrop.isOn()) {
            weights.use(weightDrop.weights());
        } else {
            weights.refresh();
        }
    }

    /** {@code y = x U}, or {@code y += x U}. */
    void forward(int t, Vec from, Vec to, Lengths lengths, boolean add) {
        x.put(t, dropout.drop(from), lengths); // (1)
        y.get(t, 0, add ? result : to);
        if (add) {
            to.add(result);
        }
    }

    /** {@code dx = dy Uᵀ}; keeps dy for the product after the loop. */
    void backward(int t, Vec dy, Vec dx) {
        y.put(t, 0, dy);
        dx.set(x.gradient(t)); // (1')
        dropout.back(dx);
    }

    /** After the loop: {@code dU += Xᵀ dY}. */
    void end() {
        if (dU == null || dRows == null) {
            dU = new WeightGradient(U, 1);
            dRows = dU.rows(0, U.size(0));
        }
        y.gradientInto(dRows, x.transposed()); // (1')
        dU.add(weightDrop);
    }

    @Override
    public void close() {
        weights.close();
        y.close();
        x.close();
        if (dU != null) {
            dU.close();
        }
    }
}
