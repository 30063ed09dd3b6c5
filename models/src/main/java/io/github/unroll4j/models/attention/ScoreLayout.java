// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.param.Init;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Score} is made of: its maps, parameters and quantities, each declared once. A declaration of a
 * parameter or a quantity gives a handle, by which {@link Pairs} hands out its array.
 *
 * <p>From a layout {@link Attention} declares parameters and lays out memory. Once it has, nothing can be added any
 * more.
 *
 * @since 0.1.0
 */
public final class ScoreLayout {
    private final String name;
    private final int size;
    private final List<Vector> vectors = new ArrayList<>();
    private final List<Scratch> scratch = new ArrayList<>();
    private @Nullable LinearMap query;
    private @Nullable LinearMap key;
    private boolean readsKeys = true;
    private boolean closed;

    /**
     * Begins a layout of a score whose query is the decoder's state itself and whose keys are the annotations
     * themselves, unless {@link #query} and {@link #key} say otherwise.
     *
     * @param name stable short name, e.g. {@code additive}; the scope of the parameters' names
     * @param size width A of a query row and a key row, as the score sees them
     * @throws IllegalArgumentException if the name is blank or A is below 1
     */
    public ScoreLayout(String name, int size) {
        if (name.isBlank() || size < 1) {
            throw new IllegalArgumentException("ScoreLayout: the name is '" + name + "' and the size " + size
                    + ", expected a short word, the scope of the parameters' names, and 1 or more.");
        }
        this.name = name;
        this.size = size;
    }

    /** A handle: the name of one array of rows of A, and its place among its kind. */
    public abstract static sealed class Handle {
        final ScoreLayout layout;
        private final String name;
        final int index;

        Handle(ScoreLayout layout, String name, int index) {
            this.layout = layout;
            this.name = name;
            this.index = index;
        }

        /** {@return the name, e.g. {@code v_a}} */
        public String name() {
            return name;
        }

        @Override
        public final String toString() {
            return layout.name + "." + name;
        }
    }

    /** A parameter with one number for each element of a row, [A]. */
    public static final class Vector extends Handle {
        final Init init;

        private Vector(ScoreLayout layout, String name, Init init) {
            super(layout, name, layout.vectors.size());
            this.init = init;
        }
    }

    /** A quantity [B,A] between q, key and e, which forward and backward make anew wherever they need it. */
    public static final class Scratch extends Handle {
        private Scratch(ScoreLayout layout, String name) {
            super(layout, name, layout.scratch.size());
        }
    }

    /** A linear map by the name of its weights. */
    record LinearMap(String name, Init init) {}

    /**
     * Declares the map from the decoder's state [H] to a query row [A]. Without one, the state itself is the query, A =
     * H.
     *
     * @param weights name of its weights [H,A], e.g. {@code W_a}
     * @param init how they start
     * @return this
     */
    public ScoreLayout query(String weights, Init init) {
        Objects.requireNonNull(weights, "weights");
        Objects.requireNonNull(init, "init");
        requireFree(weights, query != null);
        query = new LinearMap(weights, init);
        return this;
    }

    /**
     * Declares the map from an annotation [M] to a key row [A]. Without one, the annotation itself is the key, A = M.
     *
     * @param weights name of its weights [M,A], e.g. {@code U_a}
     * @param init how they start
     * @return this
     */
    public ScoreLayout key(String weights, Init init) {
        Objects.requireNonNull(weights, "weights");
        Objects.requireNonNull(init, "init");
        requireFree(weights, key != null || !readsKeys);
        key = new LinearMap(weights, init);
        return this;
    }

    /**
     * Says that the score goes by position alone and looks at no keys.
     *
     * @return this
     */
    public ScoreLayout withoutKeys() {
        requireFree("withoutKeys", key != null);
        readsKeys = false;
        return this;
    }

    /**
     * Declares a parameter with one number for each element of a row, [A].
     *
     * @param vector its name, e.g. {@code v_a}
     * @param init how it starts
     * @return the handle
     */
    public Vector vector(String vector, Init init) {
        Objects.requireNonNull(vector, "vector");
        Objects.requireNonNull(init, "init");
        requireFree(vector, vectors.stream().anyMatch(v -> v.name().equals(vector)));
        Vector handle = new Vector(this, vector, init);
        vectors.add(handle);
        return handle;
    }

    /**
     * Declares a quantity of the score's own, [B,A], for which there is an array and one for its gradient.
     *
     * @param quantity its name in the equations, e.g. {@code u}
     * @return the handle
     */
    public Scratch scratch(String quantity) {
        Objects.requireNonNull(quantity, "quantity");
        requireFree(quantity, scratch.stream().anyMatch(s -> s.name().equals(quantity)));
        Scratch handle = new Scratch(this, quantity);
        scratch.add(handle);
        return handle;
    }

    private void requireFree(String what, boolean taken) {
        if (closed) {
            throw new IllegalStateException(
                    this + ": " + what + " came after attention was made of this layout; expected all"
                            + " declarations in the constructor of the score.");
        }
        if (what.isBlank() || taken) {
            throw new IllegalArgumentException(
                    this + ": '" + what + "' is declared, expected a name, each once, at most one"
                            + " map of the query and one of the keys, and none of these for a score without keys.");
        }
    }

    /** Closes the layout, for whoever lays out memory by it. */
    ScoreLayout close() {
        closed = true;
        return this;
    }

    /** {@return the score's name} */
    public String name() {
        return name;
    }

    /** {@return the width A of a query row and a key row} */
    public int size() {
        return size;
    }

    /** {@return whether the score looks at keys at all} */
    public boolean readsKeys() {
        return readsKeys;
    }

    /** {@return the parameters [A], in the order of declaration} */
    public List<Vector> vectors() {
        return Collections.unmodifiableList(vectors);
    }

    /** {@return the quantities of its own, in the order of declaration} */
    public List<Scratch> scratch() {
        return Collections.unmodifiableList(scratch);
    }

    Optional<LinearMap> query() {
        return Optional.ofNullable(query);
    }

    Optional<LinearMap> key() {
        return Optional.ofNullable(key);
    }

    @Override
    public String toString() {
        return "ScoreLayout(" + name + ")";
    }
}
