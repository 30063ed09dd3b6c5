// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.cell.PointwiseCell;
import java.util.function.IntFunction;

/** Layers of a pointwise cell, run by the engine. */
record HoistedFactory(IntFunction<? extends PointwiseCell> cell, RecurrentNoise noise) implements LayerFactory {
    @Override
    public Recurrent create(int inputSize, int hidden, Parameters.Builder p) {
        return new HoistedLayer(cell.apply(hidden), inputSize, noise, p);
    }

    @Override
    public LayerFactory with(RecurrentNoise other) {
        return new HoistedFactory(cell, other);
    }
}
