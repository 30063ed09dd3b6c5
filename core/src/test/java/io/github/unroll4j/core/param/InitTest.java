// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class InitTest {
    private static double[] fill(Init init, int... shape) {
        Vec values = Vec.zeros(Dtype.DOUBLE, Tensor.elements(shape));
        init.fill(values, 0, shape, Rng.seeded(1));
        return values.toDoubles();
    }

    private static double rms(double[] x) {
        return Math.sqrt(Arrays.stream(x).map(v -> v * v).average().orElseThrow());
    }

    static Stream<Init> all() {
        return Stream.of(
                Init.zeros(),
                Init.ones(),
                Init.constant(-2),
                Init.normal(0.1),
                Init.uniform(0.1),
                Init.glorotUniform(2),
                Init.glorotNormal(2),
                Init.orthogonalBlocks(2),
                Init.blocks(Init.ones(), Init.uniform(1)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void onlyTheParameterItselfIsWrittenAndAllOfIt(Init init) {
        Vec values = Vec.zeros(Dtype.DOUBLE, 30);
        values.fill(0, 30, 77);

        init.fill(values, 4, new int[] {3, 8}, Rng.seeded(2));

        double[] x = values.toDoubles();
        assertThat(Arrays.copyOfRange(x, 0, 4)).containsOnly(77);
        assertThat(Arrays.copyOfRange(x, 28, 30)).containsOnly(77);
        assertThat(Arrays.copyOfRange(x, 4, 28)).doesNotContain(77);
    }

    @ParameterizedTest
    @MethodSource("all")
    void floatValuesAreTheRoundedDoubleValues(Init init) {
        int[] shape = {5, 4};
        Vec doubles = Vec.zeros(Dtype.DOUBLE, 20);
        Vec floats = Vec.zeros(Dtype.FLOAT, 20);

        init.fill(doubles, 0, shape, Rng.seeded(3));
        init.fill(floats, 0, shape, Rng.seeded(3));

        for (int i = 0; i < 20; i++) {
            assertThat(floats.get(i)).isEqualTo((float) doubles.get(i));
        }
    }

    @Test
    void constantsFillEverything() {
        assertThat(fill(Init.zeros(), 2, 3)).containsOnly(0);
        assertThat(fill(Init.ones(), 2, 3)).containsOnly(1);
        assertThat(fill(Init.constant(0.25), 2, 3)).containsOnly(0.25);
    }

    @Test
    void numbersAreDrawnInRowMajorOrder() {
        Rng rng = Rng.seeded(1);

        assertThat(fill(Init.normal(0.5), 2, 2))
                .containsExactly(
                        0.5 * rng.nextGaussian(),
                        0.5 * rng.nextGaussian(),
                        0.5 * rng.nextGaussian(),
                        0.5 * rng.nextGaussian());
    }

    @Test
    void theUniformDistributionReachesItsBoundsAndNotBeyond() {
        double[] x = fill(Init.uniform(0.08), 200, 100);

        assertThat(Arrays.stream(x).max().orElseThrow()).isBetween(0.0799, 0.08);
        assertThat(Arrays.stream(x).min().orElseThrow()).isBetween(-0.08, -0.0799);
        assertThat(Arrays.stream(x).average().orElseThrow()).isCloseTo(0, within(5 * 0.08 / Math.sqrt(3 * 20_000)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void glorotCountsTheWidthOfOneBlock(int blocks) {
        int in = 60;
        int out = 40;
        double variance = 2.0 / (in + out);
        double[] uniform = fill(Init.glorotUniform(blocks), in, out * blocks);
        double[] normal = fill(Init.glorotNormal(blocks), in, out * blocks);

        double bound = Math.sqrt(3 * variance); // a uniform distribution over ±a has the variance a²/3
        assertThat(Arrays.stream(uniform).map(Math::abs).max().orElseThrow()).isBetween(0.99 * bound, bound);
        // five standard errors of a root mean square of n draws: at most 5/sqrt(2n), relative
        double tolerance = 5 / Math.sqrt(2.0 * normal.length) * Math.sqrt(variance);
        assertThat(rms(uniform)).isCloseTo(Math.sqrt(variance), within(tolerance));
        assertThat(rms(normal)).isCloseTo(Math.sqrt(variance), within(tolerance));
    }

    @Test
    void withoutBlocksAMatrixIsOneBlock() {
        assertThat(fill(Init.glorotUniform(), 3, 4)).isEqualTo(fill(Init.glorotUniform(1), 3, 4));
        assertThat(fill(Init.glorotNormal(), 3, 4)).isEqualTo(fill(Init.glorotNormal(1), 3, 4));
        assertThat(fill(Init.orthogonal(), 3, 4)).isEqualTo(fill(Init.orthogonalBlocks(1), 3, 4));
    }

    @Test
    void aVectorIsAMatrixOfOneColumn() {
        assertThat(fill(Init.glorotUniform(), 7)).isEqualTo(fill(Init.glorotUniform(), 7, 1));
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void eachBlockIsOrthogonal(
            @ForAll @IntRange(min = 1, max = 24) int rows,
            @ForAll @IntRange(min = 1, max = 24) int width,
            @ForAll @IntRange(min = 1, max = 4) int blocks) {
        double[] w = fill(Init.orthogonalBlocks(blocks), rows, width * blocks);

        boolean tall = rows >= width;
        int count = Math.min(rows, width);
        for (int g = 0; g < blocks; g++) {
            for (int u = 0; u < count; u++) {
                for (int v = 0; v < count; v++) {
                    double dot = 0;
                    for (int i = 0; i < Math.max(rows, width); i++) {
                        dot += at(w, tall ? i : u, tall ? u : i, g, width, blocks)
                                * at(w, tall ? i : v, tall ? v : i, g, width, blocks);
                    }
                    // after two sweeps there is only the rounding error of some 24 products of numbers up to 1, and of
                    // their sums
                    assertThat(dot).isCloseTo(u == v ? 1 : 0, within(100 * Math.ulp(1.0)));
                }
            }
        }
    }

    private static double at(double[] w, int row, int col, int block, int width, int blocks) {
        return w[(row * blocks + block) * width + col];
    }

    @Test
    void orthogonalMatricesPointEverywhere() {
        int n = 4000;
        double mean = 0;
        double square = 0;
        Rng rng = Rng.seeded(9);
        for (int i = 0; i < n; i++) {
            Vec w = Vec.zeros(Dtype.DOUBLE, 9);
            Init.orthogonal().fill(w, 0, new int[] {3, 3}, rng);
            mean += w.get(8) / n;
            square += w.get(8) * w.get(8) / n;
        }
        // an element of a uniform 3x3 rotation or reflection is uniform over [-1, 1]: variance 1/3, that of its square
        // 4/45
        assertThat(mean).isCloseTo(0, within(5 / Math.sqrt(3.0 * n)));
        assertThat(square).isCloseTo(1 / 3.0, within(5 * Math.sqrt(4 / 45.0 / n)));
    }

    @Test
    void blocksOfABiasStartApart() {
        Init forgetOne = Init.blocks(Init.zeros(), Init.ones(), Init.constant(2), Init.zeros());

        assertThat(fill(forgetOne, 8)).containsExactly(0, 0, 1, 1, 2, 2, 0, 0);
    }

    @Test
    void blocksOfAMatrixLieSideBySide() {
        assertThat(fill(Init.blocks(Init.zeros(), Init.ones()), 2, 4)).containsExactly(0, 0, 1, 1, 0, 0, 1, 1);
    }

    @Test
    void blocksDrawOneAfterTheOther() {
        Rng rng = Rng.seeded(1);
        double[] drawn = rng(rng, 4);

        assertThat(fill(Init.blocks(Init.normal(1), Init.normal(1)), 2, 2))
                .containsExactly(drawn[0], drawn[2], drawn[1], drawn[3]);
    }

    private static double[] rng(Rng rng, int n) {
        double[] drawn = new double[n];
        Arrays.setAll(drawn, i -> rng.nextGaussian());
        return drawn;
    }

    @Test
    void widthsThatCannotBeCutAreRefused() {
        for (Init init : List.of(
                Init.blocks(Init.ones(), Init.ones(), Init.ones()), Init.orthogonalBlocks(3), Init.glorotUniform(3))) {
            assertThatThrownBy(() -> fill(init, 2, 4))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining(
                            ": the parameter is [2, 4], expected a last axis of 3 blocks of one width; likely cause: ");
        }
    }

    @Test
    void shapesThatAreNoMatrixAreRefused() {
        for (Init init : List.of(Init.orthogonal(), Init.glorotUniform(), Init.glorotNormal())) {
            assertThatThrownBy(() -> fill(init, 2, 2, 2))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageEndingWith(": the parameter is [2, 2, 2], expected a matrix [in, out].");
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void scalesThatAreNoneAreRefused(double scale) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Init.normal(scale))
                .withMessage("Init.normal: std is " + scale + ", expected a finite number of 0 or more.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Init.uniform(scale))
                .withMessage("Init.uniform: a is " + scale + ", expected a finite number of 0 or more.");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aConstantIsANumber(double value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Init.constant(value))
                .withMessage("Init.constant: the value is " + value + ", expected a finite number.");
    }
}
