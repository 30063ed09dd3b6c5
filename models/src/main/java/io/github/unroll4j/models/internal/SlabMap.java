// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.NativeMatrix;
import org.jspecify.annotations.Nullable;

/**
 * A linear map of all steps at once.
 *
 * <pre>
 * (1)  Y = X W,  or Y += X W     X [T·B,K], W [K,N], Y [T·B,N]; no bias
 * (1') dX = dY Wᵀ,  dW += Xᵀ dY  the inner dimension T·B is the sum over the steps
 * </pre>
 *
 * <p>Y and dY are one matrix, or a part for each block of columns of W, as {@link NativeRows} has them. {@link StepMap}
 * is the map of one step at a time.
 *
 * @since 0.1.0
 */
public final class SlabMap implements AutoCloseable {
    private final WeightImage.Rows W;
    private @Nullable NativeMatrix X;

    /**
     * A map by all of a matrix.
     *
     * @param W [K,N]
     */
    public SlabMap(Parameter W) {
        this(new WeightImage(W));
    }

    /**
     * A map by all of a matrix.
     *
     * @param W its image, closed with this map
     */
    public SlabMap(WeightImage W) {
        this(W.rows());
    }

    /**
     * A map by rows of a matrix. Whoever divided it adds the gradient of the whole, {@link WeightImage#addGradient},
     * unless these are all of its rows.
     *
     * @param W the rows
     */
    public SlabMap(WeightImage.Rows W) {
        this.W = W;
    }

    /**
     * {@code Y = X W}.
     *
     * @param steps T; of one, which is one of many, the weights are laid out for it
     * @param X (Input) borrowed until backward
     * @param Y (Output)
     */
    public void forward(int steps, NativeMatrix X, NativeMatrix... Y) {
        multiply(steps, X, Y, false);
    }

    /**
     * {@code Y += X W}.
     *
     * @param steps T; of one, which is one of many, the weights are laid out for it
     * @param X (Input) borrowed until backward
     * @param Y (Accumulated)
     */
    public void forwardAdd(int steps, NativeMatrix X, NativeMatrix... Y) {
        multiply(steps, X, Y, true);
    }

    private void multiply(int steps, NativeMatrix input, NativeMatrix[] Y, boolean add) {
        W.image().refresh();
        X = input;
        W.product(input, Y, add, steps == 1); // (1)
    }

    /**
     * The gradients of the latest forward, by the weights that it used.
     *
     * @param dX (Output) gradient of X
     * @param dY (Input) gradient of Y
     * @throws IllegalStateException before forward, or if the weights have changed since
     */
    public void backward(NativeMatrix dX, NativeMatrix... dY) {
        if (X == null) {
            throw new IllegalStateException("SlabMap(" + W.image().parameter().name() + "): backward before forward.");
        }
        W.productBack(dY, dX, false); // (1')
        W.computeGradient(X, dY); // (1')
        if (W.whole()) {
            W.image().addGradient();
        }
    }

    /** Frees native memory; a later forward allocates it anew. */
    @Override
    public void close() {
        W.close();
        X = null;
    }
}
