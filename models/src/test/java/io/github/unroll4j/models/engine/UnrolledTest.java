// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.stranger.ResetBeforeGru;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Numbers;
import io.github.unroll4j.models.testing.RecurrentCheck;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The plain loop, over a cell with a product inside its step. */
class UnrolledTest {
    private static final int D = 3;
    private static final int H = 4;

    /** The layer and its weights. */
    private static final class Fixture implements AutoCloseable {
        final Unrolled layer;
        final Parameters parameters;

        Fixture(Dtype dtype) {
            Parameters.Builder p = Parameters.builder();
            layer = new Unrolled(new ResetBeforeGru(H), D, RecurrentNoise.NONE, p);
            Rng rng = Rng.seeded(1);
            parameters = p.build(dtype, rng);
            LayerCase.shake(parameters, rng);
        }

        @Override
        public void close() {
            layer.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 3", "2, 1", "2, 3", "5, 1", "5, 3"})
    void gradientsAreRight(int T, int B) {
        try (Fixture f = new Fixture(Dtype.DOUBLE)) {
            RecurrentCheck.of(f.layer, f.parameters, Lengths.full(T, B), 2)
                    .full()
                    .require(CellCheck.GRADIENT_TOLERANCE);
        }
    }

    @Test
    void gradientsAreRightWithPadding() {
        try (Fixture f = new Fixture(Dtype.DOUBLE)) {
            RecurrentCheck.of(f.layer, f.parameters, Lengths.of(5, 3, 0, 5), 3)
                    .full()
                    .require(CellCheck.GRADIENT_TOLERANCE);
        }
    }

    @Test
    void idsAreOneHotRows() {
        try (Fixture f = new Fixture(Dtype.DOUBLE)) {
            int[] ids = {2, 0, 1, 1, 0, 2};
            Tensor oneHot = Tensor.zeros(Dtype.DOUBLE, 3, 2, D);
            for (int k = 0; k < ids.length; k++) {
                oneHot.data().set(k * D + ids[k], 1);
            }
            Lengths full = Lengths.full(3, 2);
            LayerCase dense = LayerCase.random(f.layer, Dtype.DOUBLE, Sequence.of(oneHot), full, Rng.seeded(4));
            LayerCase sparse = new LayerCase(Sequence.ids(ids, 3, 2), dense.s0(), full, dense.dH(), dense.dLast());

            Map<String, double[]> expected = dense.outcome(f.layer, f.parameters);
            expected.remove("dX");
            assertClose(sparse.outcome(f.layer, f.parameters), expected, 0);
        }
    }

    @Test
    void aRowOfAPaddedBatchIsTheRowAlone() {
        try (Fixture f = new Fixture(Dtype.DOUBLE)) {
            LayerCase both = LayerCase.random(f.layer, Dtype.DOUBLE, Lengths.of(4, 4, 2), Rng.seeded(5));
            Tensor X = Numbers.of(both.x());
            Run run = f.layer.forward(both.x(), both.s0(), Pass.of(both.lengths()));
            double[] last = run.last().h().data().toDoubles();

            Tensor alone = Tensor.zeros(Dtype.DOUBLE, 2, 1, D);
            for (int t = 0; t < 2; t++) {
                alone.data().copy(t * D, X.data(), (t * 2 + 1) * D, D);
            }
            State s0 = f.layer.zeroState(1);
            s0.h().data().copy(0, both.s0().h().data(), H, H);
            double[] expected =
                    f.layer.forward(Sequence.of(alone), s0).last().h().data().toDoubles();

            assertClose("h", Arrays.copyOfRange(last, H, 2 * H), expected, CellCheck.EQUAL_TOLERANCE);
        }
    }

    @Test
    void outputsStayReadableAfterBackward() {
        try (Fixture f = new Fixture(Dtype.DOUBLE)) {
            LayerCase pass = LayerCase.random(f.layer, Dtype.DOUBLE, Lengths.full(3, 2), Rng.seeded(6));
            Run run = f.layer.forward(pass.x(), pass.s0());
            double[] H0 = run.H().toTensor().data().toDoubles();

            f.layer.backward(run, Sequence.of(pass.dH()), pass.dLast());
            f.layer.backward(run, Sequence.of(pass.dH()), pass.dLast());

            assertThat(run.H().toTensor().data().toDoubles()).isEqualTo(H0);
        }
    }

    @Test
    void closeFreesEverythingAndMayBeCalledTwice() {
        long before = Backend.held();
        Fixture f = new Fixture(Dtype.FLOAT);
        LayerCase pass = LayerCase.random(f.layer, Dtype.FLOAT, Lengths.full(3, 2), Rng.seeded(7));
        pass.outcome(f.layer, f.parameters);
        assertThat(Backend.held()).as("all of it is on the heap").isEqualTo(before);
        Run run = f.layer.forward(pass.x(), pass.s0());
        run.H().rows(); // whoever multiplies it asks for it outside
        f.layer.backward(run, Sequence.of(pass.dH()), pass.dLast()).dX().rows();
        assertThat(Backend.held()).isGreaterThan(before);

        f.close();
        f.close();

        assertThat(Backend.held()).isEqualTo(before);
    }

    @Test
    void namesAndSizesAreThoseOfTheCell() {
        try (Fixture f = new Fixture(Dtype.DOUBLE)) {
            assertThat(f.layer.name()).isEqualTo("Unrolled(reset-before)");
            assertThat(f.layer.inputSize()).isEqualTo(D);
            assertThat(f.layer.outputSize()).isEqualTo(H);
            assertThat(f.layer.zeroState(2).names()).containsExactly("h");
        }
    }

    @Test
    void stepsComeInTurnAndTheWayBackIsBegun() {
        try (Fixture f = new Fixture(Dtype.DOUBLE)) {
            Vec x = Vec.zeros(Dtype.DOUBLE, 2 * D);
            Vec dh = Vec.zeros(Dtype.DOUBLE, 2 * H);
            f.layer.begin(f.layer.zeroState(2), Pass.full(3, 2));
            f.layer.step(0, x);

            assertThatIllegalStateException()
                    .isThrownBy(() -> f.layer.step(2, x))
                    .withMessage("Unrolled(reset-before).step: step 2 was asked for after 1 steps, expected the next.");
            assertThatIllegalStateException()
                    .isThrownBy(() -> f.layer.stepBack(0, dh))
                    .withMessage("Unrolled(reset-before).stepBack: called before beginBack.");
        }
    }

    @Test
    void stepsTakeTheRunAwayFromAPassBefore() {
        try (Fixture f = new Fixture(Dtype.DOUBLE)) {
            LayerCase pass = LayerCase.random(f.layer, Dtype.DOUBLE, Lengths.full(3, 2), Rng.seeded(8));
            Run run = f.layer.forward(pass.x(), pass.s0());
            f.layer.begin(pass.s0(), Pass.full(3, 2));

            assertThatIllegalStateException()
                    .isThrownBy(() -> f.layer.backward(run, Sequence.of(pass.dH()), pass.dLast()))
                    .withMessageStartingWith(
                            "Unrolled(reset-before): a run was used after its layer ran forward again");
        }
    }

    @Test
    void anInputMayBeOverwrittenAfterItsStep() {
        try (Fixture f = new Fixture(Dtype.DOUBLE)) {
            assertThat(weightGradient(f, false)).isEqualTo(weightGradient(f, true));
        }
    }

    private static double[] weightGradient(Fixture f, boolean overwriting) {
        f.parameters.zeroGradients();
        Vec x = Vec.zeros(Dtype.DOUBLE, 2 * D);
        Vec dh = Vec.zeros(Dtype.DOUBLE, 2 * H);
        x.fill(0, 2 * D, 0.5);
        dh.fill(0, 2 * H, 0.7);
        f.layer.begin(f.layer.zeroState(2), Pass.full(1, 2));
        f.layer.step(0, x);
        if (overwriting) {
            x.fill(0, 2 * D, 9);
        }
        f.layer.beginBack(f.layer.zeroState(2));
        f.layer.stepBack(0, dh);
        f.layer.endBack();
        return f.parameters.gradients().toDoubles();
    }
}
