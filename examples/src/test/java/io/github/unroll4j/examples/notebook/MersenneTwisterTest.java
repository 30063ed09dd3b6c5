// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against what NumPy 2.4 and Python 3.11 print. */
class MersenneTwisterTest {
    @Test
    void drawsWhatNumpyDraws() { // numpy.random.seed(7); numpy.random.randn(5)
        MersenneTwister random = MersenneTwister.numpy(7);
        assertThat(DoubleStream.generate(random::nextGaussian).limit(5).toArray())
                .containsExactly(
                        new double[] {
                            1.690525703800356,
                            -0.4659373705408328,
                            0.0328201636785844,
                            0.40751628299650783,
                            -0.7889230286257386
                        },
                        within(1e-15));
    }

    @Test
    void choosesWhatPythonChooses() { // random.seed(7); [random.choice(range(19)) for _ in range(12)]
        MersenneTwister random = MersenneTwister.python(7);
        assertThat(IntStream.generate(() -> random.choice(19)).limit(12))
                .containsExactly(10, 4, 12, 1, 2, 17, 3, 11, 18, 1, 16, 6);
    }

    @Test
    void oneOfOneIsTheFirst() { // random.seed(7); random.choice(range(1)), random.choice(range(1000))
        MersenneTwister random = MersenneTwister.python(7);
        assertThat(random.choice(1)).isZero();
        assertThat(random.choice(1000)).isEqualTo(970);
    }

    @Test
    void aSeedOf32BitsIsOne() { // random.seed(4000000000); [random.choice(range(19)) for _ in range(5)]
        MersenneTwister random = MersenneTwister.python(4_000_000_000L);
        assertThat(IntStream.generate(() -> random.choice(19)).limit(5)).containsExactly(13, 5, 2, 14, 4);
    }

    @Test
    void aSeedOf33BitsIsRefused() {
        assertThatThrownBy(() -> MersenneTwister.numpy(1L << 32)).hasMessageContaining("expected 0 to 4294967295");
        assertThatThrownBy(() -> MersenneTwister.python(-1)).hasMessageContaining("--seed is -1");
    }
}
