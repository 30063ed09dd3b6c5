// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativeRowsTest {
    private static final int W = 2;

    /** What is written block by block is what the operands over one step and over all have. */
    @ParameterizedTest
    @CsvSource({"3, 1, 2", "3, 1, 1", "3, 2, 2", "1, 2, 3", "3, 2, 1"})
    void operandsAreMadeOfTheBlocks(int T, int B, int G) {
        try (NativeRows rows = new NativeRows(G, W)) {
            rows.resize(Dtype.DOUBLE, 5, 2);
            rows.resize(Dtype.DOUBLE, T, B);
            for (int t = 0; t < T; t++) {
                Vec[] blocks = new Vec[G];
                Vec[] read = new Vec[G];
                for (int g = 0; g < G; g++) {
                    blocks[g] = Vec.zeros(Dtype.DOUBLE, B * W);
                    blocks[g].fill(0, B * W, 10 * t + g);
                    read[g] = Vec.zeros(Dtype.DOUBLE, B * W);
                }
                rows.put(t, blocks);
                rows.get(t, read);
                rows.addTo(t, blocks);
                for (int g = 0; g < G; g++) {
                    assertThat(read[g].toDoubles()).hasSize(B * W).containsOnly(10 * t + g);
                    assertThat(blocks[g].toDoubles()).containsOnly(2 * (10 * t + g));
                }
                assertThat(rows.step(t)).isSameAs(rows.step(t));
            }
            int parts = B == 1 ? 1 : G;
            assertThat(rows.all()).hasSize(parts).isSameAs(rows.all());
            for (int i = 0; i < parts; i++) {
                int first = i;
                int wide = B == 1 ? G : 1;
                double[] expected = Arrays.stream(new int[T * B * wide * W])
                        .asDoubleStream()
                        .toArray();
                for (int k = 0; k < expected.length; k++) {
                    expected[k] = 10 * (k / (B * wide * W)) + first + k / W % wide;
                }
                assertThat(numbers(rows.all()[i])).containsExactly(expected);
                assertThat(numbers(rows.first(1)[i])).containsExactly(Arrays.copyOf(expected, B * wide * W));
                int last = (T - 1) * B * wide * W;
                assertThat(numbers(rows.step(T - 1)[i]))
                        .containsExactly(Arrays.copyOfRange(expected, last, expected.length));
            }
            assertThat(rows.first(1)).isSameAs(rows.first(1));
            assertThat(rows.first(T)).isSameAs(rows.all());
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> rows.step(T));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> rows.first(T + 1));
        }
    }

    private static double[] numbers(NativeMatrix matrix) {
        Vec heap = Vec.zeros(matrix.dtype(), matrix.size());
        matrix.get(heap, 0);
        return heap.toDoubles();
    }

    @Test
    void memoryIsKeptForTheMostRowsAndViewsForTheSameBatch() {
        long held = Backend.held();
        NativeRows rows = new NativeRows(2, W);
        assertThatIllegalStateException().isThrownBy(rows::all).withMessageContaining("used before resize");
        rows.resize(Dtype.FLOAT, 3, 2);
        NativeMatrix step = rows.step(1)[0];
        for (int[] tb : new int[][] {{2, 2}, {3, 2}}) {
            rows.resize(Dtype.FLOAT, tb[0], tb[1]);
            assertThat(rows.step(1)[0]).isSameAs(step);
            assertThat(Backend.held() - held).isEqualTo(2 * 6 * W * Float.BYTES);
        }
        rows.resize(Dtype.FLOAT, 6, 1);
        assertThat(rows.all()[0].rows()).isEqualTo(6);
        assertThat(Backend.held() - held).isEqualTo(2 * 6 * W * Float.BYTES);
        rows.resize(Dtype.FLOAT, 7, 1);
        assertThat(Backend.held() - held).isEqualTo(2 * 7 * W * Float.BYTES);
        rows.close();
        rows.close();
        assertThat(Backend.held()).isEqualTo(held);
        assertThatIllegalStateException().isThrownBy(rows::all);
    }

    @Test
    void rowsOfOthersKeepTheirSizeAndTheirMemory() {
        try (NativeArray memory = NativeArray.allocate(Dtype.DOUBLE, 12)) {
            NativeMatrix all = memory.matrix(0, 6, W);
            NativeRows rows = new NativeRows(all, 3, 2);
            rows.resize(Dtype.DOUBLE, 3, 2);
            assertThat(rows.all()[0]).isSameAs(all);
            assertThat(rows.step(2)[0].rows()).isEqualTo(2);
            assertThat(rows.first(2)[0].rows()).isEqualTo(4);
            assertThatIllegalStateException().isThrownBy(() -> rows.resize(Dtype.DOUBLE, 2, 2));
            rows.close();
            assertThat(rows.all()[0].owner()).isSameAs(memory);
        }
    }
}
