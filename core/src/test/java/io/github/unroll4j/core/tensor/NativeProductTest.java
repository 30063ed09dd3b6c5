// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NativeProductTest {
    private static final int OFFSET = 3;

    /** A matrix inside a larger native array, with gaps between its rows, and the same numbers as a Java array. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Operand(NativeArray memory, NativeMatrix view, double[][] values) implements AutoCloseable {
        /** Random numbers; stored transposed and read through {@code t()} where {@code flipped}. */
        static Operand random(Dtype dtype, int rows, int cols, int gap, boolean flipped, SplittableRandom source) {
            int storedRows = flipped ? cols : rows;
            int storedCols = flipped ? rows : cols;
            int stride = storedCols + gap;
            int length = OFFSET + storedRows * stride + 1;
            NativeArray memory = NativeArray.allocate(dtype, length);
            Vec all = Vec.zeros(dtype, length);
            for (int i = 0; i < length; i++) {
                all.set(i, source.nextDouble(-1, 1));
            }
            memory.matrix(0, 1, length).put(all, 0);
            double[][] values = new double[rows][cols];
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < cols; j++) {
                    values[i][j] = all.get(OFFSET + (flipped ? j * stride + i : i * stride + j));
                }
            }
            NativeMatrix stored = memory.matrix(OFFSET, storedRows, storedCols, stride);
            return new Operand(memory, flipped ? stored.t() : stored, values);
        }

        double[] everything() {
            Vec all = Vec.zeros(memory.dtype(), (int) memory.length());
            memory.matrix(0, 1, all.length()).get(all, 0);
            return all.toDoubles();
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    /** Shapes and layout of one product. */
    private record Product(int m, int k, int n, int gap, boolean flipA, boolean flipB, boolean add) {}

    @Property(tries = 600, edgeCases = EdgeCasesMode.NONE)
    void productsEqualTheTripleLoop(
            @ForAll @IntRange(max = 9) int m,
            @ForAll @IntRange(max = 9) int k,
            @ForAll @IntRange(max = 9) int n,
            @ForAll @IntRange(max = 3) int gap,
            @ForAll boolean flipA,
            @ForAll boolean flipB,
            @ForAll boolean add,
            @ForAll long seed) {
        for (Dtype dtype : Dtype.values()) {
            check(dtype, new Product(m, k, n, gap, flipA, flipB, add), seed);
        }
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void everyRouteAtTheSizesOfALayer(Dtype dtype) {
        for (int m : new int[] {1, 2, 32}) {
            for (int n : new int[] {1, 100, 400}) {
                for (int flips = 0; flips < 4; flips++) {
                    boolean flipA = (flips & 1) != 0;
                    boolean flipB = (flips & 2) != 0;
                    check(dtype, new Product(m, 130, n, 0, flipA, flipB, false), 1);
                    check(dtype, new Product(m, 130, n, 7, flipA, flipB, true), 2);
                }
            }
        }
    }

    // blocks of 64 rows of the operands, of 128 and 64 of the destination, with and without a remainder of their own;
    // the last is beyond the nearer caches and is one product
    @ParameterizedTest
    @EnumSource(Dtype.class)
    void longSums(Dtype dtype) {
        for (boolean add : new boolean[] {false, true}) {
            check(dtype, new Product(128, 64, 128, 0, true, false, add), 3);
            check(dtype, new Product(40, 700, 64, 5, true, false, add), 4);
            check(dtype, new Product(200, 150, 150, 0, true, false, add), 5);
            check(dtype, new Product(129, 161, 97, 3, true, false, add), 6);
            check(dtype, new Product(257, 70, 257, 0, true, false, add), 7);
        }
    }

    @Test
    void aRemainderBelowHalfOfABlockIsPartOfTheLast() {
        assertThat(NativeMatrix.bounds(128, 64)).containsExactly(0, 64, 128);
        assertThat(NativeMatrix.bounds(159, 64)).containsExactly(0, 64, 159);
        assertThat(NativeMatrix.bounds(160, 64)).containsExactly(0, 64, 128, 160);
        assertThat(NativeMatrix.bounds(3, 64)).containsExactly(0, 3);
        assertThat(NativeMatrix.bounds(0, 64)).containsExactly(0, 0);
        assertThat(NativeMatrix.bounds(0, 0)).containsExactly(0, 0);
    }

    @Test
    void blocksAreKeptUntilOthersAreAskedFor() {
        try (NativeArray memory = NativeArray.allocate(Dtype.FLOAT, 60)) {
            NativeMatrix a = memory.matrix(0, 6, 10);
            NativeMatrix[] columns = a.inColumns(4);
            assertThat(columns).extracting(NativeMatrix::cols).containsExactly(4, 4, 2);
            assertThat(a.inColumns(4)).isSameAs(columns);
            assertThat(a.inColumns(5)).hasSize(2).isNotSameAs(columns);
            assertThat(a.t().inRows(4)).extracting(NativeMatrix::rows).containsExactly(4, 4, 2);
            assertThat(a.inRows(6)).containsExactly(a);
            NativeMatrix empty = memory.matrix(0, 6, 0); // one block, so that a sum over none is zero, not left out
            assertThat(empty.inColumns(0)).containsExactly(empty);
        }
    }

    private static void check(Dtype dtype, Product p, long seed) {
        SplittableRandom source = new SplittableRandom(seed);
        try (Operand a = Operand.random(dtype, p.m(), p.k(), p.gap(), p.flipA(), source);
                Operand b = Operand.random(dtype, p.k(), p.n(), p.gap(), p.flipB(), source);
                Operand c = Operand.random(dtype, p.m(), p.n(), p.gap(), false, source)) {
            double[] before = c.everything();
            if (p.add()) {
                c.view().addProduct(a.view(), b.view());
            } else {
                c.view().product(a.view(), b.view());
            }
            double[] after = c.everything();
            double[] expected = before.clone();
            int stride = p.n() + p.gap();
            for (int i = 0; i < p.m(); i++) {
                for (int j = 0; j < p.n(); j++) {
                    int at = OFFSET + i * stride + j;
                    expected[at] = p.add() ? before[at] : 0;
                    for (int l = 0; l < p.k(); l++) {
                        expected[at] += a.values()[i][l] * b.values()[l][j];
                    }
                }
            }
            // k products below 1, each rounded once, and k sums below k + 1 (Higham: k eps sum |a||b|), with slack 2
            double eps = dtype == Dtype.FLOAT ? 0x1p-24 : 0x1p-53;
            assertThat(after).containsExactly(expected, within(2 * (p.k() + 1) * (p.k() + 1) * eps));
            // between the rows and around the view nothing is written, not even the same number rounded anew
            for (int at = 0; at < after.length; at++) {
                boolean around = at < OFFSET || at >= OFFSET + p.m() * stride;
                if (around || (at - OFFSET) % stride >= p.n()) {
                    assertThat(after[at]).isEqualTo(before[at]);
                }
            }
        }
    }

    @Test
    void anEmptySumIsZero() {
        try (NativeArray memory = NativeArray.allocate(Dtype.FLOAT, 10)) {
            for (int m : new int[] {1, 2}) {
                NativeMatrix c = memory.matrix(0, m, 3);
                c.put(Vec.of(Dtype.FLOAT, 1, 2, 3, 4, 5, 6), 0);
                c.addProduct(memory.matrix(6, m, 0), memory.matrix(7, 0, 3));
                Vec kept = Vec.zeros(Dtype.FLOAT, m * 3);
                c.get(kept, 0);
                assertThat(kept.get(m * 3 - 1)).isEqualTo(m * 3);

                c.product(memory.matrix(6, m, 0), memory.matrix(7, 0, 3));
                c.get(kept, 0);
                assertThat(kept.toDoubles()).containsOnly(0);
            }
        }
    }

    @Test
    void nanReachesTheProduct() {
        try (NativeArray memory = NativeArray.allocate(Dtype.DOUBLE, 12)) {
            for (int m : new int[] {1, 2}) {
                NativeMatrix a = memory.matrix(0, m, 2);
                NativeMatrix b = memory.matrix(4, 2, 1);
                NativeMatrix c = memory.matrix(6, m, 1);
                a.put(Vec.of(Dtype.DOUBLE, 0, 0, 0, 0), 0);
                b.put(Vec.of(Dtype.DOUBLE, Double.NaN, 1), 0);
                c.put(Vec.of(Dtype.DOUBLE, Double.NaN, Double.NaN), 0);

                c.product(a, b);

                Vec out = Vec.zeros(Dtype.DOUBLE, m);
                c.get(out, 0);
                assertThat(out.get(m - 1)).isNaN();

                // and what was in the destination does not
                b.put(Vec.of(Dtype.DOUBLE, 1, 1), 0);
                c.product(a, b);
                c.get(out, 0);
                assertThat(out.toDoubles()).containsOnly(0);
            }
        }
    }

    @Test
    void shapesThatDoNotFitAreRefused() {
        try (NativeArray memory = NativeArray.allocate(Dtype.FLOAT, 100)) {
            NativeMatrix a = memory.matrix(0, 2, 3);
            NativeMatrix b = memory.matrix(10, 4, 5);
            NativeMatrix c = memory.matrix(40, 2, 5, 6);

            assertThatThrownBy(() -> c.product(a, b))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage(
                            "NativeMatrix.product: C = A·B is [2, 5] stride 6 = [2, 3] · [4, 5], expected [m, n] = [m,"
                                    + " k] · [k, n] with a destination of its own.");
            assertThatThrownBy(() -> c.product(b, a)).isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> memory.matrix(40, 3, 5).product(a, b)).isInstanceOf(ShapeException.class);
        }
    }

    @Test
    void aTransposedDestinationIsRefused() {
        try (NativeArray memory = NativeArray.allocate(Dtype.FLOAT, 100)) {
            NativeMatrix square = memory.matrix(0, 2, 2);

            assertThatThrownBy(() -> memory.matrix(40, 2, 2).t().product(square, memory.matrix(10, 2, 2)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("[2, 2] transposed = ");
        }
    }

    @Test
    void aDestinationThatIsAnOperandIsRefused() {
        try (NativeArray memory = NativeArray.allocate(Dtype.FLOAT, 100)) {
            NativeMatrix a = memory.matrix(0, 2, 2);
            NativeMatrix b = memory.matrix(4, 2, 2);

            for (NativeMatrix c : new NativeMatrix[] {a, b, memory.matrix(0, 2, 2)}) {
                assertThatThrownBy(() -> c.addProduct(a, b.t()))
                        .isInstanceOf(ShapeException.class)
                        .hasMessageEndingWith("; likely cause: the destination shares memory with an operand.");
            }
        }
    }

    @Test
    void elementTypesDoNotMix() {
        try (NativeArray floats = NativeArray.allocate(Dtype.FLOAT, 8);
                NativeArray doubles = NativeArray.allocate(Dtype.DOUBLE, 8)) {
            NativeMatrix a = floats.matrix(0, 2, 2);
            NativeMatrix b = doubles.matrix(0, 2, 2);

            assertThatThrownBy(() -> floats.matrix(4, 2, 2).product(a, b))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageEndingWith("; likely cause: FLOAT and DOUBLE are mixed.");
        }
    }

    @Test
    void useAfterCloseIsRefused() {
        NativeArray open = NativeArray.allocate(Dtype.FLOAT, 100);
        NativeArray closed = NativeArray.allocate(Dtype.FLOAT, 100);
        NativeMatrix a = open.matrix(0, 2, 2);
        NativeMatrix b = open.matrix(10, 2, 2);
        NativeMatrix gone = closed.matrix(20, 2, 2);
        closed.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> gone.product(a, b))
                .withMessageStartingWith(
                        "NativeArray: used after close(), expected memory that is open; likely cause: ");
        assertThatIllegalStateException().isThrownBy(() -> a.product(gone, b));
        assertThatIllegalStateException().isThrownBy(() -> a.product(b, gone));
        open.close();
    }
}
