// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.param.Parameters;
import java.util.Objects;

/**
 * Makes the recurrent layers of a model once their sizes are known.
 *
 * @since 0.1.0
 */
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
     * The size of an output of these layers, which is not H where a cell projects it.
     *
     * @param hidden units H
     * @return the size
     */
    default int outputSize(int hidden) {
        try (Recurrent layer = create(1, hidden, Parameters.builder())) {
            return layer.outputSize();
        }
    }

    /**
     * The same layers with other regularisers of the recurrent path. The layers of {@code CellLayers.of} take them;
     * others do not, unless their factory overrides this.
     *
     * @param noise of every layer
     * @return the factory, this one for {@link RecurrentNoise#NONE} unless overridden
     * @throws IllegalArgumentException if the layers take none
     */
    default LayerFactory with(RecurrentNoise noise) {
        Objects.requireNonNull(noise, "noise");
        if (!noise.equals(RecurrentNoise.NONE)) {
            throw new IllegalArgumentException("LayerFactory.with: " + noise
                    + " was asked for, expected none: these layers are not made of a Cell, whose two runners have regularisers on the"
                    + " recurrent path.");
        }
        return this;
    }

    /**
     * The same layers run in the plain loop, {@code Unrolled}, with the same parameters. The layers of {@code
     * CellLayers.of} can be; others cannot, unless their factory overrides this.
     *
     * @return the factory
     * @throws IllegalArgumentException if the layers are not made of a cell
     */
    default LayerFactory plain() {
        throw new IllegalArgumentException("LayerFactory.plain: these layers are not made of a Cell, expected those of"
                + " CellLayers.of, which run in the engine or in the plain loop.");
    }
}
