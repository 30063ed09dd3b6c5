// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.benchmarks;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;

/** How fast this machine multiplies large matrices, to say what share of an iteration is unavoidable. */
final class Roofline {
    private static final int N = 1024;
    private static final int REPETITIONS = 15;

    private Roofline() {}

    /**
     * Floating-point operations a second of a product of two 1024 by 1024 float matrices, the best of {@value
     * #REPETITIONS}.
     */
    static double flops() {
        try (NativeArray memory = NativeArray.allocate(Dtype.FLOAT, 3L * N * N)) {
            NativeMatrix a = memory.matrix(0, N, N);
            NativeMatrix b = memory.matrix((long) N * N, N, N);
            NativeMatrix c = memory.matrix(2L * N * N, N, N);
            Vec ones = Vec.zeros(Dtype.FLOAT, N * N);
            ones.fill(0, N * N, 1);
            a.put(ones, 0);
            b.put(ones, 0);
            double best = Double.POSITIVE_INFINITY;
            for (int i = 0; i < REPETITIONS; i++) {
                long start = System.nanoTime();
                c.product(a, b);
                best = Math.min(best, (System.nanoTime() - start) / 1e9);
            }
            return 2.0 * N * N * N / best;
        }
    }
}
