// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.tensor.Tensor;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What one forward step returns.
 *
 * @param next the state after the step
 * @param cache what the backward step needs, read-only from here on
 * @param inside makes the pre-activations and gates of the step by name, [B,·] each, in the order in which they were computed;
 *     asked for a trace only, and before the next step
 * @param <C> the cell's own cache type
 */
public record Step<C>(State next, C cache, Supplier<Map<String, Tensor>> inside) {
    /**
     * A step that shows nothing to a trace but its state.
     *
     * @param next the state after the step
     * @param cache what the backward step needs
     */
    public Step(State next, C cache) {
        this(next, cache, Map::of);
    }
}
