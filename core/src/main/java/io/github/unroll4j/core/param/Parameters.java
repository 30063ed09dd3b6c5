// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.core.tensor.Workers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All weights of a model: ordered and named, in one flat array of values and one of gradients.
 *
 * <p>The arrays are flat, so that clearing, clipping, norms and optimiser steps are one loop each. Layers multiply by
 * native copies of their weights, which are renewed when {@link #version()} has changed.
 *
 * <p>Values may be read by many threads at once, and changed by one. {@link #write} is how to change them: it keeps
 * readers out meanwhile, and calls {@link #changed()}. Code that writes to {@link #values()} past it must call {@link
 * #changed()} itself, and no other thread may use these weights meanwhile. Several registries may share one set of
 * values ({@link Builder#over}); each has gradients of its own, for one thread.
 *
 * @since 0.1.0
 */
public final class Parameters {
    private final Map<String, Parameter> byName;
    private final List<Parameter> list;
    private final List<Parameter> rowSparse;
    private final Weights weights;
    /** Made when first asked for: a model that is never trained has none. */
    private @Nullable Vec gradients;
    /** The number of times that all gradients were set to zero. */
    private long cleared;
    /** The value of {@link #cleared} when a caller was last given the flat gradients, and may have written to them. */
    private long handedOut = -1;

    private final Pieces pieces = new Pieces();

    private Parameters(Map<String, Parameter> declared, Weights weights) {
        byName = declared;
        list = List.copyOf(declared.values());
        rowSparse = list.stream().filter(p -> p.rows().sparse() && p.size() > 0).toList();
        this.weights = weights;
        int at = 0;
        for (int i = 0; i < list.size(); i++) {
            list.get(i).attach(this, i, at);
            at += list.get(i).size();
        }
    }

    /**
     * Starts a declaration.
     *
     * @return a builder that holds nothing yet
     */
    public static Builder builder() {
        return new Builder("", new LinkedHashMap<>());
    }

    /** {@return the parameters in the order of declaration} */
    public List<Parameter> list() {
        return list;
    }

    /**
     * Returns a parameter by its full name.
     *
     * @param name e.g. {@code rnn.W_h}
     * @return the parameter
     * @throws IllegalArgumentException if there is no such parameter; the message lists the names
     */
    public Parameter get(String name) {
        Objects.requireNonNull(name, "name");
        Parameter found = byName.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "Parameters.get: there is no parameter " + name + ", only " + byName.keySet() + ".");
        }
        return found;
    }

    /** {@return the element type of values and gradients} */
    public Dtype dtype() {
        return values().dtype();
    }

    /** {@return the number of weights} */
    public int count() {
        return values().length();
    }

    /** {@return all values, flat} Change them through {@link #write}, or call {@link #changed()} after it. */
    public Vec values() {
        return weights.values();
    }

    /**
     * Runs code that reads the values, or multiplies by them, while nobody changes them. Any number of threads may do
     * so at once; a thread that is about to change the values waits until they have returned.
     *
     * @param work the code
     * @return what it returns
     * @param <T> type of the result
     */
    public <T> T read(Supplier<T> work) {
        return weights.read(work);
    }

    /**
     * Does the parts of work that reads the values, as {@link Workers#run} does, on several threads at once: each of
     * them counts as one that reads.
     *
     * @param parts how many there are
     * @param work does the part of a number, from 0
     */
    public void read(int parts, IntConsumer work) {
        weights.read(parts, work);
    }

    /**
     * Changes the values while nobody reads them, and calls {@link #changed()}.
     *
     * @param change is given {@link #values()}, to write to
     * @throws IllegalStateException while another thread {@linkplain #train trains} the same weights, or if this thread
     *     is reading them, as in what a model calls for each token that it writes
     */
    public void write(Consumer<Vec> change) {
        weights.write("Parameters.write", change);
    }

    /**
     * Runs code that trains: no other thread trains, or changes the values, before it returns. Reading goes on beside
     * it. What trains may call what trains on the same thread.
     *
     * @param what the operation, for the sentence that refuses another thread
     * @param work the code
     * @return what it returns
     * @param <T> type of the result
     * @throws IllegalStateException while another thread trains the same weights, or if this thread is reading them, as
     *     in what a model calls for each token that it writes
     */
    public <T> T train(String what, Supplier<T> work) {
        return weights.train(what, work);
    }

    Weights weights() {
        return weights;
    }

    /**
     * {@return all gradients, flat} Backward passes add to them. For a row-sparse parameter, they also name the rows in
     * {@link Parameter#rows()}.
     */
    public Vec gradients() {
        if (handedOut != cleared) {
            handedOut = cleared;
            list.forEach(Parameter::requireWritten);
        }
        return ownGradients();
    }

    /** The same array, for a parameter that records itself that it was handed out. */
    Vec ownGradients() {
        Vec own = gradients;
        if (own == null) {
            own = Vec.zeros(dtype(), count());
            gradients = own;
        }
        return own;
    }

    /** The number of clearings. */
    long cleared() {
        return cleared;
    }

    /**
     * Sets all gradients to zero. Code that reads or writes gradients afterwards must call {@link #gradients()} again.
     * The array is the same one, but a gradient is set to zero only when it is asked for, and not at all if a layer
     * overwrites it.
     */
    public void zeroGradients() {
        cleared++;
        for (Parameter p : rowSparse) {
            p.clear(gradients);
        }
    }

    /**
     * Adds the gradients of other registries over the same values, one after another, and sets those to zero.
     *
     * @param others registries that were declared {@linkplain Builder#over over} the same values
     */
    public void takeGradients(List<Parameters> others) {
        Vec sum = gradients();
        for (Parameters other : others) {
            Vec theirs = other.gradients();
            for (int i = 0; i < rowSparse.size(); i++) {
                rowSparse.get(i).rows().addAll(other.rowSparse.get(i).rows());
            }
            other.forEachTouched((at, n) -> sum.add(at, theirs, at, n));
            other.zeroGradients();
        }
    }

    /**
     * Visits the ranges of the flat arrays whose gradient may differ from zero: all except the untouched rows of
     * row-sparse parameters. Several threads visit at once ({@link Workers}), each other ranges.
     *
     * @param visitor called once for each range. Ranges do not overlap; long ones are cut into pieces
     */
    public void forEachTouched(RangeVisitor visitor) {
        Objects.requireNonNull(visitor, "visitor");
        pieces.begin();
        addTouched();
        pieces.visit(visitor);
    }

    /**
     * The sum of a figure over the same ranges as {@link #forEachTouched}, added up in the order of the ranges however
     * many threads there are.
     *
     * @param figure of a range; called by several threads at once
     * @return the sum
     */
    public double sumOverTouched(RangeFigure figure) {
        Objects.requireNonNull(figure, "figure");
        pieces.begin();
        addTouched();
        return pieces.sum(figure);
    }

    /**
     * Visits all elements of the flat arrays, in pieces, by several threads at once.
     *
     * @param visitor called once for each piece
     */
    public void forEachPiece(RangeVisitor visitor) {
        Objects.requireNonNull(visitor, "visitor");
        pieces.begin();
        pieces.add(0, count());
        pieces.visit(visitor);
    }

    private void addTouched() {
        int from = 0;
        for (Parameter p : rowSparse) {
            if (!p.rows().all()) { // otherwise it is part of the range around it
                pieces.add(from, p.offset() - from);
                p.forEachTouched(pieces::add);
                from = p.offset() + p.size();
            }
        }
        pieces.add(from, count() - from);
    }

    /** Receives ranges of the flat arrays. */
    @FunctionalInterface
    public interface RangeVisitor {
        /**
         * Receives elements {@code at} to {@code at + n - 1}.
         *
         * @param at index of the first element
         * @param n number of elements, above 0
         */
        void visit(int at, int n);
    }

    /** A figure of a range of the flat arrays. */
    @FunctionalInterface
    public interface RangeFigure {
        /**
         * The figure of elements {@code at} to {@code at + n - 1}.
         *
         * @param at index of the first element
         * @param n number of elements, above 0
         * @return e.g. the sum of their squares
         */
        double of(int at, int n);
    }

    /** Tells the layers that values have changed. */
    public void changed() {
        weights.changed();
    }

    /** {@return a number that grows with each {@link #changed()}} */
    public long version() {
        return weights.version();
    }

    /**
     * Draws all values again, in the order of declaration.
     *
     * @param rng the source of randomness
     */
    public void initialise(Rng rng) {
        Objects.requireNonNull(rng, "rng");
        write(values -> list.forEach(p -> p.init().fill(values, p.offset(), p.shape(), rng)));
    }

    /** A table with one line for each parameter: name, shape, count and norm; the last line is the total count. */
    @Override
    public String toString() {
        return read(this::table);
    }

    private String table() {
        StringBuilder text = new StringBuilder();
        for (Parameter p : list) {
            double norm = Math.sqrt(values().sumOfSquares(p.offset(), p.size()));
            text.append(String.format(
                    Locale.ROOT,
                    "%-28s %-14s %10d  norm %.4g%n",
                    p.name(),
                    java.util.Arrays.toString(p.shape()),
                    p.size(),
                    norm));
        }
        return text.append(String.format(Locale.ROOT, "%-28s %-14s %10d", "total", "", count()))
                .toString();
    }

    /** Collects declarations. A scope puts a prefix before each name. */
    public static final class Builder {
        private final String prefix;
        private final Map<String, Parameter> declared;

        private Builder(String prefix, Map<String, Parameter> declared) {
            this.prefix = prefix;
            this.declared = declared;
        }

        /**
         * Returns a builder of the same declaration with a longer prefix.
         *
         * @param name added to the prefix, followed by a dot
         * @return a builder that adds to this one
         */
        public Builder scope(String name) {
            Objects.requireNonNull(name, "name");
            return new Builder(prefix + name + ".", declared);
        }

        /**
         * Declares a parameter.
         *
         * @param name short name, e.g. {@code W_x}
         * @param axes the axes in words, separated by commas, with blocks after a colon: {@code D,4H:i|f|o|g}
         * @param init the initialiser of the values
         * @param shape sizes
         * @return the parameter; use it after {@link #build}
         * @throws IllegalArgumentException if the name is taken
         */
        public Parameter add(String name, String axes, Init init, int... shape) {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(axes, "axes");
            Objects.requireNonNull(init, "init");
            return add(new Parameter(prefix + name, axes, shape, init, false));
        }

        /**
         * Declares a parameter whose gradient has only a few rows that differ from zero, such as an embedding [V,E].
         *
         * @param name short name
         * @param axes the axes in words; the first axis is the rows
         * @param init the initialiser of the values
         * @param shape sizes
         * @return the parameter; use it after {@link #build}. Code that adds to its gradient must name the rows in
         *     {@link Parameter#rows()}
         * @throws IllegalArgumentException if the name is taken or the shape has no axis
         */
        public Parameter addRowSparse(String name, String axes, Init init, int... shape) {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(axes, "axes");
            Objects.requireNonNull(init, "init");
            if (shape.length == 0) {
                throw ShapeException.of(
                        "Parameters.addRowSparse(" + name + ")", "the shape", "[]", "a first axis of rows", "");
            }
            return add(new Parameter(prefix + name, axes, shape, init, true));
        }

        private Parameter add(Parameter parameter) {
            if (declared.putIfAbsent(parameter.name(), parameter) != null) {
                throw new IllegalArgumentException("Parameters: the name " + parameter.name() + " is declared twice.");
            }
            return parameter;
        }

        /**
         * Freezes the declaration, allocates the two flat arrays and draws the initial values.
         *
         * @param dtype element type
         * @param rng source of the initial values
         * @return the registry
         * @throws IllegalArgumentException if there are more weights than one array, or the Java heap, can hold
         */
        public Parameters build(Dtype dtype, Rng rng) {
            Objects.requireNonNull(rng, "rng");
            Parameters parameters = zeros(dtype);
            parameters.initialise(rng);
            return parameters;
        }

        /**
         * Freezes the declaration and allocates the flat array, for values that come from elsewhere: nothing is drawn.
         *
         * @param dtype element type
         * @return the registry, all values zero
         * @throws IllegalArgumentException if there are more weights than one array, or the Java heap, can hold
         */
        public Parameters zeros(Dtype dtype) {
            int total = WeightCount.of(declared(), dtype);
            return new Parameters(new LinkedHashMap<>(declared), new Weights(dtype, total, declared.size()));
        }

        /**
         * Freezes the declaration as a second registry over the values of another: what one of them changes is changed
         * for both, and the native copies are shared. Gradients are the registry's own. Nothing is drawn.
         *
         * @param other the registry whose values are shared; the same parameters were declared for it
         * @return the registry
         * @throws IllegalArgumentException if the declarations differ
         */
        public Parameters over(Parameters other) {
            List<Parameter> mine = declared();
            for (int i = 0; i < Math.max(mine.size(), other.list.size()); i++) {
                String found = i < mine.size() ? mine.get(i).toString() : "nothing";
                String expected = i < other.list.size() ? other.list.get(i).toString() : "nothing";
                if (i >= mine.size() || i >= other.list.size() || !mine.get(i).isLike(other.list.get(i))) {
                    throw new IllegalArgumentException("Parameters.over: parameter " + i + " is " + found
                            + ", expected " + expected
                            + " as in the registry that is shared; likely cause: a factory of layers that does not"
                            + " declare the same at each call.");
                }
            }
            return new Parameters(new LinkedHashMap<>(declared), other.weights);
        }

        /** {@return the parameters declared so far, in order} */
        public List<Parameter> declared() {
            return new ArrayList<>(declared.values());
        }
    }
}
