// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VecTest {
    /** Two vectors of the same numbers in both element types, and where an operation works on them. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Case(double[] here, double[] there, int at, int from, int n) {
        static Case of(long seed, int n, int at, int from) {
            SplittableRandom source = new SplittableRandom(seed);
            // rounded to float, so that both forms start from the same numbers
            return new Case(
                    source.doubles(at + n + 3, -2, 2).map(x -> (float) x).toArray(),
                    source.doubles(from + n + 2, -2, 2).map(x -> (float) x).toArray(),
                    at,
                    from,
                    n);
        }

        double[] run(Dtype dtype, BiConsumer<Vec, Vec> operation) {
            Vec result = Vec.of(dtype, here);
            operation.accept(result, Vec.of(dtype, there));
            return result.toDoubles();
        }

        /** Both forms give what plain Java gives; float within the rounding of a product and a sum below 8. */
        void check(BiConsumer<Vec, Vec> operation, Consumer<double[]> plain) {
            double[] expected = here.clone();
            plain.accept(expected);
            assertThat(run(Dtype.DOUBLE, operation)).isEqualTo(expected);
            assertThat(run(Dtype.FLOAT, operation)).containsExactly(expected, within(8 * 0x1p-23));
        }
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void theLoopsDoWhatTheySay(
            @ForAll long seed,
            @ForAll @IntRange(max = 40) int n,
            @ForAll @IntRange(max = 5) int at,
            @ForAll @IntRange(max = 5) int from) {
        Case c = Case.of(seed, n, at, from);
        double[] x = c.there();

        c.check((v, w) -> v.add(at, w, from, n), y -> each(n, k -> y[at + k] += x[from + k]));
        c.check((v, w) -> v.addScaled(at, 0.75, w, from, n), y -> each(n, k -> y[at + k] += 0.75 * x[from + k]));
        c.check((v, w) -> v.scale(at, n, -1.25), y -> each(n, k -> y[at + k] *= -1.25));
        c.check((v, w) -> v.multiply(at, w, from, n), y -> each(n, k -> y[at + k] *= x[from + k]));
        c.check(
                (v, w) -> v.clamp(at, n, -0.5, 1),
                y -> each(n, k -> y[at + k] = Math.min(1, Math.max(-0.5, y[at + k]))));
        c.check((v, w) -> v.fill(at, n, 0.5), y -> Arrays.fill(y, at, at + n, 0.5));
        c.check((v, w) -> v.copy(at, w, from, n), y -> System.arraycopy(x, from, y, at, n));
        c.check((v, w) -> v.clear(), y -> Arrays.fill(y, 0));
    }

    /** Ranges that are added as they lie, and those that are brought to index 0 in pieces of 1024. */
    @ParameterizedTest
    @ValueSource(ints = {127, 128, 1024, 1025, 3000})
    void longRangesAreAddedFromWhereverTheyBegin(int n) {
        for (int at : new int[] {0, 3}) {
            for (int from : new int[] {0, 3, 5}) {
                Case c = Case.of(n, n, at, from);
                double[] x = c.there();
                c.check((v, w) -> v.add(at, w, from, n), y -> each(n, k -> y[at + k] += x[from + k]));
            }
        }
    }

    private static void each(int n, IntConsumer body) {
        for (int k = 0; k < n; k++) {
            body.accept(k);
        }
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void aTransposedCopyExchangesRowsAndColumns(
            @ForAll @IntRange(max = 20) int rows,
            @ForAll @IntRange(max = 20) int cols,
            @ForAll @IntRange(max = 3) int gap,
            @ForAll @IntRange(max = 3) int from) {
        int stride = cols + gap;
        for (Dtype dtype : Dtype.values()) {
            Vec x = Vec.zeros(dtype, from + rows * stride);
            for (int i = 0; i < x.length(); i++) {
                x.set(i, i);
            }
            Vec result = Vec.zeros(dtype, rows * cols + 1);
            result.fill(0, result.length(), -1);

            result.copyTransposed(x, from, stride, cols, rows);

            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < cols; c++) {
                    assertThat(result.get(c * rows + r)).isEqualTo(from + r * stride + c);
                }
            }
            assertThat(result.get(rows * cols)).isEqualTo(-1);
        }
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void sumsAreAccumulatedInDouble(
            @ForAll long seed, @ForAll @IntRange(max = 60) int n, @ForAll @IntRange(max = 5) int at) {
        double[] x = Case.of(seed, n, at, 0).here();
        double sum = 0;
        double squares = 0;
        for (int k = at; k < at + n; k++) {
            sum += x[k];
            squares += x[k] * x[k];
        }
        for (Dtype dtype : Dtype.values()) {
            // only the order of the additions differs: 60 roundings of numbers below 240
            assertThat(Vec.of(dtype, x).sum(at, n)).isCloseTo(sum, within(60 * 240 * Math.ulp(1.0)));
            assertThat(Vec.of(dtype, x).sumOfSquares(at, n)).isCloseTo(squares, within(60 * 240 * Math.ulp(1.0)));
        }
    }

    @Test
    void aFloatSumDoesNotLoseSmallNumbers() {
        Vec many = Vec.zeros(Dtype.FLOAT, 1_000_000);
        many.fill(0, many.length(), 0.1f);

        // a float accumulator would be 0.1 % off by then
        assertThat(many.sum(0, many.length())).isCloseTo(1_000_000 * (double) 0.1f, within(1e-6));
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void nanAndInfinitySurviveSumsAndClamps(Dtype dtype) {
        Vec v = Vec.of(dtype, 1, Double.NaN, Double.POSITIVE_INFINITY, 0, 0, 0);

        assertThat(v.sum(0, 6)).isNaN();
        assertThat(v.sumOfSquares(0, 6)).isNaN();
        assertThat(v.sumOfSquares(2, 4)).isInfinite();
        v.clamp(0, 6, -1, 1);
        assertThat(v.toDoubles()).containsExactly(1, Double.NaN, 1, 0, 0, 0);
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void aCopyIsIndependent(Dtype dtype) {
        Vec v = Vec.of(dtype, 1, 2);
        Vec copy = v.copy();
        copy.set(0, 9);

        assertThat(v.get(0)).isEqualTo(1);
        assertThat(copy.dtype()).isEqualTo(dtype);
        assertThat(copy.toDoubles()).containsExactly(9, 2);
    }

    @Test
    void valuesAreRoundedToTheElementType() {
        assertThat(Vec.of(Dtype.FLOAT, 0.1).get(0)).isEqualTo(0.1f);
        assertThat(Vec.of(Dtype.DOUBLE, 0.1).get(0)).isEqualTo(0.1);
    }

    @Test
    void wrappingDoesNotCopy() {
        float[] floats = {1};
        double[] doubles = {1};

        Vec.wrap(floats).set(0, 2);
        Vec.wrap(doubles).set(0, 3);

        assertThat(floats).containsExactly(2);
        assertThat(doubles).containsExactly(3);
        assertThat(Vec.wrap(floats).floats()).isSameAs(floats);
        assertThat(Vec.wrap(doubles).doubles()).isSameAs(doubles);
    }

    @Test
    void theStorageOfTheOtherTypeIsRefused() {
        assertThatThrownBy(() -> Vec.zeros(Dtype.DOUBLE, 3).floats())
                .isInstanceOf(ShapeException.class)
                .hasMessage("Vec.floats: the vector is DOUBLE[3], expected one of FLOAT.");
        assertThatThrownBy(() -> Vec.zeros(Dtype.FLOAT, 3).doubles())
                .isInstanceOf(ShapeException.class)
                .hasMessage("Vec.doubles: the vector is FLOAT[3], expected one of DOUBLE.");
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void positionsOutsideAreRefused(Dtype dtype) {
        Vec v = Vec.zeros(dtype, 4);

        assertThatThrownBy(() -> v.add(2, v.copy(), 0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> v.copy(2, v.copy(), 0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> v.sum(2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** Short ranges and long ones alike. */
    @ParameterizedTest
    @EnumSource(Dtype.class)
    void rangesThatOverlapInPartAreNotAdded(Dtype dtype) {
        for (int n : new int[] {3, 300}) {
            Vec v = Vec.zeros(dtype, 2 * n);
            v.fill(0, 2 * n, 1);
            v.add(n, v, 0, n);
            v.addScaled(0, 2, v, n, n);
            v.add(0, v, 0, n);
            assertThat(v.get(0)).isEqualTo(10);
            assertThat(v.get(n)).isEqualTo(2);
            assertThatThrownBy(() -> v.add(1, v, 0, n))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Vec.add: " + n + " elements from 0 on are added to those of the same vector from 1 on,"
                            + " expected the same elements, or others; what is added would depend on the order.");
            assertThatThrownBy(() -> v.addScaled(0, 1, v, n - 1, n)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void elementTypesDoNotMix() {
        Vec floats = Vec.zeros(Dtype.FLOAT, 2);
        Vec doubles = Vec.zeros(Dtype.DOUBLE, 2);

        assertThatThrownBy(() -> floats.add(0, doubles, 0, 2)).isInstanceOf(ClassCastException.class);
        assertThatThrownBy(() -> doubles.copy(0, floats, 0, 2)).isInstanceOf(ArrayStoreException.class);
    }
}
