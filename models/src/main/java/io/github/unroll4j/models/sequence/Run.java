// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.models.cell.State;
import java.util.function.BooleanSupplier;

/**
 * What a forward pass over time returns; it borrows the buffers of the layer until the layer's next forward.
 *
 * <p>Reading it later throws, instead of reading overwritten numbers.
 */
public final class Run implements States {
    private final Recurrent layer;
    private final Slab H;
    private final States states;
    private final BooleanSupplier current;

    /**
     * For layers.
     *
     * @param layer the layer that ran
     * @param H outputs
     * @param states of the layer; another layer's run where the states are those of that layer
     * @param current whether the layer has not run forward again
     */
    public Run(Recurrent layer, Slab H, States states, BooleanSupplier current) {
        this.layer = layer;
        this.H = H;
        this.states = states;
        this.current = current;
    }

    /** All outputs [T,B,H], borrowed. */
    public Slab H() {
        requireCurrent();
        return H;
    }

    /** A copy of the state after the last step. */
    public State last() {
        return state(H.steps());
    }

    @Override
    public State state(int t) {
        requireStep(t);
        return states.state(t);
    }

    @Override
    public void stateInto(int t, State target) {
        requireStep(t);
        states.stateInto(t, target);
    }

    private void requireStep(int t) {
        requireCurrent();
        if (t < 0 || t > H.steps()) {
            throw new IllegalArgumentException(
                    layer.name() + ": state after " + t + " steps was asked for, expected 0 to T=" + H.steps() + ".");
        }
    }

    /**
     * Requires that this is the latest forward pass of a layer; for the layer's backward.
     *
     * @param asking the layer
     * @throws IllegalStateException if another layer ran, or this one has run again since
     */
    public void requireLatestOf(Recurrent asking) {
        if (asking != layer) {
            throw new IllegalStateException(asking.name() + ".backward: the run comes from another layer, "
                    + layer.name() + "; run this one forward first.");
        }
        requireCurrent();
    }

    private void requireCurrent() {
        if (!current.getAsBoolean()) {
            throw new IllegalStateException(
                    layer.name()
                            + ": a run was used after its layer ran forward again or was closed; call backward, or copy what you need, before that.");
        }
    }
}
