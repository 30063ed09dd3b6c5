// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * One row of numbers that know their gradients: what a textbook calls x_t or h_t.
 *
 * @param nums the numbers
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Row(Num... nums) {

    private static Row of(int n, IntFunction<Num> element) {
        return new Row(IntStream.range(0, n).mapToObj(element).toArray(Num[]::new));
    }

    /** A row of numbers made of nothing. */
    public static Row of(double... values) {
        return of(values.length, k -> Num.of(values[k]));
    }

    /** One row after another. */
    public static Row join(Row... rows) {
        return new Row(Arrays.stream(rows).flatMap(r -> Arrays.stream(r.nums)).toArray(Num[]::new));
    }

    /** Columns from {@code first} on. */
    public Row columns(int first, int count) {
        return new Row(Arrays.copyOfRange(nums, first, first + count));
    }

    /** This row times a matrix, one {@code Num[]} a row. */
    public Row into(Num[][] W) {
        return of(
                W[0].length,
                j -> Num.dot(nums, Arrays.stream(W).map(row -> row[j]).toArray(Num[]::new)));
    }

    /** Element by element. */
    public Row plus(Row b) {
        return of(nums.length, k -> nums[k].plus(b.nums[k]));
    }

    /** Element by element. */
    public Row minus(Row b) {
        return of(nums.length, k -> nums[k].minus(b.nums[k]));
    }

    /** Element by element. */
    public Row times(Row b) {
        return of(nums.length, k -> nums[k].times(b.nums[k]));
    }

    /** One minus each element. */
    public Row fromOne() {
        return each(a -> Num.of(1).minus(a));
    }

    /** The mean of the elements. */
    public Num mean() {
        return Arrays.stream(nums).reduce(Num.of(0), Num::plus).over(Num.of(nums.length));
    }

    /** σ of each element. */
    public Row sigmoid() {
        return each(Num::sigmoid);
    }

    /** tanh of each element. */
    public Row tanh() {
        return each(Num::tanh);
    }

    /** A function of each element. */
    public Row each(UnaryOperator<Num> f) {
        return of(nums.length, k -> f.apply(nums[k]));
    }

    /** The numbers alone. */
    public double[] values() {
        return Arrays.stream(nums).mapToDouble(n -> n.value).toArray();
    }

    /** The gradients of the numbers. */
    public double[] gradients() {
        return Arrays.stream(nums).mapToDouble(Num::gradient).toArray();
    }
}
