// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.engine.Unrolled;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.CellCatalog;
import io.github.unroll4j.models.testing.LayerCase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine's trace is the plain loop's, name by name and array by array, for every cell. */
class TraceEngineTest {
    private static final int D = 3;
    /** Some tens of roundings of 6e-8 each. */
    private static final double FLOAT_TOLERANCE = 1e-5;

    static List<CellCatalog.Entry> cells() {
        return CellCatalog.all();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void isThePlainLoops(CellCatalog.Entry cell) {
        for (Lengths lengths : List.of(Lengths.full(5, 3), Lengths.full(2, 1), Lengths.of(5, 2, 0, 3))) {
            compare(cell, lengths, Dtype.DOUBLE, CellCheck.EQUAL_TOLERANCE);
            compare(cell, lengths, Dtype.FLOAT, FLOAT_TOLERANCE);
        }
    }

    private static void compare(CellCatalog.Entry cell, Lengths lengths, Dtype dtype, double tolerance) {
        try (Built<HoistedLayer> engine =
                        Built.of(dtype, 1, p -> new HoistedLayer(cell.make().apply(4), D, p));
                Built<Unrolled> plain =
                        Built.of(dtype, 1, p -> new Unrolled(cell.make().apply(4), D, RecurrentNoise.NONE, p))) {
            LayerCase pass = LayerCase.random(engine.layer(), dtype, lengths, Rng.seeded(2));
            Map<String, double[]> fast = arrays(engine.layer(), pass);
            assertThat(fast).containsKeys("h", "dh");
            assertClose(fast, arrays(plain.layer(), pass), tolerance);
        }
    }

    private static Map<String, double[]> arrays(Recurrent layer, LayerCase pass) {
        Trace trace = Trace.on();
        Run run = layer.forward(pass.x(), pass.s0(), pass.pass().with(trace));
        layer.backward(run, Sequence.of(pass.dH()), pass.dLast());
        Map<String, double[]> arrays = new TreeMap<>();
        trace.arrays().forEach((name, array) -> {
            assertThat(array.dtype()).as(name).isEqualTo(run.H().rows().dtype());
            arrays.put(name, array.data().toDoubles());
        });
        return new LinkedHashMap<>(arrays);
    }
}
