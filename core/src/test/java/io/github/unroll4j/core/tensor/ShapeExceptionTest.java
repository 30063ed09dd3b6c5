// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static io.github.unroll4j.core.tensor.ShapeException.axis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapeExceptionTest {
    private static final ShapeException.Axis[] TBD = {axis("T", 20), axis("B", -1), axis("D", 64)};

    @Test
    void aFittingShapePasses() {
        assertThatCode(() -> ShapeException.require("f", "X", new int[] {20, 7, 64}, TBD, ""))
                .doesNotThrowAnyException();
    }

    @Test
    void theMessageNamesPlaceArgumentAxesAndCause() {
        assertThatThrownBy(() -> ShapeException.require(
                        "HoistedLayer(lstm).forward", "X", new int[] {20, 32, 65}, TBD, "the vocabulary changed"))
                .isInstanceOf(ShapeException.class)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("HoistedLayer(lstm).forward: X is [20, 32, 65], expected [T=20, B, D=64]; likely cause: the"
                        + " vocabulary changed.");
    }

    @Test
    void withoutACauseTheSentenceEnds() {
        assertThatThrownBy(() -> ShapeException.require("f", "X", new int[] {20, 32}, TBD, ""))
                .hasMessage("f: X is [20, 32], expected [T=20, B, D=64].");
    }

    @Test
    void countIsTheProduct() {
        assertThat(Tensor.elements()).isEqualTo(1);
        assertThat(Tensor.elements(2, 3, 4)).isEqualTo(24);
        assertThat(Tensor.elements(5, 0)).isZero();
        assertThat(Tensor.elements(Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"-1, 2, 'sizes of 0 or more'", "65536, 32768, 'at most 2^31-1 elements'"})
    void impossibleShapesAreRefused(int rows, int cols, String expected) {
        assertThatThrownBy(() -> Tensor.elements(rows, cols))
                .isInstanceOf(ShapeException.class)
                .hasMessage("Tensor: a shape is [" + rows + ", " + cols + "], expected " + expected + ".");
    }
}
