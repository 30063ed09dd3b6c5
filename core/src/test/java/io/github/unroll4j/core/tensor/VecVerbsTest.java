// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The verbs of the papers against the same equation on single numbers, in both element types, also in place. */
class VecVerbsTest {
    /** (receiver before, three operands) to the receiver after. */
    @FunctionalInterface
    interface Equation {
        double of(double y, double a, double b, double c);
    }

    /** The same in verbs. */
    @FunctionalInterface
    interface Verb {
        Vec on(Vec y, Vec a, Vec b, Vec c);
    }

    record Case(String name, Verb verb, Equation equation) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> verbs() {
        return Stream.of(
                new Case("set", (y, a, b, c) -> y.set(a), (y, a, b, c) -> a),
                new Case("sum", (y, a, b, c) -> y.sum(a, b), (y, a, b, c) -> a + b),
                new Case("add", (y, a, b, c) -> y.add(a), (y, a, b, c) -> y + a),
                new Case("difference", (y, a, b, c) -> y.difference(a, b), (y, a, b, c) -> a - b),
                new Case("product", (y, a, b, c) -> y.product(a, b), (y, a, b, c) -> a * b),
                new Case("addProduct", (y, a, b, c) -> y.addProduct(a, b), (y, a, b, c) -> y + a * b),
                new Case("product", (y, a, b, c) -> y.product(0.75, a), (y, a, b, c) -> 0.75 * a),
                new Case("addProduct", (y, a, b, c) -> y.addProduct(0.75, a), (y, a, b, c) -> y + 0.75 * a),
                new Case("productComplement", (y, a, b, c) -> y.productComplement(a, b), (y, a, b, c) -> a * (1 - b)),
                new Case(
                        "addProductComplement",
                        (y, a, b, c) -> y.addProductComplement(a, b),
                        (y, a, b, c) -> y + a * (1 - b)),
                new Case("mix", (y, a, b, c) -> y.mix(a, b, c), (y, a, b, c) -> a * b + (1 - a) * c),
                new Case("sigmoid", (y, a, b, c) -> y.sigmoid(a), (y, a, b, c) -> 1 / (1 + Math.exp(-a))),
                new Case("tanh", (y, a, b, c) -> y.tanh(a), (y, a, b, c) -> Math.tanh(a)),
                new Case("relu", (y, a, b, c) -> y.relu(a), (y, a, b, c) -> Math.max(0, a)),
                new Case("sigmoidBackward", (y, a, b, c) -> y.sigmoidBackward(a, b), (y, a, b, c) -> a * b * (1 - b)),
                new Case("tanhBackward", (y, a, b, c) -> y.tanhBackward(a, b), (y, a, b, c) -> a * (1 - b * b)),
                new Case("reluBackward", (y, a, b, c) -> y.reluBackward(a, b), (y, a, b, c) -> b > 0 ? a : 0));
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void aVerbIsItsEquationOnEveryElement(Case c) {
        for (Dtype dtype : Dtype.values()) {
            // tanh in float is good to 4e-7, and the numbers are below 8
            double tolerance = dtype == Dtype.DOUBLE ? 1e-14 : 2e-6;
            for (int n : new int[] {0, 1, 7, 64, 101}) {
                Vec y = random(dtype, 1, n);
                Vec[] x = {random(dtype, 2, n), random(dtype, 3, n), random(dtype, 4, n)};
                double[] before = y.toDoubles();
                double[][] operands = Stream.of(x).map(Vec::toDoubles).toArray(double[][]::new);
                assertThat(c.verb().on(y, x[0], x[1], x[2])).isSameAs(y);
                for (int k = 0; k < n; k++) {
                    double expected = c.equation().of(before[k], operands[0][k], operands[1][k], operands[2][k]);
                    assertThat(y.get(k)).isCloseTo(expected, within(tolerance));
                }
                for (int i = 0; i < 3; i++) {
                    assertThat(x[i].toDoubles())
                            .as("operand %d is left alone", i)
                            .isEqualTo(operands[i]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void anOperandMayBeTheReceiver(Case c) {
        for (Dtype dtype : Dtype.values()) {
            Vec a = random(dtype, 2, 33);
            Vec b = random(dtype, 3, 33);
            Vec d = random(dtype, 4, 33);
            Vec apart = a.copy();
            c.verb().on(apart, a.copy(), b, d);
            c.verb().on(a, a, b, d);
            assertThat(a.toDoubles()).isEqualTo(apart.toDoubles());
        }
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void operandsOfAnotherLengthOrTypeAreNamed(Case c) {
        Vec y = Vec.zeros(Dtype.DOUBLE, 4);
        for (Vec wrong :
                new Vec[] {Vec.zeros(Dtype.DOUBLE, 3), Vec.zeros(Dtype.DOUBLE, 5), Vec.zeros(Dtype.FLOAT, 4)}) {
            assertThatThrownBy(() -> c.verb().on(y, wrong, wrong, wrong))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("Vec." + c.name() + ": an operand is " + wrong
                            + ", expected DOUBLE[4] as the destination is.");
        }
    }

    @Test
    void partsAreMultipliedSummedAndShifted() {
        for (Dtype dtype : Dtype.values()) {
            for (int n : new int[] {0, 1, 5, 16, 37}) {
                Vec a = random(dtype, 5, n + 4);
                Vec b = random(dtype, 6, n + 4);
                double dot = 0;
                double sum = 0;
                for (int k = 3; k < n + 3; k++) {
                    dot += a.get(k) * b.get(k);
                    sum += a.get(k);
                }
                double tolerance = dtype == Dtype.DOUBLE ? 1e-13 : 2e-5; // 37 terms below 4, each rounded
                assertThat(a.dot(3, b, n)).isCloseTo(dot, within(tolerance));
                Vec moved = Vec.zeros(dtype, n + 9);
                moved.copy(7, b, 3, n);
                assertThat(a.dot(3, moved, 7, n)).isEqualTo(a.dot(3, b, n));
                assertThat(a.sum(3, n)).isCloseTo(sum, within(tolerance));
                Vec shifted = a.copy();
                shifted.shift(3, n, -0.5);
                for (int k = 0; k < n + 4; k++) {
                    double expected = a.get(k) - (k >= 3 && k < n + 3 ? 0.5 : 0);
                    assertThat(shifted.get(k)).isCloseTo(expected, within(0x1p-22)); // a float below 4
                }
                Vec added = a.copy();
                added.addScaled(3, 0.75, b, 3, n);
                for (int k = 0; k < n + 4; k++) {
                    double expected = a.get(k) + (k >= 3 && k < n + 3 ? 0.75 * b.get(k) : 0);
                    assertThat(added.get(k)).isCloseTo(expected, within(0x1p-21)); // two roundings
                }
            }
        }
    }

    /** A column of [rows,3] meets arrays of rows of 1, 4 and 7. */
    @Test
    void aColumnHoldsANumberForEachRow() {
        for (Dtype dtype : Dtype.values()) {
            double tolerance = dtype == Dtype.DOUBLE ? 1e-14 : 1e-5; // 7 terms below 4, each rounded
            for (int rows : new int[] {1, 2, 5}) {
                for (int n : new int[] {1, 4, 7}) {
                    Vec matrix = random(dtype, 7, rows * 3);
                    Vec x = random(dtype, 8, rows * n);
                    Vec y = random(dtype, 9, rows * n);
                    Column c = matrix.column(1, 3);
                    Vec product = Vec.zeros(dtype, rows * n);
                    assertThat(product.product(c, x)).isSameAs(product);
                    Vec sum = y.copy();
                    assertThat(sum.addProduct(c, x)).isSameAs(sum);
                    for (int k = 0; k < rows * n; k++) {
                        double expected = matrix.get(k / n * 3 + 1) * x.get(k);
                        assertThat(product.get(k)).isCloseTo(expected, within(tolerance));
                        assertThat(sum.get(k)).isCloseTo(y.get(k) + expected, within(tolerance));
                    }
                    double[] before = matrix.toDoubles();
                    assertThat(c.dots(x, y)).isSameAs(c);
                    for (int k = 0; k < rows * 3; k++) {
                        double dot = 0;
                        for (int i = k / 3 * n; i < (k / 3 + 1) * n; i++) {
                            dot += x.get(i) * y.get(i);
                        }
                        assertThat(matrix.get(k)).isCloseTo(k % 3 == 1 ? dot : before[k], within(tolerance));
                    }
                    c.set(rows - 1, 2.5);
                    assertThat(c.get(rows - 1)).isEqualTo(2.5).isEqualTo(matrix.get(rows * 3 - 2));
                    assertThat(c.rows()).isEqualTo(rows);
                }
            }
        }
    }

    @Test
    void whatDoesNotFitAColumnIsNamed() {
        Vec matrix = Vec.zeros(Dtype.DOUBLE, 6);
        for (int column : new int[] {-1, 3}) {
            assertThatThrownBy(() -> matrix.column(column, 3))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage(
                            "Vec.column: the column is " + column + " of 3, expected one of the columns of DOUBLE[6].");
        }
        assertThatThrownBy(() -> matrix.column(0, 4)).hasMessageContaining("the column is 0 of 4");
        Column two = matrix.column(1, 3);
        Vec odd = Vec.zeros(Dtype.DOUBLE, 5);
        Vec single = Vec.zeros(Dtype.FLOAT, 4);
        Vec even = Vec.zeros(Dtype.DOUBLE, 4);
        for (Vec wrong : new Vec[] {odd, single}) {
            String expected = ": an operand is " + wrong + ", expected 2 rows of one size in DOUBLE.";
            assertThatThrownBy(() -> wrong.product(two, wrong)).hasMessage("Vec.product" + expected);
            assertThatThrownBy(() -> wrong.addProduct(two, wrong)).hasMessage("Vec.addProduct" + expected);
            assertThatThrownBy(() -> two.dots(wrong, wrong)).hasMessage("Column.dots" + expected);
            assertThatThrownBy(() -> even.product(two, wrong)).isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> two.dots(even, wrong)).isInstanceOf(ShapeException.class);
        }
        assertThat(two).hasToString("column 1 of DOUBLE[6] as [2,3]");
    }

    /** The first of equals is the larger; arrays may be longer than they are used. */
    @Test
    void theLargerOfEachPairAndItsGradient() {
        for (Dtype dtype : Dtype.values()) {
            Vec x = Vec.of(dtype, 1, 2, 4, 3, 5, 5, -1, -2, 7, 8);
            Vec max = Vec.of(dtype, 9, 9, 9, 9, 9);
            max.maxOfPairs(x, 4);
            assertThat(max.toDoubles()).containsExactly(2, 4, 5, -1, 9);
            Vec dx = Vec.of(dtype, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9);
            dx.maxOfPairsBackward(Vec.of(dtype, 0.5, 1.5, 2.5, 3.5, 4.5), x, 4);
            assertThat(dx.toDoubles()).containsExactly(0, 0.5, 1.5, 0, 2.5, 0, 3.5, 0, 9, 9);
        }
    }

    private static Vec random(Dtype dtype, long seed, int n) {
        return Vec.of(dtype, new SplittableRandom(seed).doubles(n, -2, 2).toArray());
    }
}
