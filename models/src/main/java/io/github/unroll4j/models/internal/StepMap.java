// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Gemm;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;

/**
 * A linear map inside a loop over time: one product a step, the gradient of the weights in one product after the loop.
 *
 * <pre>
 * (1)  y_t = x_t W               x_t [B,K], W [K,N], y_t [B,N]; no bias
 * (1') dx_t += dy_t Wᵀ           in the loop;  dW += Σ_t x_tᵀ dy_t = Xᵀ dY  after it, the inner dimension being T·B
 * </pre>
 *
 * <p>For a map whose input depends on the step before; {@link SlabMap} is the map of all steps at once.
 */
public final class StepMap implements AutoCloseable {
    private final Parameter parameter;
    private final WeightImage W;
    private final WeightImage.Rows rows;
    private final NativeRows x;
    /** y of each step on the way forward, overwritten by its gradient on the way back. */
    private final NativeRows y;

    private final NativeRows dx;
    private Vec border;
    /** Steps taken since begin: what lies beyond them is of an earlier loop. */
    private int taken;

    private boolean begun;

    /**
     * A map.
     *
     * @param W its weights [K,N]
     */
    public StepMap(Parameter W) {
        parameter = W;
        this.W = new WeightImage(W);
        rows = this.W.rows();
        x = new NativeRows(1, rows.size());
        y = new NativeRows(1, rows.width());
        dx = new NativeRows(1, rows.size());
        border = Vec.zeros(Dtype.FLOAT, 0);
    }

    /** The weights [K,N]. */
    public Parameter W() {
        return parameter;
    }

    /**
     * Begins a loop.
     *
     * @param T most steps; those that are not taken add nothing
     * @param B rows of a step
     */
    public void begin(int T, int B) {
        Dtype dtype = parameter.owner().dtype();
        x.resize(dtype, T, B);
        y.resize(dtype, T, B);
        dx.resize(dtype, 1, B);
        if (border.length() != B * rows.size() || border.dtype() != dtype) {
            border = Vec.zeros(dtype, B * rows.size());
        }
        W.refresh();
        taken = 0;
        begun = true;
    }

    /**
     * One step forward.
     *
     * @param t the step, below the T of {@link #begin}
     * @param x_t (Input) [B,K]
     * @param y_t (Output) [B,N]
     */
    public void forward(int t, Vec x_t, Vec y_t) {
        requireBegun();
        taken = Math.max(taken, t + 1);
        NativeMatrix operand = x.block(t, 0);
        operand.put(x_t, 0);
        NativeMatrix result = y.block(t, 0);
        Gemm.mulInto(result, operand, rows.parts(1)[0]); // (1)
        result.get(y_t, 0);
    }

    /**
     * One step back; the steps may come in any order, each once.
     *
     * @param t the step
     * @param dy_t (Input) gradient of y_t, [B,N]
     * @param dx_t (Accumulated) gradient of x_t, [B,K]
     */
    public void backward(int t, Vec dy_t, Vec dx_t) {
        requireBegun();
        NativeMatrix dy = y.block(t, 0);
        dy.put(dy_t, 0);
        NativeMatrix result = dx.block(0, 0);
        Gemm.mulInto(result, dy, rows.parts(1)[0].t()); // (1')
        result.get(border, 0);
        dx_t.add(0, border, 0, border.length());
    }

    /** After the loop back over all steps that were taken: adds the gradient of the weights. */
    public void end() {
        requireBegun();
        if (taken > 0) {
            rows.computeGradient(x.first(taken)[0], y.first(taken)); // (1')
            W.addGradient();
        }
    }

    private void requireBegun() {
        if (!begun) {
            throw new IllegalStateException("StepMap(" + parameter.name() + "): used before begin.");
        }
    }

    /** Frees native memory; a later begin allocates it anew. */
    @Override
    public void close() {
        W.close();
        x.close();
        y.close();
        dx.close();
        begun = false;
    }
}
