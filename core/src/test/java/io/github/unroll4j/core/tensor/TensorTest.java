// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class TensorTest {
    private static Tensor counting(Dtype dtype, int... shape) {
        Tensor tensor = Tensor.zeros(dtype, shape);
        for (int i = 0; i < tensor.data().length(); i++) {
            tensor.data().set(i, i);
        }
        return tensor;
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void elementsLieInRowMajorOrder(Dtype dtype) {
        Tensor tensor = counting(dtype, 2, 3, 4);

        assertThat(tensor.at(0, 0, 0)).isZero();
        assertThat(tensor.at(1, 2, 3)).isEqualTo(23);
        assertThat(tensor.at(1, 0, 2)).isEqualTo(14);
        assertThat(tensor.shape()).containsExactly(2, 3, 4);
        assertThat(tensor.size(1)).isEqualTo(3);
        assertThat(tensor).hasToString(dtype + "[2, 3, 4]");
    }

    @Test
    void rankZeroHoldsOneNumber() {
        Tensor scalar = Tensor.of(Vec.of(Dtype.DOUBLE, 7));

        assertThat(scalar.at()).isEqualTo(7);
        assertThat(scalar.shape()).isEmpty();
    }

    @Test
    void wrappingDoesNotCopyAndCopyDoes() {
        Vec data = Vec.of(Dtype.DOUBLE, 1, 2);
        Tensor tensor = Tensor.of(data, 2);
        Tensor copy = tensor.copy();
        data.set(0, 9);

        assertThat(tensor.at(0)).isEqualTo(9);
        assertThat(copy.at(0)).isEqualTo(1);
    }

    @Test
    void theShapeCannotBeChangedFromOutside() {
        int[] shape = {2, 3};
        Tensor tensor = Tensor.zeros(Dtype.FLOAT, shape);
        shape[0] = 7;
        tensor.shape()[1] = 7;

        assertThat(tensor.shape()).containsExactly(2, 3);
    }

    @Test
    void aShapeOfAnotherSizeIsRefused() {
        assertThatThrownBy(() -> Tensor.of(Vec.zeros(Dtype.FLOAT, 5), 2, 3))
                .isInstanceOf(ShapeException.class)
                .hasMessage("Tensor.of: data is 5 elements, expected the product of [2, 3].");
    }

    @Test
    void anIndexOutsideIsRefused() {
        Tensor tensor = counting(Dtype.FLOAT, 2, 3);

        for (int[] index : new int[][] {{2, 0}, {0, -1}, {0}, {0, 0, 0}, {}}) {
            assertThatThrownBy(() -> tensor.at(index))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("Tensor.at: the index is")
                    .hasMessageEndingWith("expected one inside [2, 3].");
        }
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void numbersCrossToNd4jAndBack(Dtype dtype) {
        Tensor tensor = counting(dtype, 2, 3, 4);
        try (INDArray array = tensor.toINDArray()) {
            assertThat(array.dataType()).isEqualTo(dtype == Dtype.FLOAT ? DataType.FLOAT : DataType.DOUBLE);
            assertThat(array.getDouble(1, 2, 3)).isEqualTo(23);
            array.putScalar(0, 0, 0, 99); // a copy: the tensor does not see it
            assertThat(tensor.at(0, 0, 0)).isZero();

            Tensor back = Tensor.of(array);
            assertThat(back.dtype()).isEqualTo(dtype);
            assertThat(back.shape()).containsExactly(2, 3, 4);
            assertThat(back.at(0, 0, 0)).isEqualTo(99);
            assertThat(back.at(1, 0, 2)).isEqualTo(14);
        }
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void viewsAndTransposedArraysAreReadByTheirShape(Dtype dtype) {
        try (INDArray array = counting(dtype, 3, 4).toINDArray()) {
            Tensor column = Tensor.of(array.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 3)));
            Tensor transposed = Tensor.of(array.transpose());

            assertThat(column.data().toDoubles()).containsExactly(1, 2, 5, 6, 9, 10);
            assertThat(transposed.data().toDoubles()).containsExactly(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
            assertThat(array.getDouble(2, 3)).isEqualTo(11);
        }
    }

    @Test
    void otherElementTypesAreRefused() {
        try (INDArray ints = Nd4j.zeros(DataType.INT32, 2)) {
            assertThatThrownBy(() -> Tensor.of(ints))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Tensor.of: the array has element type INT, expected FLOAT or DOUBLE.");
        }
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void emptyTensorsExist(Dtype dtype) {
        assertThat(Tensor.zeros(dtype, 0, 3).data().length()).isZero();
    }
}
