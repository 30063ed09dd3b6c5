// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import java.util.Objects;
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
     * Requires what is not optional.
     *
     * @param cell {@link #cell()}
     * @param noise {@link #noise()}
     * @param inPlainLoop {@link #inPlainLoop()}
     */
    public CellLayers {
        Objects.requireNonNull(cell, "cell");
        Objects.requireNonNull(noise, "noise");
    }

    /**
     * Layers of a cell, run by the engine.
     *
     * @param cell makes the cell for a number of units H
     * @return the factory
     */
    public static LayerFactory of(IntFunction<? extends Cell> cell) {
        Objects.requireNonNull(cell, "cell");
        return new CellLayers(cell, RecurrentNoise.NONE, false);
    }

    @Override
    public Recurrent create(int inputSize, int hidden, Parameters.Builder p) {
        Cell made = Objects.requireNonNull(cell.apply(hidden), "CellLayers: what makes the cell gave null");
        Layout layout = made.layout();
        if (layout.hidden() != hidden && layout.h().size() != hidden) { // of a cell that projects, either may be meant
            throw new IllegalArgumentException("CellLayers: the cell " + layout.name() + " has " + layout.hidden()
                    + " units, expected the " + hidden
                    + " that were asked for; likely cause: what makes the cell does not use the number it is given.");
        }
        return inPlainLoop ? new Unrolled(made, inputSize, noise, p) : new HoistedLayer(made, inputSize, noise, p);
    }

    @Override
    public LayerFactory with(RecurrentNoise noise) {
        return new CellLayers(cell, noise, inPlainLoop);
    }

    @Override
    public LayerFactory plain() {
        return new CellLayers(cell, noise, true);
    }
}
