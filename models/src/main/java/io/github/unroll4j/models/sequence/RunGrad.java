// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.models.cell.State;
import org.jspecify.annotations.Nullable;

/** What a backward pass over time returns, beside the weight gradients that it added to the parameters. */
public final class RunGrad {
    private final @Nullable Slab dX;
    private final State dS0;

    /**
     * For layers.
     *
     * @param dX gradient of the input, null where the input was ids
     * @param dS0 gradient of the initial state
     */
    public RunGrad(@Nullable Slab dX, State dS0) {
        this.dX = dX;
        this.dS0 = dS0;
    }

    /**
     * The gradient of the input [T,B,D], borrowed until the layer's next forward or backward.
     *
     * @throws IllegalStateException if the input was ids, which have no gradient
     */
    public Slab dX() {
        if (dX == null) {
            throw new IllegalStateException(
                    "RunGrad.dX: the input was token ids, which have no gradient; their rows of W_x have.");
        }
        return dX;
    }

    /** The gradient of the initial state. */
    public State dS0() {
        return dS0;
    }

    /** The same input gradient with the initial state's gradient of a whole stack. */
    RunGrad withState(State state) {
        return new RunGrad(dX, state);
    }
}
