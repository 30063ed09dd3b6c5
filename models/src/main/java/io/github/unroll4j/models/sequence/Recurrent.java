// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.models.cell.State;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A layer over time: from a sequence and an initial state to all outputs and the last state, and back.
 *
 * <p>State goes in and comes out by value; nothing is remembered between calls except the buffers of the latest
 * forward, which its {@link Run} borrows. One thread at a time: the layers of this library refuse
 * a second one, with a sentence.
 *
 * @since 0.1.0
 */
public interface Recurrent extends AutoCloseable {
    /** The states of a forward pass, as copies. */
    @FunctionalInterface
    interface States {
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

    /** {@return a short name for messages, e.g. {@code HoistedLayer(lstm)}} */
    String name();

    /** {@return the size of an input row D} */
    int inputSize();

    /** {@return the size of an output row} */
    int outputSize();

    /**
     * {@return names of the state's parts and the size of a row of each, in order; known before the weights are built}
     */
    Map<String, Integer> stateSizes();

    /**
     * {@return the cells inside, bottom first, and which parts of the state are theirs: the last has the h of the top
     * layer}
     */
    List<CellState> cells();

    /**
     * Where the state of one cell is in the state of a layer.
     *
     * @param names the names there by the names of the cell's own parts, h first; of a layer that reads both ways two
     *     for each, the direction from the first step on first
     */
    record CellState(Map<String, List<String>> names) {
        /**
         * Requires what is not optional.
         *
         * @param names {@link #names()}
         */
        public CellState {
            Objects.requireNonNull(names, "names");
        }

        /**
         * The state of a layer that is one cell.
         *
         * @param parts names of its parts, h first
         * @return each under its own name
         */
        public static CellState of(Collection<String> parts) {
            Map<String, List<String>> names = new LinkedHashMap<>();
            parts.forEach(part -> names.put(part, List.of(part)));
            return new CellState(names);
        }

        /** {@return the names of its h} */
        public List<String> h() {
            return names.values().iterator().next();
        }

        /**
         * The names of a part, or of its h where the cell has no such part.
         *
         * @param part e.g. {@code c}
         * @return one name, or two
         */
        public List<String> partOrH(String part) {
            Objects.requireNonNull(part, "part");
            return names.getOrDefault(part, h());
        }

        /** The same inside a layer that puts a prefix and a dot before each name. */
        CellState in(String prefix) {
            Map<String, List<String>> prefixed = new LinkedHashMap<>();
            names.forEach((part, of) -> prefixed.put(
                    part, of.stream().map(name -> prefix + "." + name).toList()));
            return new CellState(prefixed);
        }
    }

    /**
     * The state of a fresh start.
     *
     * @param batch rows B
     * @return zeros of the parts that this layer carries
     */
    State zeroState(int batch);

    /**
     * Runs over all steps.
     *
     * @param x T steps of B rows
     * @param s0 initial state, left as it is
     * @param pass lengths, trace and noise
     * @return outputs and states, borrowing this layer's buffers until its next forward
     */
    Run forward(Sequence x, State s0, Pass pass);

    /**
     * Runs over all steps without padding, trace or noise.
     *
     * @param x T steps of B rows
     * @param s0 initial state
     * @return outputs and states
     */
    default Run forward(Sequence x, State s0) {
        return forward(x, s0, Pass.full(x.steps(), x.batch()));
    }

    /**
     * Backpropagation through time; adds to the gradients of the parameters.
     *
     * @param run the latest forward
     * @param dH gradient of the outputs, [T,B,outputSize]; a tensor or a slab
     * @param dLast gradient of the last state; zeros where nothing follows
     * @return gradients of the input and of the initial state
     * @throws IllegalStateException if {@code run} is not the latest forward of this layer
     */
    Run.Grad backward(Run run, Sequence dH, State dLast);

    /** Frees native memory; a second call does nothing. */
    @Override
    void close();
}
