// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.core.param.Init;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CellSpecTest {
    @ParameterizedTest
    @CsvSource({"g, g, g", "g, c, c", "h, g, h"})
    void twoArraysOfOneNameAreRefused(String first, String second, String twice) {
        var start = new CellSpec.Start(Init.zeros(), Init.zeros(), Init.zeros());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CellSpec(
                        "odd",
                        CellSpec.Affine.SUMMED,
                        List.of("g"),
                        List.of("h", "c"),
                        List.of(first, second),
                        List.of(),
                        start))
                .withMessage("CellSpec(odd): " + twice
                        + " is saved twice, or is a part of the state [h, c] too; expected a name for each, under which a"
                        + " trace shows it.");
    }
}
