// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.gru;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.sequence.Unrolled;
import java.util.List;
import org.junit.jupiter.api.Test;

class GruResetBeforeCellTest {
    @Test
    void keepsTheContractInBothPolarities() {
        for (GruFormulation formulation : List.of(GruFormulation.CHO_2014, GruFormulation.BAHDANAU_2014)) {
            CellCheck.verifyLayer(
                    "gru " + formulation.update(),
                    4,
                    (inputSize, hidden, p) ->
                            new Unrolled<>(new GruResetBeforeCell(hidden, inputSize, formulation, p)));
        }
    }

    @Test
    void refusesAFormulationThatResetsAfterTheProduct() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GruResetBeforeCell(4, 3, GruFormulation.PYTORCH, Parameters.builder()))
                .withMessageContaining("AFTER")
                .withMessageContaining("BEFORE");
    }
}
