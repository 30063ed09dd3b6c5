// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.models.cell.State;

/** The states of a forward pass, as copies. */
@FunctionalInterface
public interface States {
    /**
     * A copy of the state after some steps.
     *
     * @param t number of steps taken, 0 for the initial state to T for the last
     * @return the state
     */
    State state(int t);

    /**
     * Writes the state after some steps over another, which costs no memory where the layer overrides it.
     *
     * @param t number of steps taken
     * @param target (Output) a state of the same layer
     */
    default void stateInto(int t, State target) {
        target.set(state(t));
    }
}
