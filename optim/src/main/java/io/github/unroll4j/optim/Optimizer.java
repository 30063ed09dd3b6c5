// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import io.github.unroll4j.core.tensor.Tensor;
import java.util.Map;

/**
 * Moves the values of one {@link io.github.unroll4j.core.param.Parameters} against their gradients.
 *
 * <p>An instance serves the parameters it was made with and owns what it remembers of earlier gradients. Gradients are
 * read, never changed: clearing and clipping are the caller's. Dense, {@link LazyAdam} excepted: every row of a row-sparse
 * parameter takes part in every step, untouched ones with a gradient of zero.
 */
public interface Optimizer {
    /**
     * Updates every parameter once from its gradient and calls {@code Parameters.changed()}.
     *
     * @param learningRate finite, 0 or more
     * @throws IllegalArgumentException for another learning rate; nothing has changed then
     */
    void step(double learningRate);

    /** {@return the short name that {@link #state()} puts before each key, e.g. {@code adam}} */
    String name();

    /** {@return the number of steps taken} */
    long steps();

    /**
     * Everything a later run needs to go on with the same bits: {@code name.step}, a DOUBLE of shape [1], and the
     * arrays of the method, flat in the order of the parameters.
     *
     * @return ordered by key; the arrays are the live ones, which the next step writes
     */
    Map<String, Tensor> state();

    /**
     * Goes back to a saved state.
     *
     * @param state as {@link #state()} returned it; copied
     * @throws IllegalArgumentException if a key, a size or an element type differs; nothing has changed then
     */
    void restore(Map<String, Tensor> state);
}
