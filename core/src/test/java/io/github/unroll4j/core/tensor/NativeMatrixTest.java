// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NativeMatrixTest {
    private final NativeArray memory = NativeArray.allocate(Dtype.FLOAT, 24);
    /** [4, 5] with stride 6; the element in row i and column j is 10 i + j, the gap is -1. */
    private final NativeMatrix matrix = memory.matrix(0, 4, 5, 6);

    NativeMatrixTest() {
        Vec all = Vec.zeros(Dtype.FLOAT, 24);
        for (int i = 0; i < 24; i++) {
            all.set(i, i % 6 == 5 ? -1 : 10 * (i / 6) + i % 6);
        }
        memory.matrix(0, 1, 24).put(all, 0);
    }

    @AfterEach
    void close() {
        memory.close();
    }

    /** 2^32 elements are 0 in an int, as if there were nothing to copy or to compute. */
    @Test
    void aViewOfMoreElementsThanAnIntCountsIsNotEmpty() {
        NativeMatrix huge = new NativeMatrix(memory, 0, 1 << 16, 1 << 16, 1 << 16);
        Vec heap = Vec.zeros(Dtype.FLOAT, 1);

        assertThat(huge.isEmpty()).isFalse();
        for (ThrowingCallable use :
                List.<ThrowingCallable>of(huge::size, () -> huge.put(heap, 0), () -> huge.get(heap, 0))) {
            assertThatThrownBy(use)
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("NativeMatrix.size: the view is [65536, 65536], expected at most 2^31-1 elements.");
        }
        assertThatThrownBy(() -> huge.product(huge, huge))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("the destination shares memory with an operand");
        assertThat(memory.matrix(0, 0, 5).isEmpty()).isTrue();
        assertThat(memory.matrix(0, 5, 0).isEmpty()).isTrue();
    }

    /** The numbers of a view of any layout: multiplied by one, since only dense views can be copied out. */
    private static double[] read(NativeMatrix view) {
        int n = view.cols();
        try (NativeArray scratch = NativeArray.allocate(Dtype.FLOAT, (long) n * n + view.size())) {
            Vec identity = Vec.zeros(Dtype.FLOAT, n * n);
            for (int i = 0; i < n; i++) {
                identity.set(i * n + i, 1);
            }
            NativeMatrix one = scratch.matrix(0, n, n);
            one.put(identity, 0);
            NativeMatrix copy = scratch.matrix((long) n * n, view.rows(), n);
            copy.product(view, one);
            Vec out = Vec.zeros(Dtype.FLOAT, view.size());
            copy.get(out, 0);
            return out.toDoubles();
        }
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void numbersCrossTheBorderAndBack(Dtype dtype) {
        try (NativeArray array = NativeArray.allocate(dtype, 10)) {
            NativeMatrix view = array.matrix(2, 2, 3);
            Vec out = Vec.zeros(dtype, 8);

            view.put(Vec.of(dtype, 9, 1, 2, 3, 4, 5, 6), 1);
            view.get(out, 2);

            assertThat(out.toDoubles()).containsExactly(0, 0, 1, 2, 3, 4, 5, 6);
        }
    }

    /** 5000 numbers are three windows, the last one in part. */
    @ParameterizedTest
    @EnumSource(Dtype.class)
    void numbersAreAddedToThoseOnTheHeap(Dtype dtype) {
        int n = 5000;
        try (NativeArray array = NativeArray.allocate(dtype, n + 2)) {
            Vec numbers = Vec.zeros(dtype, n);
            Vec target = Vec.zeros(dtype, n + 4);
            for (int i = 0; i < n; i++) {
                numbers.set(i, i % 1000);
            }
            target.fill(0, n + 4, 7);
            NativeMatrix view = array.matrix(2, 50, 100);
            view.put(numbers, 0);

            view.addTo(target, 3);
            view.addTo(target, 3);

            assertThat(target.get(2)).isEqualTo(7);
            assertThat(target.get(n + 3)).isEqualTo(7);
            for (int i = 0; i < n; i++) {
                assertThat(target.get(i + 3)).as("element %d", i).isEqualTo(7 + 2 * (i % 1000));
            }
            assertThatThrownBy(() -> view.addTo(target, 5)).hasMessageContaining("NativeMatrix.addTo");
            assertThatThrownBy(() -> view.t().addTo(target, 3)).hasMessageContaining("without gaps");
        }
    }

    @Test
    void factsFollowTheTransposition() {
        NativeMatrix t = matrix.t();

        assertThat(matrix).hasToString("[4, 5] stride 6");
        assertThat(t).hasToString("[5, 4] stride 6 transposed");
        assertThat(t.rows()).isEqualTo(5);
        assertThat(t.cols()).isEqualTo(4);
        assertThat(t.size()).isEqualTo(20);
        assertThat(t.stride()).isEqualTo(6);
        assertThat(t.transposed()).isTrue();
        assertThat(t.t().transposed()).isFalse();
        assertThat(t.dtype()).isEqualTo(Dtype.FLOAT);
    }

    @Test
    void blocksOfRowsAndColumns() {
        assertThat(read(matrix.rows(1, 2))).containsExactly(10, 11, 12, 13, 14, 20, 21, 22, 23, 24);
        assertThat(read(matrix.cols(3, 2))).containsExactly(3, 4, 13, 14, 23, 24, 33, 34);
        assertThat(read(matrix.cols(1, 2).rows(3, 1))).containsExactly(31, 32);
    }

    @Test
    void blocksOfATransposedOperandAreBlocksOfWhatItShows() {
        assertThat(read(matrix.t().rows(1, 1))).containsExactly(1, 11, 21, 31);
        assertThat(read(matrix.t().cols(2, 2))).containsExactly(20, 30, 21, 31, 22, 32, 23, 33, 24, 34);
    }

    @Test
    void blocksOutsideTheViewAreRefused() {
        NativeMatrix inner = memory.matrix(6, 2, 3, 6); // rows 1 and 2 of the memory, which has more around them

        for (Function<NativeMatrix, NativeMatrix> block : List.<Function<NativeMatrix, NativeMatrix>>of(
                v -> v.rows(1, 2),
                v -> v.rows(-1, 1),
                v -> v.rows(0, -1),
                v -> v.cols(2, 2),
                v -> v.cols(-1, 1),
                v -> v.t().rows(2, 2))) {
            assertThatThrownBy(() -> block.apply(inner))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageMatching("NativeMatrix\\.(rows|cols): the block is -?\\d \\+ -?\\d, expected one inside"
                            + " \\[\\d, \\d\\] stride 6( transposed)?\\.");
        }
    }

    @Test
    void onlyDenseViewsAreCopied() {
        Vec heap = Vec.zeros(Dtype.FLOAT, 24);

        for (NativeMatrix view :
                new NativeMatrix[] {matrix, memory.matrix(0, 4, 6).t()}) {
            assertThatThrownBy(() -> view.put(heap, 0))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("NativeMatrix.put: the view is " + view + ", expected one without gaps between rows.");
            assertThatThrownBy(() -> view.get(heap, 0)).isInstanceOf(ShapeException.class);
        }
    }

    @Test
    void theHeapSideIsCheckedBeforeMemoryIsTouched() {
        NativeMatrix dense = memory.matrix(0, 4, 6);
        Vec small = Vec.zeros(Dtype.FLOAT, 23);
        Vec other = Vec.zeros(Dtype.DOUBLE, 24);

        assertThatThrownBy(() -> dense.get(small, 0))
                .isInstanceOf(ShapeException.class)
                .hasMessage(
                        "NativeMatrix.get: the heap range is 24 elements at 0 of FLOAT[23], expected one inside it, of"
                                + " FLOAT.");
        assertThatThrownBy(() -> dense.put(small, 0)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> dense.get(Vec.zeros(Dtype.FLOAT, 30), 7)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> dense.get(Vec.zeros(Dtype.FLOAT, 30), -1)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> dense.put(other, 0)).isInstanceOf(ShapeException.class);
    }

    @Test
    void useAfterCloseIsRefused() {
        NativeMatrix dense = memory.matrix(0, 4, 6);
        memory.close();

        assertThatIllegalStateException().isThrownBy(() -> dense.put(Vec.zeros(Dtype.FLOAT, 24), 0));
        assertThatIllegalStateException().isThrownBy(() -> dense.get(Vec.zeros(Dtype.FLOAT, 24), 0));
        assertThatIllegalStateException().isThrownBy(dense::t);
    }
}
