// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.CellCatalog;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.RecurrentCheck;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecurrentNoiseTest {
    static List<CellCatalog.Entry> cells() {
        return CellCatalog.all();
    }

    private static final List<RecurrentNoise> NOISES = List.of(
            new RecurrentNoise(0.4, 0, 0, 0),
            new RecurrentNoise(0, 0.4, 0, 0),
            new RecurrentNoise(0, 0, 0.4, 0),
            new RecurrentNoise(0, 0, 0.3, 0.5),
            new RecurrentNoise(0.3, 0.3, 0.3, 0.3));

    @ParameterizedTest
    @MethodSource("cells")
    void gradients(CellCatalog.Entry cell) {
        for (RecurrentNoise noise : NOISES) {
            for (Lengths lengths : List.of(Lengths.of(5, 4, 0, 3), Lengths.full(3, 1))) {
                try (Built<HoistedLayer> built = Built.of(
                        Dtype.DOUBLE, 1, p -> new HoistedLayer(cell.make().apply(4), 3, noise, p))) {
                    LayerCase pass = LayerCase.random(built.layer(), Dtype.DOUBLE, lengths, Rng.seeded(2));
                    for (LayerCase each : List.of(pass, pass.withNoise(3))) {
                        assertThat(RecurrentCheck.of(built.layer(), built.parameters(), each)
                                        .full()
                                        .passed(CellCheck.GRADIENT_TOLERANCE))
                                .isTrue();
                    }
                }
            }
        }
    }
}
