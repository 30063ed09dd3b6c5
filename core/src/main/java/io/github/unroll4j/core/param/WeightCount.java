// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** How many weights a declaration has: refused, before any is allocated, where no array or no memory can hold them. */
final class WeightCount {
    private static final double GIGABYTE = 1e9;

    private WeightCount() {}

    /** The weights of one parameter. */
    static int of(String name, int... shape) {
        double count = Arrays.stream(shape).asDoubleStream().reduce(1, (a, b) -> a * b); // a long may be too short
        if (count > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Parameters: %s %s has %.0f weights, expected at most 2^31-1, because one array holds them; likely"
                            + " cause: sizes that are too large.",
                    name,
                    Arrays.toString(shape),
                    count));
        }
        return Tensor.elements(shape);
    }

    /** The sum over all parameters, of which the values alone must fit into the heap. */
    static int of(Collection<Parameter> declared, Dtype dtype) {
        return of(declared, dtype, Runtime.getRuntime().maxMemory());
    }

    static int of(Collection<Parameter> declared, Dtype dtype, long memory) {
        long count = declared.stream().mapToLong(Parameter::size).sum();
        if (count > Integer.MAX_VALUE) {
            throw tooMany(declared, count, "at most 2^31-1, because one array holds them");
        }
        long bytes = count * dtype.bytes();
        if (bytes > memory) {
            String expected = String.format(
                    Locale.ROOT,
                    "what fits into the Java heap of %.1f GB, because their values alone take %.1f GB",
                    memory / GIGABYTE,
                    bytes / GIGABYTE);
            throw tooMany(declared, count, expected);
        }
        return (int) count;
    }

    private static IllegalArgumentException tooMany(Collection<Parameter> declared, long count, String expected) {
        Parameter largest =
                declared.stream().max(Comparator.comparingInt(Parameter::size)).orElseThrow();
        return new IllegalArgumentException("Parameters: the weights are " + count + ", expected " + expected
                + "; likely cause: sizes that are too large, most of all those of " + largest.name() + " "
                + Arrays.toString(largest.shape()) + ".");
    }
}
