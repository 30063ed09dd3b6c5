// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.tensor.Shapes;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Everything that happened inside a layer, for every time step, as named arrays [T,B,H].
 *
 * <p>Forward writes the pre-activations ({@code z.i}, or {@code zx.r} and {@code zh.r} where they stay apart), what the cell saved
 * ({@code i}) and the states after each step ({@code h}, {@code c}); backward writes the gradients of the pre-activations
 * ({@code dz.i}) and of the states ({@code dh}, {@code dc}). A state's gradient at t is what reached it from the loss at t and
 * from step t+1; the share of c that goes through h of the same step is not in {@code dc}. Layers that are not run by the engine
 * write states and their gradients only. Off by default at no cost: a layer given {@link #off()} does not even ask for a name.
 */
public final class Trace {
    private static final Trace OFF = new Trace(false, "", new LinkedHashMap<>(), new HashSet<>());

    private final boolean on;
    private final String prefix;
    private final Map<String, Tensor> arrays;
    private final Set<String> begun;

    private Trace(boolean on, String prefix, Map<String, Tensor> arrays, Set<String> begun) {
        this.on = on;
        this.prefix = prefix;
        this.arrays = arrays;
        this.begun = begun;
    }

    /** A trace that records. */
    public static Trace on() {
        return new Trace(true, "", new LinkedHashMap<>(), new HashSet<>());
    }

    /** The trace that records nothing. */
    public static Trace off() {
        return OFF;
    }

    /**
     * The same trace with a prefix before every name it records, for one layer of a stack.
     *
     * @param name e.g. {@code l1}
     * @return a trace that writes into this one
     */
    public Trace scope(String name) {
        return on ? new Trace(true, prefix + name + ".", arrays, begun) : this;
    }

    /**
     * Begins a run; for layers, before they record its first step.
     *
     * @param layer name of the layer, for the message
     * @throws IllegalStateException if a run was begun before under the same prefix
     */
    public void begin(String layer) {
        if (on && !begun.add(prefix)) {
            throw new IllegalStateException(
                    "Trace: " + layer + " runs a second time into one trace; make a new one for each run.");
        }
    }

    /** Whether this trace records. */
    public boolean isOn() {
        return on;
    }

    /** The names recorded so far, in order. */
    public Set<String> names() {
        return arrays.keySet();
    }

    /**
     * A recorded array.
     *
     * @param name e.g. {@code f} or {@code dh}
     * @return [T,B,H]
     */
    public Tensor get(String name) {
        Tensor found = arrays.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "Trace.get: nothing was recorded as " + name + ", only " + arrays.keySet()
                            + (arrays.keySet().stream().anyMatch(n -> n.startsWith("d"))
                                    ? "."
                                    : "; gradients appear after backward."));
        }
        return found;
    }

    /** All recorded arrays by name. */
    public Map<String, Tensor> arrays() {
        return Map.copyOf(arrays);
    }

    /**
     * Records one step; for layers.
     *
     * @param name name of the array
     * @param t time step
     * @param shape the whole array's [T,B,H]
     * @param values B·H numbers
     */
    public void record(String name, int t, int[] shape, Vec values) {
        Tensor array = arrays.computeIfAbsent(prefix + name, key -> Tensor.zeros(values.dtype(), shape));
        if (!java.util.Arrays.equals(array.shape(), shape)) {
            throw Shapes.error(
                    "Trace",
                    prefix + name,
                    java.util.Arrays.toString(array.shape()),
                    java.util.Arrays.toString(shape),
                    "one Trace was used for two runs; make a new one for each");
        }
        array.data().copy(t * shape[1] * shape[2], values, 0, shape[1] * shape[2]);
    }
}
