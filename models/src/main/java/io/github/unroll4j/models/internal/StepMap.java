// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import org.jspecify.annotations.Nullable;

/**
 * A linear map inside a loop over time: one product a step, the gradient of the weights in one product after the loop.
 *
 * <pre>
 * (1)  y_t = x_t W               x_t [B,K], W [K,G·H], y_t G arrays [B,H]; no bias
 * (1') dx_t = dy_t Wᵀ            in the loop;  dW += Σ_t x_tᵀ dy_t = Xᵀ dY  after it, the inner dimension being T·B
 * </pre>
 *
 * <p>For a map whose input depends on the step before; {@link SlabMap} is the map of all steps at once. x and dy of all
 * steps are kept in native memory for the product after the loop; y and dx are those of the step at hand.
 *
 * @since 0.1.0
 */
public final class StepMap implements AutoCloseable {
    private final WeightImage.Rows W;
    private final NativeRows own;
    private final NativeRows y;
    private final NativeRows dy;
    private final boolean ownGradients;
    private final NativeRows dx;
    /** Where x of each step lies. */
    private NativeRows x;

    private Dtype dtype = Dtype.FLOAT;
    private int steps;
    private int batch;
    /** Steps taken since begin: what lies beyond them is of an earlier loop. */
    private int taken;

    /**
     * A map by all of a matrix.
     *
     * @param W its weights [K,N]
     */
    public StepMap(Parameter W) {
        this(new WeightImage(W).rows());
    }

    /**
     * A map.
     *
     * @param W its weights; their image is closed with this map
     */
    public StepMap(WeightImage.Rows W) {
        this(W, new NativeRows(W.blocks(), W.width()), true);
    }

    /**
     * A map of some columns of an input, beside one of the others.
     *
     * @param W their rows of the weights
     * @param dY gradients of y of all steps, which both maps read; borrowed
     */
    public StepMap(WeightImage.Rows W, NativeRows dY) {
        this(W, dY, false);
    }

    private StepMap(WeightImage.Rows W, NativeRows dy, boolean ownGradients) {
        this.W = W;
        this.dy = dy;
        this.ownGradients = ownGradients;
        own = new NativeRows(1, W.size());
        x = own;
        y = new NativeRows(W.blocks(), W.width());
        dx = new NativeRows(1, W.size());
    }

    /** {@return the matrix that the weights are rows of} */
    public Parameter W() {
        return W.image().parameter();
    }

    /**
     * Begins a loop by the weights as they are now.
     *
     * @param T most steps; those that are not taken add nothing
     * @param B rows of a step
     */
    public void begin(int T, int B) {
        W.image().refresh();
        begin(null, T, B);
    }

    /**
     * Begins a loop by the weights that the image has in use.
     *
     * @param X x of each step, of T steps of B rows or more, which others write; borrowed until the loop's end. Null
     *     for inputs that are put
     * @param T most steps
     * @param B rows of a step
     */
    public void begin(@Nullable NativeRows X, int T, int B) {
        dtype = W().owner().dtype();
        steps = T;
        batch = B;
        taken = 0;
        if (X == null) {
            own.resize(dtype, T, B);
        }
        x = X == null ? own : X;
        y.resize(dtype, 1, B);
    }

    private void requireBegun() {
        if (steps == 0) {
            throw new IllegalStateException("StepMap(" + W().name() + "): used before begin.");
        }
    }

    /**
     * Takes the input of a step.
     *
     * @param t the step, below the T of {@link #begin}
     * @param x_t (Input) [B,K]
     */
    public void put(int t, Vec x_t) {
        requireBegun();
        x.rows(t).put(x_t, 0);
    }

    /** y_t = x_t W, native. */
    private void multiply(int t) {
        requireBegun();
        taken = Math.max(taken, t + 1);
        W.product(x.rows(t), y.all(), false, true); // (1)
    }

    /**
     * One step forward, of the input that was put or that others wrote.
     *
     * @param t the step
     * @param y_t (Output, or accumulated) G arrays [B,H]
     * @param add whether {@code y_t += x_t W}, not {@code y_t = x_t W}
     */
    public void forward(int t, Vec[] y_t, boolean add) {
        multiply(t);
        if (add) {
            y.addTo(0, y_t);
        } else {
            y.get(0, y_t);
        }
    }

    /**
     * One step forward, of a map of one block and the input that is given.
     *
     * @param t the step
     * @param x_t (Input) [B,K]
     * @param y_t (Output) [B,N]
     */
    public void forward(int t, Vec x_t, Vec y_t) {
        put(t, x_t);
        multiply(t);
        y.rows(0).get(y_t, 0);
    }

    /**
     * Takes the gradient of a step.
     *
     * @param t the step
     * @param dy_t (Input) G arrays [B,H]
     */
    public void putGradient(int t, Vec[] dy_t) {
        gradients().put(t, dy_t);
    }

    /** Gradients of y of all steps, with room for them if they are this map's own. */
    private NativeRows gradients() {
        requireBegun();
        if (ownGradients) {
            dy.resize(dtype, steps, batch);
        }
        return dy;
    }

    /** dx_t = dy_t Wᵀ, native. */
    private NativeMatrix multiplyBack(int t) {
        requireBegun();
        dx.resize(dtype, 1, batch);
        NativeMatrix result = dx.rows(0);
        W.productBack(dy.step(t), result, true); // (1')
        return result;
    }

    /**
     * One step back, of the gradient that was put; the steps may come in any order, each once.
     *
     * @param t the step
     * @param dx_t (Output) gradient of x_t, [B,K]
     */
    public void backward(int t, Vec dx_t) {
        multiplyBack(t).get(dx_t, 0);
    }

    /**
     * One step back, of a map of one block, added to a gradient that is there.
     *
     * @param t the step
     * @param dy_t (Input) gradient of y_t, [B,N]
     * @param dx_t (Accumulated) gradient of x_t, [B,K]
     */
    public void backwardAdd(int t, Vec dy_t, Vec dx_t) {
        gradients().rows(t).put(dy_t, 0);
        multiplyBack(t).addTo(dx_t, 0);
    }

    /**
     * After the loop back over all steps that were taken: computes the gradient of the weights, in the room of their
     * image.
     */
    public void computeGradient() {
        W.computeGradient(x.first(taken)[0], gradients().first(taken)); // (1')
    }

    /** After the loop back over all steps that were taken: adds the gradient of the weights. */
    public void end() {
        requireBegun();
        if (taken > 0) {
            computeGradient();
            W.image().addGradient();
        }
    }

    /** Frees native memory; a later begin allocates it anew. */
    @Override
    public void close() {
        W.close();
        own.close();
        y.close();
        if (ownGradients) {
            dy.close();
        }
        dx.close();
        steps = 0;
    }
}
