// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.internal.SlabMap;
import io.github.unroll4j.models.sequence.Slab;

/**
 * The input map of every token, made before any of them is read.
 *
 * <pre>
 * zx = x W_x with x = E[id]      is row id of E W_x: one product of [V,E] with W_x for each version of the weights
 * </pre>
 *
 * <p>For layers that only read: the way back needs x itself.
 */
final class TokenTable {
    private final Parameter E;
    private final Parameter W_x;
    private Vec rows = Vec.zeros(Dtype.FLOAT, 0);
    private long version = -1;

    /**
     * A table that is not made yet.
     *
     * @param E vectors of the tokens [V,E]
     * @param W_x map of the layer [E,G·H], of the same registry
     */
    TokenTable(Parameter E, Parameter W_x) {
        this.E = E;
        this.W_x = W_x;
    }

    /** The number of tokens V. */
    int tokens() {
        return E.size(0);
    }

    /** E W_x by the weights as they are now, row-major [V,G·H]. */
    Vec rows() {
        long now = E.owner().version();
        if (version != now) {
            make();
            version = now;
        }
        return rows;
    }

    private void make() {
        Dtype dtype = E.owner().dtype();
        int V = E.size(0);
        try (Slab x = new Slab(E.size(1));
                Slab z = new Slab(W_x.size(1));
                SlabMap map = new SlabMap(W_x)) {
            x.resize(dtype, V, 1).write().copy(0, E.values(), E.offset(), E.size());
            map.forward(V, x.rows(), z.resize(dtype, V, 1).target());
            if (rows.length() != z.size() || rows.dtype() != dtype) {
                rows = Vec.zeros(dtype, z.size());
            }
            z.get(rows);
        }
    }

    /** Forgets the rows. */
    void close() {
        rows = Vec.zeros(Dtype.FLOAT, 0);
        version = -1;
    }
}
