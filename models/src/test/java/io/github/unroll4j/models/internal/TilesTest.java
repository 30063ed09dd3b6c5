// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The laid-out weights against three plain loops. */
class TilesTest {
    // one row; products too small for tiles; tiles of 64 and 66 columns, of 128 and 172 rows; two blocks of rows; other
    // operands that are too large for tiles; h of fewer numbers than a block, of more
    @ParameterizedTest
    @CsvSource({
        "1,7,7,3",
        "5,7,7,1",
        "5,16,16,4",
        "100,130,130,2",
        "300,220,220,1",
        "70,300,200,3",
        "900,300,70,1",
        "1,3,7,4",
        "1,7,3,2",
        "5,3,7,4",
        "5,7,3,2",
        "100,60,130,2",
        "100,130,60,2"
    })
    void equalsThePlainProductForwardAndBack(int B, int in, int H, int gates) {
        Rng rng = Rng.seeded(1);
        Parameters.Builder declaration = Parameters.builder();
        Parameter W_h = declaration.add("W_h", "P,GH", Init.normal(1), in, gates * H);
        declaration.build(Dtype.DOUBLE, rng);
        double[] W = W_h.valuesCopy();
        Vec h = random(B * in, rng);
        Vec[] zh = vecs(gates, B * H);
        Vec[] dz = vecs(gates, B * H);
        for (Vec gate : dz) {
            gate.copy(0, random(B * H, rng), 0, B * H);
        }
        Vec dh = Vec.zeros(Dtype.DOUBLE, B * in);
        try (StepMap product = new StepMap(new WeightImage(W_h, gates).rows())) {
            for (int pass = 0; pass < 2; pass++) { // from left to right, then from right to left
                product.begin(1, B);
                product.put(0, h);
                product.forward(0, zh, false);
                product.putGradient(0, dz);
                product.backward(0, dh);
            }
        }
        // sums of up to 440 products of order one, in another order
        for (int b = 0; b < B; b += Math.max(1, B / 7)) {
            for (int j = 0; j < gates * H; j++) {
                double forward = 0;
                for (int k = 0; k < in; k++) {
                    forward += h.get(b * in + k) * W[k * gates * H + j];
                }
                assertThat(zh[j / H].get(b * H + j % H)).isCloseTo(forward, within(1e-11));
            }
            for (int k = 0; k < in; k++) {
                double back = 0;
                for (int j = 0; j < gates * H; j++) {
                    back += dz[j / H].get(b * H + j % H) * W[k * gates * H + j];
                }
                assertThat(dh.get(b * in + k)).isCloseTo(back, within(1e-11));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void otherWeightsAreInUseUntilTheNextRefresh(int B) {
        Rng rng = Rng.seeded(2);
        Parameters.Builder declaration = Parameters.builder();
        declaration.add("before", "N", Init.ones(), 5); // so that W_h does not start at 0
        Parameter W_h = declaration.add("W_h", "H,2H", Init.normal(1), 3, 6);
        declaration.build(Dtype.DOUBLE, rng);
        Vec negated = Vec.zeros(Dtype.DOUBLE, 18);
        negated.addScaled(0, -1, W_h.values(), W_h.offset(), 18);
        WeightImage image = new WeightImage(W_h, 2);
        try (NativeRows rows = new NativeRows(1, 3);
                StepMap product = new StepMap(image.rows())) {
            rows.resize(Dtype.DOUBLE, 1, B);
            rows.rows(0).put(random(B * 3, rng), 0);
            Vec[] plain = vecs(2, B * 3);
            Vec[] other = vecs(2, B * 3);
            Vec[] again = vecs(2, B * 3);
            image.refresh();
            product.begin(rows, 1, B);
            product.forward(0, plain, false);
            image.use(negated);
            product.begin(rows, 1, B);
            product.forward(0, other, false);
            image.refresh();
            product.begin(rows, 1, B);
            product.forward(0, again, false);
            for (int g = 0; g < 2; g++) {
                assertThat(again[g].toDoubles()).isEqualTo(plain[g].toDoubles());
                other[g].scale(0, B * 3, -1);
                assertThat(other[g].toDoubles()).isEqualTo(plain[g].toDoubles());
            }
        }
    }

    /** A map of one step, by a matrix or by a table's transpose, before and after a change of the weights. */
    @ParameterizedTest
    @CsvSource({"100,130,200,false", "100,130,200,true", "3,300,400,false", "3,300,400,true", "1,300,1000,true"})
    void aMapOfOneStepEqualsThePlainProduct(int B, int K, int N, boolean tied) {
        Rng rng = Rng.seeded(3);
        Parameters.Builder declaration = Parameters.builder();
        declaration.add("before", "N", Init.ones(), 5);
        Parameter W = tied
                ? declaration.add("table", "N,K", Init.normal(1), N, K)
                : declaration.add("W", "K,N", Init.normal(1), K, N);
        declaration.build(Dtype.DOUBLE, rng);
        long held = Backend.held();
        Vec x = random(B * K, rng);
        Vec y = Vec.zeros(Dtype.DOUBLE, B * N);
        try (NativeRows X = new NativeRows(1, K);
                NativeRows Y = new NativeRows(1, N);
                SlabMap map = new SlabMap(tied ? WeightImage.ofTransposed(W) : new WeightImage(W))) {
            X.resize(Dtype.DOUBLE, 1, B);
            Y.resize(Dtype.DOUBLE, 1, B);
            X.rows(0).put(x, 0);
            for (int pass = 0; pass < 3; pass++) {
                double[] w = W.valuesCopy();
                for (int times = 1; times <= 2; times++) { // Y = X W, then Y += X W
                    if (times == 1) {
                        map.forward(1, X.rows(0), Y.all());
                    } else {
                        map.forwardAdd(1, X.rows(0), Y.all());
                    }
                    Y.rows(0).get(y, 0);
                    for (int b = 0; b < B; b += Math.max(1, B / 7)) {
                        for (int j = 0; j < N; j++) {
                            double sum = 0;
                            for (int k = 0; k < K; k++) {
                                sum += x.get(b * K + k) * w[tied ? j * K + k : k * N + j];
                            }
                            assertThat(y.get(b * N + j)).isCloseTo(times * sum, within(1e-11));
                        }
                    }
                }
                W.set(random(K * N, rng).toDoubles());
            }
        }
        assertThat(Backend.held()).isEqualTo(held);
    }

    private static Vec[] vecs(int count, int n) {
        Vec[] vecs = new Vec[count];
        for (int i = 0; i < count; i++) {
            vecs[i] = Vec.zeros(Dtype.DOUBLE, n);
        }
        return vecs;
    }

    private static Vec random(int n, Rng rng) {
        Vec v = Vec.zeros(Dtype.DOUBLE, n);
        for (int i = 0; i < n; i++) {
            v.set(i, rng.nextGaussian());
        }
        return v;
    }
}
