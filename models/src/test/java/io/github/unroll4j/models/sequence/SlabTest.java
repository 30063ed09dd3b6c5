// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A slab of 2 steps of 1 row of 3 numbers: which side holds them, and what is copied when. */
class SlabTest {
    private static final double[] NUMBERS = {1, 2, 3, 4, 5, 6};
    private static final Vec VEC = Vec.of(Dtype.DOUBLE, NUMBERS);

    private final long held = Backend.held();
    private final Slab slab = new Slab(3).resize(Dtype.DOUBLE, 2, 1);

    @AfterEach
    void closeFreesEverythingAndMayBeCalledTwice() {
        slab.close();
        slab.close();
        assertThat(Backend.held()).isEqualTo(held);
    }

    private static double[] numbers(NativeMatrix matrix) {
        Vec heap = Vec.zeros(matrix.dtype(), matrix.size());
        matrix.get(heap, 0);
        return heap.toDoubles();
    }

    @Test
    void whatIsWrittenOnTheHeapIsCopiedOnceToNativeMemory() {
        slab.write();
        slab.put(VEC);
        assertThat(slab.read().toDoubles()).containsExactly(NUMBERS);
        assertThat(Backend.held()).as("no native side before it is asked for").isEqualTo(held);
        assertThat(slab.copied()).isZero();

        assertThat(numbers(slab.rows())).containsExactly(NUMBERS);
        slab.rows();
        slab.read();
        assertThat(slab.copied()).isEqualTo(6);
    }

    @Test
    void whatIsWrittenNativelyIsCopiedOnceToTheHeap() {
        slab.target().put(VEC, 0);
        slab.rows();
        assertThat(slab.copied()).isZero();

        assertThat(slab.read().toDoubles()).containsExactly(NUMBERS);
        slab.read();
        slab.rows();
        assertThat(slab.copied()).isEqualTo(6);
    }

    @Test
    void aChangeOnTheHeapIsSeenNatively() {
        slab.target().put(VEC, 0);
        slab.change().set(0, 7);

        assertThat(numbers(slab.rows())).containsExactly(7, 2, 3, 4, 5, 6);
        assertThat(slab.copied()).isEqualTo(12);
    }

    @Test
    void aNewPassOverwritesEitherSide() {
        slab.write();
        slab.put(VEC);
        slab.rows();
        slab.write().set(0, 7);
        assertThat(numbers(slab.rows())).startsWith(7);
        slab.target().put(VEC, 0);
        assertThat(slab.read().get(0)).isEqualTo(1);
        assertThat(slab.clear().read().toDoubles()).containsOnly(0);
        assertThat(numbers(slab.rows())).containsOnly(0);
    }

    /** One step, and all of them, go to and come from the side that holds the numbers. */
    @Test
    void stepsAreWrittenAndReadWhereTheNumbersAre() {
        Vec row = Vec.of(Dtype.DOUBLE, 7, 8, 9);
        Vec got = Vec.zeros(Dtype.DOUBLE, 3);
        for (boolean onHeap : new boolean[] {true, false}) {
            long before = slab.copied();
            if (onHeap) {
                slab.write();
            } else {
                slab.target();
            }
            slab.put(VEC);
            slab.put(1, row);
            slab.get(1, got);
            assertThat(got.toDoubles()).containsExactly(7, 8, 9);
            slab.addTo(1, got, Vec.zeros(Dtype.DOUBLE, 3));
            assertThat(got.toDoubles()).containsExactly(14, 16, 18);
            Vec all = Vec.zeros(Dtype.DOUBLE, 6);
            slab.get(all);
            slab.addTo(all);
            assertThat(all.toDoubles()).containsExactly(2, 4, 6, 14, 16, 18);
            assertThat(slab.copied() - before).isEqualTo(onHeap ? 0 : 6 + 3 * 3 + 2 * 6);
            assertThat(slab.toTensor().data().toDoubles()).containsExactly(1, 2, 3, 7, 8, 9);
            assertThat(numbers(slab.step(1))).hasSize(3);
        }
    }

    @Test
    void stepsBehindTheFirstBecomeZero() {
        slab.target().put(VEC, 0);
        assertThat(numbers(slab.first(1))).containsExactly(1, 2, 3);
        slab.zeroFrom(1);
        assertThat(slab.read().toDoubles()).containsExactly(1, 2, 3, 0, 0, 0);
    }

    /** Memory for the most rows serves all passes; the views of one size are made once. */
    @Test
    void memoryIsKeptForTheMostRows() {
        for (int[] tb : new int[][] {{2, 3}, {1, 1}, {3, 2}, {6, 1}, {2, 3}}) {
            slab.resize(Dtype.DOUBLE, tb[0], tb[1]).clear();
            assertThat(slab.rows().rows()).isEqualTo(tb[0] * tb[1]);
            assertThat(slab.rows()).isSameAs(slab.rows());
            assertThat(slab.step(0)).isSameAs(slab.step(0));
            assertThat(slab.step(0).rows()).isEqualTo(tb[1]);
            assertThat(slab.read().length()).isEqualTo(18);
            assertThat(Backend.held() - held).isEqualTo(18 * Double.BYTES);
        }
        assertThat(slab.resize(Dtype.FLOAT, 1, 1).clear().read().dtype()).isEqualTo(Dtype.FLOAT);
        assertThat(slab.rows().dtype()).isEqualTo(Dtype.FLOAT);
    }

    @Test
    void aSlabOverATensorIsTheTensorsNumbers() {
        Tensor X = Tensor.of(VEC.copy(), 2, 1, 3);
        Slab over = new Slab(X);
        assertThat(over.read()).isSameAs(X.data());
        assertThatIllegalStateException().isThrownBy(over::rows).withMessageContaining("no native side");
        assertThatIllegalStateException().isThrownBy(() -> over.resize(Dtype.DOUBLE, 1, 1));

        Slab read = over.withRows(slab);
        assertThat(read).isSameAs(slab);
        assertThat(numbers(read.rows())).containsExactly(NUMBERS);
        X.data().set(0, 7);
        assertThat(numbers(over.withRows(slab).rows()))
                .as("the tensor's owner may write it")
                .startsWith(7);
        assertThat(slab.withRows(new Slab(3))).isSameAs(slab);
    }

    @Test
    void aSlabOverNativeRowsShowsWhatItsOwnerWrites() {
        try (NativeArray memory = NativeArray.allocate(Dtype.DOUBLE, 6)) {
            NativeMatrix rows = memory.matrix(0, 2, 3);
            Slab over = new Slab(rows, 2, 1);
            rows.put(VEC, 0);
            assertThat(over.read().toDoubles()).containsExactly(NUMBERS);
            rows.put(Vec.zeros(Dtype.DOUBLE, 6), 0);
            assertThat(over.read().toDoubles()).containsOnly(0);
            assertThat(over.rows()).isSameAs(rows);
            assertThat(over.step(1)).isSameAs(over.step(1));
            assertThatIllegalStateException().isThrownBy(over::write).withMessageContaining("written natively");
            assertThatIllegalStateException().isThrownBy(over::change);
            over.close();
            assertThat(over.toTensor().data().toDoubles()).containsOnly(0);
            assertThatThrownBy(() -> new Slab(rows, 2, 2))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("[T·B = 2·2, W]");
        }
    }

    @Test
    void moreNumbersThanAnIntCountsAreRefused() {
        try (Slab large = new Slab(1 << 16)) {
            assertThatThrownBy(() -> large.resize(Dtype.FLOAT, 1 << 10, 1 << 5).write())
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("[1024, 32, 65536], expected at most 2^31-1 elements");
            assertThat(Backend.held()).isEqualTo(held);
        }
    }

    @Test
    void whatHasNoRowsIsRefused() {
        Slab fresh = new Slab(3);
        assertThatIllegalStateException()
                .isThrownBy(fresh::read)
                .withMessageStartingWith("Slab: it has no rows, expected resize first; likely cause: the slab, or");
        slab.clear().rows();
        slab.close();
        assertThatIllegalStateException()
                .isThrownBy(slab::rows)
                .withMessageStartingWith("Slab: it has no rows, expected resize first; likely cause: the slab, or");
        assertThat(Backend.held()).isEqualTo(held);
    }

    /** Behind the last step lies, where the slab had more rows before, what another pass has left. */
    @Test
    void stepsThatAreNotThereAreRefusedOnEitherSide() {
        Vec row = Vec.zeros(Dtype.DOUBLE, 3);
        slab.resize(Dtype.DOUBLE, 5, 1).clear().rows();
        slab.resize(Dtype.DOUBLE, 2, 1);
        for (boolean onHeap : new boolean[] {true, false}) {
            if (onHeap) {
                slab.write();
            } else {
                slab.target();
            }
            for (int t : new int[] {-1, 2, 4}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> slab.get(t, row))
                        .withMessage("Slab.get: step " + t + " was asked for, expected 0 to 1.");
                assertThatIllegalArgumentException().isThrownBy(() -> slab.put(t, row));
                assertThatIllegalArgumentException().isThrownBy(() -> slab.addTo(t, row, row.copy()));
                assertThatIllegalArgumentException().isThrownBy(() -> slab.step(t));
            }
            for (int n : new int[] {-1, 3}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> slab.getFirst(n, Vec.zeros(Dtype.DOUBLE, 9)))
                        .withMessage("Slab.getFirst: the first " + n + " steps were asked for, expected 0 to 2.");
                assertThatIllegalArgumentException().isThrownBy(() -> slab.first(n));
                assertThatIllegalArgumentException().isThrownBy(() -> slab.zeroFrom(n));
            }
        }
    }

    @Test
    void aGradientHasTheSameShapeAndType() {
        Sequence right = Sequence.of(Tensor.of(VEC, 2, 1, 3));
        assertThat(slab.requireGradient("here", "d", "W", right).read()).isSameAs(VEC);
        assertThatThrownBy(() -> slab.requireGradient("here", "d", "W", of(Dtype.DOUBLE, 2, 1, 4)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("here: d is [2, 1, 4], expected [T=2, B=1, W=3].");
        assertThatThrownBy(() -> slab.requireGradient("here", "d", "W", of(Dtype.DOUBLE, 1, 2, 3)))
                .hasMessage("here: d is [1, 2, 3], expected [T=2, B=1, W=3];"
                        + " likely cause: it belongs to another pass than the latest forward.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> slab.requireGradient("here", "d", "W", of(Dtype.FLOAT, 2, 1, 3)))
                .withMessage("here: d is FLOAT, expected DOUBLE as the parameters are.");
    }

    private static Sequence of(Dtype dtype, int... shape) {
        return Sequence.of(Tensor.zeros(dtype, shape));
    }

    @Test
    void tokensAreNoNumbers() {
        ShapeException.Axis[] axes = {
            ShapeException.axis("T", 2), ShapeException.axis("B", 1), ShapeException.axis("W", 3)
        };
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sequence.ids(new int[] {1, 2}, 2, 1).numbers("here", "X", Dtype.DOUBLE, "", axes))
                .withMessage("here: X is token ids, expected numbers [T,B,W].");
    }
}
