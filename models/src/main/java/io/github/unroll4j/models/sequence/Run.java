// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.models.cell.State;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a forward pass over time returns; it borrows the buffers of the layer until the layer's next forward.
 *
 * <p>Reading it later throws, instead of reading overwritten numbers.
 *
 * @since 0.1.0
 */
public final class Run implements Recurrent.States {
    /** What a backward pass over time returns, beside the weight gradients that it added to the parameters. */
    public static final class Grad {
        private final @Nullable Slab dX;
        private final State dS0;

        /**
         * For layers.
         *
         * @param dX gradient of the input, null where the input was ids
         * @param dS0 gradient of the initial state
         */
        public Grad(@Nullable Slab dX, State dS0) {
            this.dX = dX;
            this.dS0 = Objects.requireNonNull(dS0, "dS0");
        }

        /**
         * {@return the gradient of the input [T,B,D], borrowed until the layer's next forward or backward}
         *
         * @throws IllegalStateException if the input was ids, which have no gradient
         */
        public Slab dX() {
            if (dX == null) {
                throw new IllegalStateException(
                        "Run.Grad.dX: the input was token ids, which have no gradient; their rows of W_x have.");
            }
            return dX;
        }

        /** {@return the gradient of the initial state} */
        public State dS0() {
            return dS0;
        }

        /** The same input gradient with the initial state's gradient of a whole stack. */
        Grad withState(State state) {
            return new Grad(dX, state);
        }
    }

    private final Recurrent layer;
    private final Slab H;
    private final Recurrent.States states;
    private final BooleanSupplier current;

    /**
     * For layers.
     *
     * @param layer the layer that ran
     * @param H outputs
     * @param states of the layer; another layer's run where the states are those of that layer
     * @param current whether the layer has not run forward again
     */
    public Run(Recurrent layer, Slab H, Recurrent.States states, BooleanSupplier current) {
        this.layer = Objects.requireNonNull(layer, "layer");
        this.H = Objects.requireNonNull(H, "H");
        this.states = Objects.requireNonNull(states, "states");
        this.current = Objects.requireNonNull(current, "current");
    }

    /** {@return all outputs [T,B,H], borrowed} */
    public Slab H() {
        requireCurrent();
        return H;
    }

    /** {@return a copy of the state after the last step} */
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
