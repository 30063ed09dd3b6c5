// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.tensor.Tensor;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What one backward step returns; weight gradients went into the cell's parameters.
 *
 * @param dx_t gradient of the input, [B,D]
 * @param dPrev gradient of the state before the step
 * @param inside makes the gradients of what {@link Step#inside} names, under the same names, in the same order; also that of a
 *     part of the state after the step, under the name of the part, where it is more than the gradient that came in, because
 *     the part also acts through another part of the same step. Asked for a trace only, and before the next step
 */
public record StepGrad(Tensor dx_t, State dPrev, Supplier<Map<String, Tensor>> inside) {
    /**
     * A step that shows nothing to a trace but the gradient of its state.
     *
     * @param dx_t gradient of the input
     * @param dPrev gradient of the state before the step
     */
    public StepGrad(Tensor dx_t, State dPrev) {
        this(dx_t, dPrev, Map::of);
    }
}
