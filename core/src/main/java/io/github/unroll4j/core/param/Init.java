// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Vec;

/** How a parameter starts. */
@FunctionalInterface
public interface Init {
    /**
     * Writes initial values.
     *
     * @param values (Output) the flat array
     * @param at first element to write
     * @param shape sizes of the parameter
     * @param rng source of randomness
     */
    void fill(Vec values, int at, int[] shape, Rng rng);

    /** All zeros. */
    static Init zeros() {
        return constant(0);
    }

    /**
     * One value everywhere.
     *
     * @param value the value
     * @return the initialiser
     */
    static Init constant(double value) {
        return (values, at, shape, rng) -> values.fill(at, io.github.unroll4j.core.tensor.Shapes.count(shape), value);
    }
}
