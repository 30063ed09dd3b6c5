// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.rng.Rng;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExponentialsTest {
    /** Two roundings of the reduction, two of the last steps of the series: 4 of 1.1e-16, and one of Math.exp. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 256, 257, 1000})
    void areThoseOfMathExp(int n) {
        Rng rng = Rng.seeded(n);
        double[] x = new double[n];
        Arrays.setAll(x, k -> 3 - 708 * Math.pow(rng.nextDouble(), 1 + k % 5));
        double[] expected = Arrays.stream(x).map(v -> Math.exp((v - 3) / 1.25)).toArray();
        double sum = Exponentials.of(x, 3, 1.25);
        for (int k = 0; k < n; k++) {
            assertThat(x[k]).isCloseTo(expected[k], within(5e-16 * expected[k]));
        }
        double exact = Arrays.stream(expected).sum();
        assertThat(sum).isCloseTo(exact, within(1e-14 * exact));
    }

    @Test
    void zeroGivesOneAndWhatIsTooSmallNothing() {
        double[] x = {0, -709, -710, -1e300, Double.NEGATIVE_INFINITY, -708.39};
        Exponentials.of(x, 0, 1);
        assertThat(x[0]).isEqualTo(1);
        assertThat(Arrays.copyOfRange(x, 2, 5)).containsOnly(0);
        assertThat(x[5]).isCloseTo(Math.exp(-708.39), within(1e-15 * Math.exp(-708.39)));
    }
}
