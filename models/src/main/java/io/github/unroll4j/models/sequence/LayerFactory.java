// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.cell.PointwiseCell;
import java.util.function.IntFunction;

/** Makes the recurrent layers of a model once their sizes are known. */
@FunctionalInterface
public interface LayerFactory {
    /**
     * Declares one layer.
     *
     * @param inputSize size of an input row D
     * @param hidden units H
     * @param p where to declare the parameters
     * @return the layer
     */
    Recurrent create(int inputSize, int hidden, Parameters.Builder p);

    /**
     * The same layers with other regularisers of the recurrent path. The layers of {@link #of} take them; others do not, unless
     * their factory overrides this.
     *
     * @param noise of every layer
     * @return the factory, this one for {@link RecurrentNoise#NONE} unless overridden
     * @throws IllegalArgumentException if the layers take none
     */
    default LayerFactory with(RecurrentNoise noise) {
        if (!noise.equals(RecurrentNoise.NONE)) {
            throw new IllegalArgumentException("LayerFactory.with: " + noise
                    + " was asked for, expected none: these layers are not made of a pointwise cell, and only the engine that"
                    + " runs such cells has regularisers on the recurrent path.");
        }
        return this;
    }

    /**
     * Layers of a pointwise cell, run by the engine.
     *
     * @param cell makes the cell for a number of units
     * @return the factory
     */
    static LayerFactory of(IntFunction<? extends PointwiseCell> cell) {
        return of(cell, RecurrentNoise.NONE);
    }

    /**
     * Layers of a pointwise cell, run by the engine, with regularisers of the recurrent path.
     *
     * @param cell makes the cell for a number of units
     * @param noise of every layer
     * @return the factory
     */
    static LayerFactory of(IntFunction<? extends PointwiseCell> cell, RecurrentNoise noise) {
        return new HoistedFactory(cell, noise);
    }
}
