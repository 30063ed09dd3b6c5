// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cells.GruFormulation.Reset;
import io.github.unroll4j.models.cells.GruFormulation.Update;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.engine.Unrolled;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.Row;
import io.github.unroll4j.models.testing.Rows;
import io.github.unroll4j.models.testing.Textbook;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GruResetBeforeCellTest {
    private static final int D = 3;
    private static final int H = 5;

    static Stream<Arguments> formulations() {
        return Stream.of(Update.values())
                .flatMap(update -> Stream.of(Layout.Biases.values())
                        .map(biases -> arguments(new GruFormulation(update, Reset.BEFORE, biases))));
    }

    @ParameterizedTest
    @MethodSource("formulations")
    void keepsTheContractInBothPolarities(GruFormulation formulation) {
        for (int hidden : new int[] {1, 4}) {
            CellCheck.verify(() -> new GruResetBeforeCell(hidden, formulation));
        }
    }

    /**
     * Cho et al. (2014), equations 5 to 8 of the third version; Bahdanau et al. (2014), appendix A.1, where z writes.
     */
    private static Textbook.Step paper(GruFormulation formulation) {
        return (w, x, prev) -> {
            Row h_prev = prev.h();
            Row r = fromInput(formulation, w, x, 0)
                    .plus(h_prev.into(w.matrix("gru.W_h", 0, H)))
                    .sigmoid();
            Row z = fromInput(formulation, w, x, 1)
                    .plus(h_prev.into(w.matrix("gru.W_h", 1, H)))
                    .sigmoid();
            Row n = fromInput(formulation, w, x, 2)
                    .plus(r.times(h_prev).into(w.matrix("gru.U_n", 0, H)))
                    .tanh();
            Row keep = formulation.update() == Update.KEEPS ? z : z.fromOne();
            return Rows.of(keep.times(h_prev).plus(keep.fromOne().times(n)));
        };
    }

    private static Row fromInput(GruFormulation formulation, Textbook w, Row x, int block) {
        Row a = x.into(w.matrix("gru.W_x", block, H));
        return switch (formulation.biases()) {
            case NONE -> a;
            case ONE -> a.plus(w.vector("gru.b", block, H));
            case TWO -> a.plus(w.vector("gru.b", block, H)).plus(w.vector("gru.b_h", block, H));
        };
    }

    @ParameterizedTest
    @MethodSource("formulations")
    void equalsThePaperInOutputsAndGradients(GruFormulation formulation) {
        try (Built<HoistedLayer> engine = Built.engine(new GruResetBeforeCell(H, formulation), D);
                Built<Unrolled> plain = Built.plain(new GruResetBeforeCell(H, formulation), D)) {
            Textbook.assertTwin(engine, paper(formulation));
            Textbook.assertTwin(plain, paper(formulation));
        }
    }

    @Test
    void namesItsParametersAndTheirAxes() {
        GruFormulation two = new GruFormulation(Update.KEEPS, Reset.BEFORE, Layout.Biases.TWO);
        try (Built<HoistedLayer> layer = Built.engine(new GruResetBeforeCell(H, two), D);
                Built<HoistedLayer> cho = Built.engine(new GruResetBeforeCell(H, GruFormulation.CHO_2014), D)) {
            assertThat(layer.parameters().list())
                    .map(Parameter::toString)
                    .containsExactly(
                            "gru.W_x[3, 15] (D,3H:r|z|n)",
                            "gru.W_h[5, 10] (H,2H:r|z)",
                            "gru.U_n[5, 5] (H,H)",
                            "gru.b[15] (3H:r|z|n)",
                            "gru.b_h[15] (3H:r|z|n)");
            assertThat(cho.parameters().list())
                    .as("the papers have no bias")
                    .map(Parameter::name)
                    .containsExactly("gru.W_x", "gru.W_h", "gru.U_n");
        }
    }

    @Test
    void startsWithAnOrthogonalU_nAndZeroBiases() {
        Parameters.Builder p = Parameters.builder();
        new HoistedLayer(new GruResetBeforeCell(H, GruFormulation.NOTEBOOK_CHAR), D, p).close();
        Parameters parameters = p.build(Dtype.DOUBLE, Rng.seeded(5));

        assertThat(parameters.get("gru.b").valuesCopy()).containsOnly(0);
        double[] U = parameters.get("gru.U_n").valuesCopy();
        for (int i = 0; i < H; i++) {
            for (int j = 0; j < H; j++) {
                double product = 0;
                for (int k = 0; k < H; k++) {
                    product += U[i * H + k] * U[j * H + k];
                }
                assertThat(product).isCloseTo(i == j ? 1 : 0, within(1e-12));
            }
        }
    }

    @Test
    void refusesAFormulationThatResetsAfterTheProduct() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GruResetBeforeCell(4, GruFormulation.PYTORCH))
                .withMessageContaining("AFTER")
                .withMessageContaining("BEFORE");
    }
}
