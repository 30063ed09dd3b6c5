// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.testing.Numbers;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Maps of all steps by W [K=3, G·H=2·2], against products written out. */
class SlabMapTest {
    private static final int K = 3;
    private static final int G = 2;
    private static final int H = 2;
    private static final int N = G * H;

    private final long held = Backend.held();
    private final Parameter W;
    private final Parameters parameters;
    private final Rng rng = Rng.seeded(1);
    private final NativeRows X = new NativeRows(1, K);
    private final NativeRows dX = new NativeRows(1, K);

    SlabMapTest() {
        Parameters.Builder p = Parameters.builder();
        W = p.add("W", "K,G·H", Init.glorotUniform(), K, N);
        parameters = p.build(Dtype.DOUBLE, rng);
    }

    @AfterEach
    void everythingIsFreed() {
        X.close();
        dX.close();
        assertThat(Backend.held()).isEqualTo(held);
    }

    private double[] random(int rows, int width) {
        return Numbers.random(Dtype.DOUBLE, rng, 1, rows, width).data().toDoubles();
    }

    /** Row r, column g·W + j of rows in blocks. */
    private static void put(NativeRows target, int blocks, int B, double... numbers) {
        int width = width(target, blocks);
        int T = numbers.length / (B * blocks * width);
        Vec[] step = vecs(blocks, B * width);
        for (int t = 0; t < T; t++) {
            for (int g = 0; g < blocks; g++) {
                for (int b = 0; b < B; b++) {
                    for (int j = 0; j < width; j++) {
                        step[g].set(b * width + j, numbers[((t * B + b) * blocks + g) * width + j]);
                    }
                }
            }
            target.put(t, step);
        }
    }

    private static int width(NativeRows rows, int blocks) {
        NativeMatrix[] step = rows.step(0);
        return Arrays.stream(step).mapToInt(NativeMatrix::cols).sum() / blocks;
    }

    private static Vec[] vecs(int count, int length) {
        return Stream.generate(() -> Vec.zeros(Dtype.DOUBLE, length))
                .limit(count)
                .toArray(Vec[]::new);
    }

    private static double[] get(NativeRows source, int blocks, int T, int B) {
        int width = width(source, blocks);
        double[] numbers = new double[T * B * blocks * width];
        Vec[] step = vecs(blocks, B * width);
        for (int t = 0; t < T; t++) {
            source.get(t, step);
            for (int g = 0; g < blocks; g++) {
                for (int b = 0; b < B; b++) {
                    for (int j = 0; j < width; j++) {
                        numbers[((t * B + b) * blocks + g) * width + j] = step[g].get(b * width + j);
                    }
                }
            }
        }
        return numbers;
    }

    /** A·B with A [m,k] and B [k,n], of either the transpose where asked for. */
    private static double[] product(double[] A, boolean tA, double[] B, boolean tB, int[] mkn) {
        int m = mkn[0];
        int k = mkn[1];
        int n = mkn[2];
        double[] C = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int l = 0; l < k; l++) {
                    C[i * n + j] += (tA ? A[l * m + i] : A[i * k + l]) * (tB ? B[j * k + l] : B[l * n + j]);
                }
            }
        }
        return C;
    }

    /** For one row of a step the blocks lie side by side, otherwise one after another; both are the same map. */
    @ParameterizedTest
    @CsvSource({"1, 1, 1", "4, 1, 2", "4, 3, 2", "1, 3, 2", "4, 3, 1"})
    void mapsForwardAndBack(int T, int B, int blocks) {
        NativeRows Y = new NativeRows(blocks, N / blocks);
        try (SlabMap map = new SlabMap(new WeightImage(W, blocks))) {
            for (int pass = 0; pass < 2; pass++) {
                double[] x = random(T * B, K);
                double[] dy = random(T * B, N);
                X.resize(Dtype.DOUBLE, T, B);
                dX.resize(Dtype.DOUBLE, T, B);
                Y.resize(Dtype.DOUBLE, T, B);
                put(X, 1, B, x);
                double[] w = W.valuesCopy();
                double[] y = product(x, false, w, false, new int[] {T * B, K, N});

                map.forward(T, X.all()[0], Y.all());
                assertClose("Y", get(Y, blocks, T, B), y, CellCheck.EQUAL_TOLERANCE);
                map.forwardAdd(T, X.all()[0], Y.all());
                double[] twice = Vec.of(Dtype.DOUBLE, y).toDoubles();
                for (int i = 0; i < y.length; i++) {
                    twice[i] += y[i];
                }
                assertClose("Y", get(Y, blocks, T, B), twice, CellCheck.EQUAL_TOLERANCE);

                parameters.zeroGradients();
                put(Y, blocks, B, dy);
                map.backward(dX.all()[0], Y.all());
                double[] dw = product(x, true, dy, false, new int[] {K, T * B, N});
                double[] dx = product(dy, false, w, true, new int[] {T * B, N, K});
                assertClose("dX", get(dX, 1, T, B), dx, CellCheck.EQUAL_TOLERANCE);
                assertClose("dW", W.gradientCopy(), dw, CellCheck.EQUAL_TOLERANCE);

                W.set(random(K, N)); // for the next pass
            }
        }
        Y.close();
    }

    /** Two maps by some rows each are the map by all of them, and add its gradient once. */
    @ParameterizedTest
    @CsvSource({"4, 1", "4, 3"})
    void rowsOfAMatrixMapColumnsOfTheInput(int T, int B) {
        double[] x = random(T * B, K);
        double[] dy = random(T * B, N);
        NativeRows Y = new NativeRows(G, H);
        NativeRows early = new NativeRows(1, 1);
        NativeRows late = new NativeRows(1, K - 1);
        for (NativeRows rows : new NativeRows[] {Y, early, late, X, dX}) {
            rows.resize(Dtype.DOUBLE, T, B);
        }
        double[] first = new double[T * B];
        double[] second = new double[T * B * (K - 1)];
        for (int r = 0; r < T * B; r++) {
            first[r] = x[r * K];
            System.arraycopy(x, r * K + 1, second, r * (K - 1), K - 1);
        }
        put(early, 1, B, first);
        put(late, 1, B, second);
        try (WeightImage image = new WeightImage(W, G)) {
            SlabMap one = new SlabMap(image.rows(0, 1));
            SlabMap other = new SlabMap(image.rows(1, K - 1));
            one.forward(T, early.all()[0], Y.all());
            other.forwardAdd(T, late.all()[0], Y.all());
            assertClose(
                    "Y",
                    get(Y, G, T, B),
                    product(x, false, W.valuesCopy(), false, new int[] {T * B, K, N}),
                    CellCheck.EQUAL_TOLERANCE);

            put(Y, G, B, dy);
            one.backward(early.all()[0], Y.all()); // X is overwritten below
            assertThat(W.gradientCopy()).containsOnly(0);
            put(early, 1, B, first);
            one.backward(dX.first(T)[0].cols(0, 1), Y.all());
            other.backward(dX.first(T)[0].cols(1, K - 1), Y.all());
            image.addGradient();
        }
        double[] dw = product(x, true, dy, false, new int[] {K, T * B, N});
        double[] dx = product(dy, false, W.valuesCopy(), true, new int[] {T * B, N, K});
        assertClose("dW", W.gradientCopy(), dw, CellCheck.EQUAL_TOLERANCE);
        assertClose("dX", get(dX, 1, T, B), dx, CellCheck.EQUAL_TOLERANCE);
        Y.close();
        early.close();
        late.close();
    }

    @Test
    void otherWeightsStandInUntilTheNextRefresh() {
        double[] x = random(2, K);
        double[] other = random(K, N);
        NativeRows Y = new NativeRows(1, N);
        X.resize(Dtype.DOUBLE, 1, 2);
        Y.resize(Dtype.DOUBLE, 1, 2);
        put(X, 1, 2, x);
        try (WeightImage image = new WeightImage(W)) {
            image.use(Vec.of(Dtype.DOUBLE, other));
            image.refresh();
            SlabMap map = new SlabMap(image);
            map.forward(1, X.all()[0], Y.all());
            int[] sizes = {2, K, N};
            double[] own = product(x, false, W.valuesCopy(), false, sizes);
            assertClose("Y", get(Y, 1, 1, 2), own, CellCheck.EQUAL_TOLERANCE);
        }
        Y.close();
    }

    @Test
    void memoryForTheGradientWaitsForTheWayBack() {
        NativeRows Y = new NativeRows(1, N);
        X.resize(Dtype.DOUBLE, 1, 2);
        dX.resize(Dtype.DOUBLE, 1, 2);
        Y.resize(Dtype.DOUBLE, 1, 2);
        put(X, 1, 2, random(2, K));
        long before = Backend.held();
        SlabMap map = new SlabMap(W);
        assertThat(Backend.held()).isEqualTo(before);
        assertThatIllegalStateException()
                .isThrownBy(() -> map.backward(dX.all()[0], Y.all()))
                .withMessage("SlabMap(W): backward before forward.");
        map.forward(1, X.all()[0], Y.all());
        assertThat(Backend.held() - before).isEqualTo(K * N * Double.BYTES);
        map.backward(dX.all()[0], Y.all());
        assertThat(Backend.held() - before).isEqualTo(2 * K * N * Double.BYTES);
        map.close();
        map.close();
        assertThat(Backend.held()).isEqualTo(before);
        map.forward(1, X.all()[0], Y.all());
        map.close();
        Y.close();
    }
}
