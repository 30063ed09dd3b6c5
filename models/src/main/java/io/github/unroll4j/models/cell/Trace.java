// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.Json;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Everything that happened inside a layer, for every time step, as named arrays [T,B,·].
 *
 * <p>Forward writes the pre-activations ({@code z.i}, or {@code zx.r} and {@code zh.r} where they stay apart), what the
 * cell saved (its gates: {@code i}) and the state after each step ({@code h}, {@code c}). Backward writes the gradient
 * of each: a name with {@code d} before it.
 *
 * <p>The gradient of an array at t is the whole derivative of the loss with respect to it: along every path on which it
 * still acts, at t and after t, everything computed before it held fixed. {@code dh} at t is what came from the loss at
 * t and from step t+1; {@code dc} of an LSTM includes the path through {@code h} of the same step. A cell that gives
 * each of its named quantities a gradient array of its own ({@link Step#d}) is traced whole, as every cell of the
 * library is. Of a cell that does not, pre-activations and states are recorded, the latter as their gradient reached
 * the step from outside.
 *
 * <p>A padded row repeats its last state; its gates and their gradients are 0. Where zoneout comes between, {@code
 * made.h} is what the cell made of the step and {@code h} what zoneout left of it; {@code dmade.h} and {@code dh} are
 * their gradients.
 *
 * <p>Off by default at no cost: a layer given {@link #off()} does not even ask for a name. A saved trace opens in
 * NumPy.
 *
 * @since 0.1.0
 */
public final class Trace {
    /** The metadata entry of a saved trace: JSON with kind, format version and axes. */
    public static final String METADATA = "unroll4j.trace";

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

    /** {@return a trace that records} */
    public static Trace on() {
        return new Trace(true, "", new LinkedHashMap<>(), new HashSet<>());
    }

    /** {@return the trace that records nothing} */
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
        Objects.requireNonNull(name, "name");
        return on ? new Trace(true, prefix + name + ".", arrays, begun) : this;
    }

    /**
     * Begins a run; for layers, before they record its first step.
     *
     * @param layer name of the layer, for the message
     * @throws IllegalStateException if a run was begun before under the same prefix
     */
    public void begin(String layer) {
        Objects.requireNonNull(layer, "layer");
        if (on && !begun.add(prefix)) {
            throw new IllegalStateException(
                    "Trace: " + layer + " runs a second time into one trace; make a new one for each run.");
        }
    }

    /** {@return whether this trace records} */
    public boolean isOn() {
        return on;
    }

    /** {@return the names recorded so far, in order} */
    public Set<String> names() {
        return Collections.unmodifiableSet(arrays.keySet());
    }

    /**
     * A recorded array.
     *
     * @param name e.g. {@code f} or {@code dh}
     * @return [T,B,·], for most arrays [T,B,H]
     */
    public Tensor get(String name) {
        Objects.requireNonNull(name, "name");
        Tensor found = arrays.get(name);
        if (found == null) {
            throw new IllegalArgumentException("Trace.get: nothing was recorded as " + name + ", only " + names()
                    + (hasGradients() ? "." : "; gradients appear after backward."));
        }
        return found;
    }

    private boolean hasGradients() {
        return arrays.keySet().stream().anyMatch(name -> {
            int d = name.indexOf('d', name.startsWith("d") ? 0 : name.lastIndexOf(".d"));
            return d >= 0 && arrays.containsKey(name.substring(0, d) + name.substring(d + 1));
        });
    }

    /** {@return all recorded arrays by name, in order} */
    public Map<String, Tensor> arrays() {
        return Collections.unmodifiableMap(arrays);
    }

    /**
     * Writes all arrays to a safetensors file, readable from NumPy, at one stroke: whoever reads it finds the old file
     * or the whole new one. Its metadata say that it is a trace, in the entry {@value #METADATA}.
     *
     * @param file where to; its folder must exist
     * @throws IllegalStateException if nothing was recorded
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException if it cannot be written
     */
    public void save(Path file) {
        Objects.requireNonNull(file, "file");
        if (arrays.isEmpty()) {
            throw new IllegalStateException("Trace.save: nothing was recorded, expected a run with this trace first"
                    + (on ? "." : "; likely cause: this is Trace.off()."));
        }
        Map<String, Object> kind = new LinkedHashMap<>();
        kind.put("kind", "trace");
        kind.put("version", 1);
        kind.put("axes", List.of("T", "B", "H"));
        Checkpoint.Builder content = Checkpoint.builder().metadata(METADATA, Json.write(kind));
        arrays.forEach(content::put);
        content.build().save(file);
    }

    /**
     * Records one step; for layers.
     *
     * @param name name of the array
     * @param t time step
     * @param shape the whole array's [T,B,·]
     * @param values the numbers of the step
     */
    public void record(String name, int t, int[] shape, Vec values) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(shape, "shape");
        Tensor array = arrays.computeIfAbsent(prefix + name, key -> Tensor.zeros(values.dtype(), shape));
        if (!Arrays.equals(array.shape(), shape)) {
            throw ShapeException.of(
                    "Trace",
                    prefix + name,
                    Arrays.toString(array.shape()),
                    Arrays.toString(shape),
                    "one Trace was used for two runs; make a new one for each");
        }
        array.data().copy(t * shape[1] * shape[2], values, 0, shape[1] * shape[2]);
    }
}
