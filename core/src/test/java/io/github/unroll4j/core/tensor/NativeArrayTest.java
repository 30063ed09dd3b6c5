// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NativeArrayTest {
    @ParameterizedTest
    @EnumSource(Dtype.class)
    void memoryIsCountedUntilItIsClosed(Dtype dtype) {
        long before = Backend.held();
        NativeArray array = NativeArray.allocate(dtype, 1000);

        assertThat(array.bytes()).isEqualTo(1000L * dtype.bytes());
        assertThat(Backend.held()).isEqualTo(before + array.bytes());

        array.close();
        array.close();
        assertThat(Backend.held()).isEqualTo(before);
    }

    @Test
    void anEmptyArrayExists() {
        try (NativeArray array = NativeArray.allocate(Dtype.FLOAT, 0)) {
            assertThat(array.length()).isZero();
            assertThat(array.matrix(0, 0, 5).size()).isZero();
        }
    }

    @Test
    void aNegativeLengthIsRefused() {
        long before = Backend.held();

        assertThatThrownBy(() -> NativeArray.allocate(Dtype.FLOAT, -1))
                .isInstanceOf(ShapeException.class)
                .hasMessage("NativeArray.allocate: length is -1, expected 0 or more.");
        assertThat(Backend.held()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 2, 3, 3",
        "0, -1, 3, 3",
        "0, 2, -3, 3",
        "0, 2, 3, 2",
        "0, 3, 3, 4",
        "5, 2, 3, 3",
        "11, 0, 3, 3",
        "9223372036854775807, 2, 3, 3",
        "0, 2147483647, 2147483647, 2147483647"
    })
    void viewsOutsideTheMemoryAreRefused(long offset, int rows, int cols, int stride) {
        try (NativeArray array = NativeArray.allocate(Dtype.DOUBLE, 10)) {
            assertThatThrownBy(() -> array.matrix(offset, rows, cols, stride))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("NativeArray.matrix: a view is [" + rows + ", " + cols + "] at " + offset
                            + " with stride " + stride + ", expected one inside 10 elements.");
        }
    }

    @Test
    void theLastRowNeedsNoGap() {
        try (NativeArray array = NativeArray.allocate(Dtype.DOUBLE, 10)) {
            assertThat(array.matrix(1, 3, 1, 4).size()).isEqualTo(3);
        }
    }

    @Test
    void aClosedArrayGivesNoViews() {
        NativeArray array = NativeArray.allocate(Dtype.FLOAT, 10);
        array.close();

        assertThatIllegalStateException().isThrownBy(() -> array.matrix(0, 1, 10));
    }
}
