// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.engine.Unrolled;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import java.util.Map;
import java.util.function.Function;

/**
 * A layer with weights of its own, every one shaken off its start, equal for equal seeds.
 *
 * @param layer the layer, closed with this
 * @param parameters its weights
 */
public record Built<L extends Recurrent>(L layer, Parameters parameters) implements AutoCloseable {

    /** Declares, builds and shakes. */
    public static <L extends Recurrent> Built<L> of(Dtype dtype, long seed, Function<Parameters.Builder, L> declare) {
        Parameters.Builder p = Parameters.builder();
        L layer = declare.apply(p);
        Rng rng = Rng.seeded(seed);
        Parameters parameters = p.build(dtype, rng);
        LayerCase.shake(parameters, rng);
        return new Built<>(layer, parameters);
    }

    /** The engine over a cell, in double. */
    public static Built<HoistedLayer> engine(Cell cell, int inputSize) {
        return of(Dtype.DOUBLE, 1, p -> new HoistedLayer(cell, inputSize, p));
    }

    /** The plain loop over a cell, in double. */
    public static Built<Unrolled> plain(Cell cell, int inputSize) {
        return of(Dtype.DOUBLE, 1, p -> new Unrolled(cell, inputSize, RecurrentNoise.NONE, p));
    }

    /** Every output, state and gradient of one pass forward and back. */
    public Map<String, double[]> outcome(LayerCase pass) {
        return pass.outcome(layer, parameters);
    }

    @Override
    public void close() {
        layer.close();
    }
}
