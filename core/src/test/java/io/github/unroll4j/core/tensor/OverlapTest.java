// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A destination of a product shares no element with an operand. */
class OverlapTest {
    /** A view of an array of some 100 elements. */
    private record View(int offset, int rows, int cols, int stride) {
        static View random(SplittableRandom random) {
            int cols = random.nextInt(0, 8);
            int stride = Math.max(1, cols) + random.nextInt(6);
            return new View(random.nextInt(40), random.nextInt(0, 6), cols, stride);
        }

        NativeMatrix in(NativeArray memory) {
            return memory.matrix(offset, rows, cols, stride);
        }

        Set<Integer> elements() {
            Set<Integer> all = new HashSet<>();
            for (int i = 0; i < rows * cols; i++) {
                all.add(offset + i / cols * stride + i % cols);
            }
            return all;
        }
    }

    @Test
    void twoViewsOverlapWhereTheyHaveAnElementInCommon() {
        SplittableRandom random = new SplittableRandom(7);
        int[] seen = new int[2];
        try (NativeArray memory = NativeArray.allocate(Dtype.FLOAT, 200);
                NativeArray other = NativeArray.allocate(Dtype.FLOAT, 200)) {
            for (int i = 0; i < 100_000; i++) {
                View a = View.random(random);
                View b = View.random(random);
                View c = i % 2 == 0 ? b : new View(b.offset, b.rows, Math.min(b.cols, a.stride), a.stride);
                Set<Integer> common = a.elements();
                common.retainAll(c.elements());
                boolean overlaps = a.in(memory).overlaps(c.in(memory));
                assertThat(overlaps).as("%s and %s", a, c).isEqualTo(!common.isEmpty());
                assertThat(c.in(memory).t().overlaps(a.in(memory))).isEqualTo(overlaps);
                assertThat(a.in(memory).overlaps(c.in(other))).isFalse();
                seen[overlaps ? 1 : 0]++;
            }
        }
        assertThat(seen[0]).isGreaterThan(10_000);
        assertThat(seen[1]).isGreaterThan(10_000);
    }

    @Test
    void aProductWhoseDestinationLiesPartlyInAnOperandIsRefused() {
        try (NativeArray memory = NativeArray.allocate(Dtype.DOUBLE, 100);
                NativeArray apart = NativeArray.allocate(Dtype.DOUBLE, 4)) {
            NativeMatrix B = apart.matrix(0, 2, 2, 2);
            NativeMatrix A = memory.matrix(0, 4, 2, 8);
            memory.matrix(2, 4, 2, 8).product(A, B); // the columns beside it
            for (int offset : new int[] {1, 8, 17, 25}) {
                NativeMatrix C = memory.matrix(offset, 4, 2, 8);
                assertThatThrownBy(() -> C.product(A, B))
                        .isInstanceOf(ShapeException.class)
                        .hasMessageEndingWith("likely cause: the destination shares memory with an operand.");
            }
        }
    }
}
