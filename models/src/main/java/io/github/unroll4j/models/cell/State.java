// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The state of a recurrent layer between two steps: named parts, the first of which is the output h.
 *
 * <p>A value on the heap, passed in and handed out; no layer keeps one. The gradient of a state is a state.
 *
 * @since 0.1.0
 */
public final class State {
    private final List<String> names;
    private final List<Tensor> parts;

    /**
     * Groups parts.
     *
     * @param names one name per part
     * @param parts tensors, [B,H] each; kept, not copied
     */
    public State(List<String> names, List<Tensor> parts) {
        if (names.isEmpty() || names.size() != parts.size()) {
            throw new IllegalArgumentException("State: " + names.size() + " names for " + parts.size()
                    + " parts, expected as many, at least one.");
        }
        this.names = List.copyOf(names);
        this.parts = List.copyOf(parts);
    }

    /**
     * All zeros.
     *
     * @param names names of the parts
     * @param dtype element type
     * @param batch rows B
     * @param hidden units H
     * @return a new state
     */
    public static State zeros(List<String> names, Dtype dtype, int batch, int hidden) {
        Objects.requireNonNull(dtype, "dtype");
        int[] sizes = new int[names.size()];
        Arrays.fill(sizes, hidden);
        return zeros(names, dtype, batch, sizes);
    }

    /**
     * All zeros, of parts of different sizes.
     *
     * @param names names of the parts
     * @param dtype element type
     * @param batch rows B
     * @param sizes size of a row of each part
     * @return a new state
     */
    public static State zeros(List<String> names, Dtype dtype, int batch, int[] sizes) {
        Objects.requireNonNull(dtype, "dtype");
        Objects.requireNonNull(sizes, "sizes");
        List<Tensor> parts = new ArrayList<>();
        for (int size : sizes) {
            parts.add(Tensor.zeros(dtype, batch, size));
        }
        return new State(names, parts);
    }

    /**
     * Names and sizes in one map, in order.
     *
     * @param names names of the parts
     * @param sizes size of a row of each part, or one for all
     * @return the map
     */
    public static Map<String, Integer> sizes(List<String> names, int... sizes) {
        Map<String, Integer> all = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            all.put(names.get(i), sizes[sizes.length == 1 ? 0 : i]);
        }
        return all;
    }

    /**
     * Joins names and sizes under prefixes, as {@link #join} joins states.
     *
     * @param prefixes one per map
     * @param sizes the maps
     * @return one map with dotted names
     */
    public static Map<String, Integer> joinSizes(List<String> prefixes, List<Map<String, Integer>> sizes) {
        Map<String, Integer> all = new LinkedHashMap<>();
        for (int i = 0; i < prefixes.size(); i++) {
            String prefix = prefixes.get(i) + ".";
            sizes.get(i).forEach((name, size) -> all.put(prefix + name, size));
        }
        return all;
    }

    /** {@return the output h, [B,H]} */
    public Tensor h() {
        return parts.get(0);
    }

    /** {@return the names of the parts} */
    public List<String> names() {
        return names;
    }

    /** {@return the parts in the order of the names} */
    public List<Tensor> parts() {
        return parts;
    }

    /**
     * A part by name.
     *
     * @param name e.g. {@code c}
     * @return the tensor itself
     */
    public Tensor part(String name) {
        Objects.requireNonNull(name, "name");
        int i = names.indexOf(name);
        if (i < 0) {
            throw new IllegalArgumentException("State.part: there is no part " + name + ", only " + names + ".");
        }
        return parts.get(i);
    }

    /**
     * The parts whose names start with a prefix and a dot, without them: the state of one layer of a stack.
     *
     * @param prefix e.g. {@code l1}
     * @return a state over the same tensors
     */
    public State scope(String prefix) {
        List<String> inner = new ArrayList<>();
        List<Tensor> tensors = new ArrayList<>();
        int dot = prefix.length();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (name.startsWith(prefix) && name.startsWith(".", dot)) {
                inner.add(name.substring(dot + 1));
                tensors.add(parts.get(i));
            }
        }
        if (inner.isEmpty()) {
            throw new IllegalArgumentException("State.scope: no part is named " + prefix + ".…, only " + names
                    + "; it comes from a model with fewer layers.");
        }
        return new State(inner, tensors);
    }

    /**
     * Joins states under prefixes.
     *
     * @param prefixes one per state
     * @param states the states; their tensors are kept, not copied
     * @return one state with dotted names
     */
    public static State join(List<String> prefixes, List<State> states) {
        List<String> all = new ArrayList<>();
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            for (int j = 0; j < states.get(i).names.size(); j++) {
                all.add(prefixes.get(i) + "." + states.get(i).names.get(j));
                tensors.add(states.get(i).parts.get(j));
            }
        }
        return new State(all, tensors);
    }

    /** {@return zeros of the same names and shapes} */
    public State zerosLike() {
        List<Tensor> zeros = new ArrayList<>();
        for (Tensor part : parts) {
            zeros.add(Tensor.zeros(part.dtype(), part.shape()));
        }
        return new State(names, zeros);
    }

    /**
     * The same state with the rows of some batch entries at zero: those that begin anew while the others go on.
     *
     * @param rows whether each row is reset, B of them
     * @return a new state, or this one where no row is reset
     * @throws IllegalArgumentException if there are not B of them
     */
    public State withRowsReset(boolean... rows) {
        if (rows.length != h().size(0)) {
            throw new IllegalArgumentException("State.withRowsReset: there are " + rows.length
                    + " rows, expected as many as the state has, B=" + h().size(0) + ".");
        }
        State reset = this;
        for (int b = 0; b < rows.length; b++) {
            if (rows[b]) {
                reset = reset == this ? copy() : reset;
                reset.clearRow(b);
            }
        }
        return reset;
    }

    private void clearRow(int b) {
        for (Tensor part : parts) {
            int size = part.size(1);
            part.data().fill(b * size, size, 0);
        }
    }

    /**
     * Some rows, one after another, each as often as it is named; for a beam.
     *
     * @param chosen rows of this state
     * @return a new state of as many rows
     */
    public State rows(int... chosen) {
        Objects.requireNonNull(chosen, "chosen");
        int B = h().size(0);
        for (int row : chosen) {
            if (row < 0 || row >= B) {
                throw new IllegalArgumentException(
                        "State.rows: row " + row + " was asked for, expected 0 to " + (B - 1) + ".");
            }
        }
        List<Tensor> selected = new ArrayList<>();
        for (Tensor part : parts) {
            int width = part.size(1);
            Tensor rows = Tensor.zeros(part.dtype(), chosen.length, width);
            for (int b = 0; b < chosen.length; b++) {
                rows.data().copy(b * width, part.data(), chosen[b] * width, width);
            }
            selected.add(rows);
        }
        return new State(names, selected);
    }

    /**
     * The rows of states one after another, as those of the parts of a batch.
     *
     * @param states of the same parts and sizes, at least one
     * @return a new state of all rows; the state itself if there is one
     */
    public static State stack(List<State> states) {
        State first = states.get(0);
        if (states.size() == 1) {
            return first;
        }
        int rows = states.stream().mapToInt(s -> s.h().size(0)).sum();
        List<Tensor> stacked = new ArrayList<>();
        for (int i = 0; i < first.parts.size(); i++) {
            Tensor all = Tensor.zeros(
                    first.parts.get(i).dtype(), rows, first.parts.get(i).size(1));
            int at = 0;
            for (State state : states) {
                Vec numbers = state.parts.get(i).data();
                all.data().copy(at, numbers, 0, numbers.length());
                at += numbers.length();
            }
            stacked.add(all);
        }
        return new State(first.names, stacked);
    }

    /**
     * Takes over the numbers of another state.
     *
     * @param source (Input) one of the same parts and shapes
     */
    public void set(State source) {
        for (int i = 0; i < parts.size(); i++) {
            Vec numbers = source.parts.get(i).data();
            Vec own = parts.get(i).data();
            if (numbers.length() != own.length()) {
                throw ShapeException.of("State.set", "the source", source.toString(), toString(), "");
            }
            own.copy(0, numbers, 0, own.length());
        }
    }

    /** {@return a deep copy} */
    public State copy() {
        List<Tensor> copies = new ArrayList<>();
        for (Tensor part : parts) {
            copies.add(part.copy());
        }
        return new State(names, copies);
    }

    /**
     * Requires the parts, shapes and element type that a layer works on.
     *
     * @param where the operation, for the message
     * @param expected names of the parts
     * @param dtype element type of the parameters
     * @param batch rows B
     * @param sizes size of a row, of each part or one for all
     */
    public void require(String where, List<String> expected, Dtype dtype, int batch, int... sizes) {
        Objects.requireNonNull(dtype, "dtype");
        Objects.requireNonNull(sizes, "sizes");
        if (!names.equals(expected)) {
            throw ShapeException.of(
                    where, "the state", "parts " + names, "parts " + expected, "it comes from another kind of cell");
        }
        for (int i = 0; i < names.size(); i++) {
            int size = sizes.length == 1 ? sizes[0] : sizes[i];
            if (fits(parts.get(i), dtype, batch, size)) {
                continue; // before any message is put together: this runs for every token that a sampler writes
            }
            ShapeException.Axis[] axes = {ShapeException.axis("B", batch), ShapeException.axis("H", size)};
            String part = "state part " + names.get(i);
            ShapeException.require(
                    where, part, parts.get(i).shape(), axes, "the batch size changed while the state was carried");
            throw new IllegalArgumentException(where + ": " + part + " is "
                    + parts.get(i).dtype() + ", expected " + dtype + " as the parameters are.");
        }
    }

    private static boolean fits(Tensor part, Dtype dtype, int batch, int size) {
        return part.rank() == 2 && part.size(0) == batch && part.size(1) == size && part.dtype() == dtype;
    }

    @Override
    public String toString() {
        return "State" + names + Arrays.toString(h().shape());
    }
}
