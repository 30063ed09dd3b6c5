// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import io.github.unroll4j.core.tensor.Tensor;
import java.util.Map;

/**
 * Moves the values of one {@link io.github.unroll4j.core.param.Parameters} against their gradients.
 *
 * <p>An instance updates the parameters it was made with, and keeps its own state about earlier gradients. It reads
 * gradients and never changes them; clearing and clipping are done by the caller. All optimisers except
 * {@link LazyAdam} are dense: every row of a row-sparse parameter takes part in every step. The gradient of an
 * untouched row is zero.
 *
 * @since 0.1.0
 */
public interface Optimizer {
    /**
     * Updates every parameter once from its gradient, by {@code Parameters.write}.
     *
     * @param learningRate finite, 0 or more
     * @throws IllegalArgumentException for any other learning rate; then nothing has changed
     * @throws IllegalStateException while another thread trains the same parameters; then nothing has changed
     */
    void step(double learningRate);

    /** {@return the short name with which each key of {@link #state()} begins, such as {@code adam}} */
    String name();

    /** {@return the number of steps taken} */
    long steps();

    /**
     * Returns everything that a later run needs to continue with bit-identical results. That is {@code name.step}, a
     * DOUBLE of shape [1], and the arrays of the method, flat, in the order of the parameters.
     *
     * @return a map in a fixed order; its arrays are not copies: the next step writes to them
     */
    Map<String, Tensor> state();

    /**
     * Restores a saved state.
     *
     * @param state a map as returned by {@link #state()}; copied
     * @throws IllegalArgumentException if a key, a size or an element type differs, or a number is one that
     *     no step can have made, such as a count or a sum of squares below 0; then nothing has changed
     */
    void restore(Map<String, Tensor> state);
}
