// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.engine.Unrolled;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepOrderTest {
    private static final int D = 2;
    private static final int H = 3;
    private static final int B = 2;
    private static final Vec X = Vec.zeros(Dtype.DOUBLE, B * D);
    private static final Vec DH = Vec.zeros(Dtype.DOUBLE, B * H);

    private static Stepwise layer(boolean hoisted) {
        Function<Parameters.Builder, Stepwise> declare = hoisted
                ? p -> new HoistedLayer(new LstmCell(H), D, p)
                : p -> new Unrolled(new LstmCell(H), D, RecurrentNoise.NONE, p);
        Parameters.Builder p = Parameters.builder();
        Stepwise layer = declare.apply(p);
        p.build(Dtype.DOUBLE, Rng.seeded(1));
        return layer;
    }

    /** A pass of two rows, the longer of which has two steps of the three of the batch. */
    private static Stepwise begun(boolean hoisted) {
        Stepwise layer = layer(hoisted);
        layer.begin(layer.zeroState(B), Pass.of(Lengths.of(3, 2, 1)));
        return layer;
    }

    private static Stepwise taken(boolean hoisted) {
        Stepwise layer = begun(hoisted);
        layer.step(0, X);
        layer.step(1, X);
        return layer;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void stepsAreTakenInTurn(boolean hoisted) {
        try (Stepwise layer = begun(hoisted)) {
            layer.step(0, X);
            assertThatIllegalStateException()
                    .isThrownBy(() -> layer.step(2, X))
                    .withMessage(layer.name() + ".step: step 2 was asked for after 1 steps, expected the next.");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void thereIsNoStepBeyondTheLongestRow(boolean hoisted) {
        try (Stepwise layer = taken(hoisted)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> layer.step(2, X))
                    .withMessage(
                            layer.name()
                                    + ".step: step 2 was asked for in a pass whose longest row has 2 steps, which are taken already.");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theWayBackBeginsAfterAllSteps(boolean hoisted) {
        try (Stepwise layer = begun(hoisted)) {
            layer.step(0, X);
            assertThatIllegalStateException()
                    .isThrownBy(() -> layer.beginBack(layer.zeroState(B)))
                    .withMessageStartingWith(layer.name() + ".beginBack: 1 steps were taken, expected 2");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPassAsAWholeHasNoStepsOfItsOwn(boolean hoisted) {
        try (Stepwise layer = begun(hoisted)) {
            layer.step(0, X);
            layer.forward(Sequence.of(Tensor.zeros(Dtype.DOUBLE, 2, B, D)), layer.zeroState(B));
            assertBeforeBegin(layer);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNewOrClosedLayerHasNoSteps(boolean hoisted) {
        assertBeforeBegin(layer(hoisted));
        Stepwise layer = taken(hoisted);
        layer.close();
        assertBeforeBegin(layer);
    }

    private static void assertBeforeBegin(Stepwise layer) {
        assertThatIllegalStateException()
                .isThrownBy(() -> layer.step(0, X))
                .withMessage(
                        layer.name()
                                + ".step: called before begin; likely cause: forward, which takes all steps at once, or close came after it.");
        assertThatIllegalStateException()
                .isThrownBy(() -> layer.stepBack(0, DH))
                .withMessage(layer.name() + ".stepBack: called before beginBack.");
        assertThatIllegalStateException()
                .isThrownBy(layer::endBack)
                .withMessage(layer.name() + ".endBack: called before beginBack.");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPassAsAWholeHasNoStepsToGoBack(boolean hoisted) {
        try (Stepwise layer = layer(hoisted)) {
            layer.forward(Sequence.of(Tensor.zeros(Dtype.DOUBLE, 2, B, D)), layer.zeroState(B));
            assertThatIllegalStateException()
                    .isThrownBy(() -> layer.beginBack(layer.zeroState(B)))
                    .withMessageStartingWith(layer.name() + ".beginBack: called before begin;");
        }
    }

    /** Until the way back has ended, XW stands where its gradient comes to stand. */
    @Test
    void theGradientOfKnownColumnsWaitsForTheWayBack() {
        try (Stepwise layer = layer(true);
                NativeArray memory = NativeArray.allocate(Dtype.DOUBLE, 2 * B)) {
            Stepwise.KnownColumns known = layer.knownColumns().orElseThrow();
            State s0 = layer.zeroState(B);
            Slab slab = new Slab(memory.matrix(0, 2 * B, 1), 2, B);
            Vec late = Vec.zeros(Dtype.DOUBLE, B);
            assertTooEarly(known);
            known.begin(slab, s0, Pass.full(2, B));
            assertTooEarly(known);
            layer.step(0, late);
            layer.step(1, late);
            assertTooEarly(known);
            for (int way = 0; way < 2; way++) {
                layer.beginBack(s0);
                layer.stepBack(1, DH);
                layer.stepBack(0, DH);
                assertTooEarly(known);
                layer.endBack();
                assertThat(known.gradient().width()).isEqualTo(1);
            }
            known.begin(slab, s0, Pass.full(2, B));
            assertTooEarly(known);
            layer.forward(Sequence.ids(new int[B], 1, B), s0);
            assertTooEarly(known);
        }
    }

    private static void assertTooEarly(Stepwise.KnownColumns known) {
        assertThatIllegalStateException()
                .isThrownBy(known::gradient)
                .withMessage(
                        "HoistedLayer(lstm): the gradient of the known columns was asked for before endBack of a pass.");
    }

    @Test
    void columnsThatWereNotKnownHaveNoGradient() {
        try (Stepwise layer = taken(true)) {
            layer.beginBack(layer.zeroState(B));
            layer.stepBack(1, DH);
            layer.stepBack(0, DH);
            layer.endBack();
            assertThatIllegalStateException()
                    .isThrownBy(layer.knownColumns().orElseThrow()::gradient)
                    .withMessage(
                            "HoistedLayer(lstm): the gradient of the known columns was asked for after a pass that was begun without any.");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void stepsGoBackInTurnAndAllOfThem(boolean hoisted) {
        try (Stepwise layer = taken(hoisted)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> layer.stepBack(1, DH))
                    .withMessage(layer.name() + ".stepBack: called before beginBack.");
            layer.beginBack(layer.zeroState(B));
            assertThatIllegalStateException()
                    .isThrownBy(() -> layer.stepBack(0, DH))
                    .withMessage(layer.name()
                            + ".stepBack: step 0 was asked for with 2 steps left, expected the last of them.");
            layer.stepBack(1, DH);
            assertThatIllegalStateException()
                    .isThrownBy(layer::endBack)
                    .withMessage(layer.name() + ".endBack: called with 1 steps still to go back.");
            layer.stepBack(0, DH);
            layer.endBack();
        }
    }
}
