// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.testing.Numbers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class StepMapTest {
    private static final int K = 3;
    private static final int N = 2;

    /** What a loop around the map can do wrong. */
    enum Fault {
        NONE,
        LAST_STEP_LEFT_OUT,
        WEIGHTS_NOT_ADDED,
        INPUT_GRADIENT_ASSIGNED
    }

    /** L = Σ_t ⟨x_t W, R_t⟩ + ⟨x_t, Q_t⟩, so that the gradient of x_t is added to one that is there. */
    private static final class Rig implements AutoCloseable {
        final StepMap map;
        final Parameters parameters;
        final Tensor X;
        final Tensor R;
        final Tensor Q;
        Tensor dX;
        boolean backwards = true;
        Fault fault = Fault.NONE;

        Rig(int T, int B) {
            Parameters.Builder p = Parameters.builder();
            Parameter W = p.add("W", "K,N", Init.glorotUniform(), K, N);
            map = new StepMap(W);
            Rng rng = Rng.seeded(1);
            parameters = p.build(Dtype.DOUBLE, rng);
            X = Numbers.random(Dtype.DOUBLE, rng, T, B, K);
            R = Numbers.random(Dtype.DOUBLE, rng, T, B, N);
            Q = Numbers.random(Dtype.DOUBLE, rng, T, B, K);
            dX = X.copy();
        }

        double loss() {
            int B = X.size(1);
            map.begin(X.size(0), B);
            double sum = Numbers.dot(X, Q);
            for (int t = 0; t < X.size(0); t++) {
                Vec y = Vec.zeros(Dtype.DOUBLE, B * N);
                map.forward(t, slice(X, t), y);
                for (int k = 0; k < B * N; k++) {
                    sum += y.get(k) * R.data().get(t * B * N + k);
                }
            }
            return sum;
        }

        void backward(double upstream) {
            loss();
            int T = X.size(0);
            dX = Q.copy();
            dX.data().scale(0, dX.data().length(), upstream);
            for (int i = 0; i < T; i++) {
                int t = backwards ? T - 1 - i : i;
                Vec dy = slice(R, t);
                dy.scale(0, dy.length(), upstream);
                if (fault == Fault.LAST_STEP_LEFT_OUT && t == T - 1) {
                    dy.clear();
                }
                Vec dx = slice(dX, t);
                if (fault == Fault.INPUT_GRADIENT_ASSIGNED) {
                    dx.clear();
                }
                map.backwardAdd(t, dy, dx);
                dX.data().copy(t * dx.length(), dx, 0, dx.length());
            }
            if (fault != Fault.WEIGHTS_NOT_ADDED) {
                map.end();
            }
        }

        GradientReport report() {
            return GradientCheck.of(this::loss, this::backward)
                    .parameters(parameters)
                    .input("x", X, () -> dX)
                    .full();
        }

        private static Vec slice(Tensor all, int t) {
            int n = all.size(1) * all.size(2);
            Vec step = Vec.zeros(Dtype.DOUBLE, n);
            step.copy(0, all.data(), t * n, n);
            return step;
        }

        @Override
        public void close() {
            map.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 3", "4, 1", "4, 3"})
    void gradientsAreRightInEitherOrder(int T, int B) {
        try (Rig rig = new Rig(T, B)) {
            rig.report().require(CellCheck.GRADIENT_TOLERANCE);
            rig.backwards = false;
            rig.report().require(CellCheck.GRADIENT_TOLERANCE);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void faultsAreFound(Fault fault) {
        try (Rig rig = new Rig(4, 3)) {
            rig.fault = fault;
            assertThat(rig.report().passed(CellCheck.GRADIENT_TOLERANCE)).isFalse();
        }
    }

    /** What a longer loop before left in the buffers is no part of a shorter one's gradient, nor are other weights. */
    @Test
    void aShorterLoopAfterALongerOne() {
        try (Rig longer = new Rig(4, 3);
                Rig shorter = new Rig(2, 3)) {
            longer.backward(1);
            longer.parameters.zeroGradients();
            longer.map.W().set(shorter.map.W().valuesCopy());
            double[] expected = gradient(shorter, shorter.map);
            assertThat(gradient(shorter, longer.map)).isEqualTo(expected);
        }
    }

    private static double[] gradient(Rig loop, StepMap map) {
        map.W().owner().zeroGradients();
        map.begin(loop.X.size(0), loop.X.size(1));
        Vec y = Vec.zeros(Dtype.DOUBLE, 3 * N);
        for (int t = 0; t < loop.X.size(0); t++) {
            map.forward(t, Rig.slice(loop.X, t), y);
        }
        for (int t = loop.X.size(0) - 1; t >= 0; t--) {
            map.backwardAdd(t, Rig.slice(loop.R, t), Vec.zeros(Dtype.DOUBLE, 3 * K));
        }
        map.end();
        return map.W().gradientCopy();
    }

    /** Of any number of rows and units, with tiles or without: there is no copy of the weights of the way forth. */
    @ParameterizedTest
    @CsvSource({"2, 8", "64, 256"})
    void theWayBackAfterTheWeightsChangedIsRefused(int B, int size) {
        Parameters.Builder p = Parameters.builder();
        Parameter W = p.add("W", "K,N", Init.glorotUniform(), size, size);
        p.build(Dtype.FLOAT, Rng.seeded(1));
        Vec rows = Vec.zeros(Dtype.FLOAT, B * size);
        try (StepMap map = new StepMap(W)) {
            map.begin(1, B);
            map.forward(0, rows, rows);
            map.backwardAdd(0, rows, rows);
            W.set(new double[size * size]);
            assertThatIllegalStateException()
                    .isThrownBy(() -> map.backwardAdd(0, rows, rows))
                    .withMessageStartingWith("WeightImage(W): backward after the weights have changed, expected those");
        }
    }

    @Test
    void useBeforeBeginIsRefusedAndCloseFreesEverything() {
        long before = Backend.held();
        Rig rig = new Rig(2, 2);
        assertThatIllegalStateException().isThrownBy(rig.map::end).withMessage("StepMap(W): used before begin.");
        rig.backward(1);
        assertThat(Backend.held()).isGreaterThan(before);
        rig.close();
        rig.close();
        assertThat(Backend.held()).isEqualTo(before);
    }
}
