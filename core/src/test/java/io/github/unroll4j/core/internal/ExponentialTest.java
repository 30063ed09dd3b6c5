// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExponentialTest {
    private static final int BLOCK = 256;
    private final Exponential exponential = new Exponential(BLOCK);

    @Test
    void floatErrorIsBelowItsStatedBoundOverTheWholeRange() {
        Vec x = Vec.zeros(Dtype.FLOAT, BLOCK);
        float[] y = new float[BLOCK];
        double worst = 0;
        float next = 0;
        while (next > -87.3f) {
            for (int k = 0; k < BLOCK; k++) {
                y[k] = next;
                next -= 1.3e-4f; // some 670,000 arguments, no multiple of a power of two apart
            }
            System.arraycopy(y, 0, x.floats(), 0, BLOCK);
            exponential.ofShifted(x, BLOCK, 0);
            for (int k = 0; k < BLOCK && y[k] >= -87.3f; k++) {
                worst = Math.max(worst, Math.abs(x.get(k) / Math.exp(y[k]) - 1));
            }
        }
        assertThat(worst).isLessThan(1.2e-7);
    }

    @Test
    void doubleIsMathExp() {
        Vec x = Vec.of(Dtype.DOUBLE, -0.1, -700, -3);
        exponential.ofShifted(x, 3, 2);

        assertThat(x.toDoubles()).containsExactly(Math.exp(-2.1), Math.exp(-702), Math.exp(-5));
    }

    @ParameterizedTest
    @EnumSource
    void zeroIsExactlyOneAndFarBelowExactlyZero(Dtype dtype) {
        Vec x = Vec.of(dtype, 5, 4, -1e30, Double.NEGATIVE_INFINITY, Double.NaN);
        exponential.ofShifted(x, 5, 5);

        assertThat(x.get(0)).isEqualTo(1);
        assertThat(x.get(1)).isCloseTo(Math.exp(-1), within(1e-7));
        assertThat(x.get(2)).isEqualTo(0);
        assertThat(x.get(3)).isEqualTo(0);
        assertThat(x.get(4)).isNaN();
    }

    @ParameterizedTest
    @EnumSource
    void anElementDoesNotDependOnItsPlace(Dtype dtype) {
        for (int n = 1; n <= 70; n++) {
            Vec x = Vec.zeros(dtype, n);
            x.fill(0, n, -1.7);
            double sum = exponential.ofShifted(x, n, 0);
            double[] all = x.toDoubles();

            assertThat(Arrays.stream(all).distinct().count()).isEqualTo(1);
            assertThat(all[0]).isCloseTo(Math.exp(-1.7), within(1e-7));
            assertThat(sum).isCloseTo(n * all[0], within(1e-13 * n));
        }
    }
}
