// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.param.Init;
import java.util.List;
import java.util.Optional;

/**
 * What a score is made of: from it {@link Attention} declares parameters and lays out memory.
 *
 * @param name stable short name, e.g. {@code additive}; the scope of the parameter names
 * @param size width A of a query row and a key row, as the score sees them
 * @param query the map from the decoder's state [H] to a query row [A]; empty where the state itself is the query, A = H
 * @param key the map from an annotation [M] to a key row [A]; empty where the annotation itself is the key, A = M
 * @param readsKeys whether the score looks at keys at all; false for one that goes by position alone
 * @param vectors parameters with one number per element of a row, [A], e.g. v_a
 */
public record ScoreSpec(
        String name,
        int size,
        Optional<LinearMap> query,
        Optional<LinearMap> key,
        boolean readsKeys,
        List<Vector> vectors) {
    /**
     * A linear map.
     *
     * @param name name of its weights, e.g. {@code W_a}
     * @param init how they start
     */
    public record LinearMap(String name, Init init) {}

    /**
     * A parameter [A].
     *
     * @param name e.g. {@code v_a}
     * @param init how it starts
     */
    public record Vector(String name, Init init) {}

    /** Copies the list; checks the name, the size, and that a map to keys has a score that reads them. */
    public ScoreSpec {
        vectors = List.copyOf(vectors);
        if (name.isBlank()) {
            throw new IllegalArgumentException("ScoreSpec: the name is '" + name
                    + "', expected a short word, the scope of the parameters' names.");
        }
        if (size < 1) {
            throw new IllegalArgumentException("ScoreSpec(" + name + "): size is " + size + ", expected 1 or more.");
        }
        if (!readsKeys && key.isPresent()) {
            throw new IllegalArgumentException("ScoreSpec(" + name + "): there is a map to keys, "
                    + key.get().name()
                    + ", but the score says that it reads none; expected readsKeys to be true, or no map.");
        }
    }
}
