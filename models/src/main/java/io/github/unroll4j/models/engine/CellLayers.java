// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import java.util.function.IntFunction;

/**
 * Layers of a cell, run by the engine or in the plain loop.
 *
 * @param cell makes the cell for a number of units H
 * @param noise regularisers of the recurrent path
 * @param inPlainLoop whether {@link Unrolled} runs it, or {@link HoistedLayer}
 * @since 0.1.0
 */
public record CellLayers(IntFunction<? extends Cell> cell, RecurrentNoise noise, boolean inPlainLoop)
        implements LayerFactory {
    /**
     * Layers of a cell, run by the engine.
     *
     * @param cell makes the cell for a number of units H
     * @return the factory
     */
    public static LayerFactory of(IntFunction<? extends Cell> cell) {
        return new CellLayers(cell, RecurrentNoise.NONE, false);
    }

    @Override
    public Recurrent create(int inputSize, int hidden, Parameters.Builder p) {
        Cell made = cell.apply(hidden);
        return inPlainLoop ? new Unrolled(made, inputSize, noise, p) : new HoistedLayer(made, inputSize, noise, p);
    }

    @Override
    public LayerFactory with(RecurrentNoise other) {
        return new CellLayers(cell, other, inPlainLoop);
    }

    @Override
    public LayerFactory plain() {
        return new CellLayers(cell, noise, true);
    }
}
