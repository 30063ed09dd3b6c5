// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.sequence.Stepwise;
import io.github.unroll4j.models.testing.Built;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad input to a layer of D=3 and H=4 gets one sentence, from the engine as from the plain loop. */
class HoistedLayerErrorsTest {
    private static final int T = 2;
    private static final int B = 2;

    static Stream<Arguments> layers() {
        return Stream.of(
                Arguments.of(
                        "HoistedLayer(rnn)", Built.of(Dtype.DOUBLE, 1, p -> new HoistedLayer(new RnnCell(4), 3, p))),
                Arguments.of("Unrolled(rnn)", Built.plain(new RnnCell(4), 3)));
    }

    private static Slab x() {
        return Sequence.of(Tensor.zeros(Dtype.DOUBLE, T, B, 3));
    }

    private static Slab dH() {
        return Sequence.of(Tensor.zeros(Dtype.DOUBLE, T, B, 4));
    }

    private static State state(Dtype dtype, int batch, int hidden, String... parts) {
        return State.zeros(List.of(parts), dtype, batch, hidden);
    }

    private static void assertSentence(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts)
                .satisfies(e -> assertThat(e.getMessage()).endsWith(".").doesNotContain("\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void anInputOfAnotherWidthIsNamedWithItsAxes(String name, Built<Recurrent> layer) {
        Sequence wide = Sequence.of(Tensor.zeros(Dtype.DOUBLE, T, B, 5));

        assertThatThrownBy(() -> layer.layer().forward(wide, layer.layer().zeroState(B)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("forward: X is [2, 2, 5], expected [T=2, B=2, D=3]");
        layer.close();
    }

    @Test
    void knownColumnsThatDoNotFitAreRefused() {
        try (Built<HoistedLayer> built = Built.of(Dtype.DOUBLE, 1, p -> new HoistedLayer(new RnnCell(4), 3, p));
                NativeArray memory = NativeArray.allocate(Dtype.DOUBLE, 100);
                NativeArray floats = NativeArray.allocate(Dtype.FLOAT, 100)) {
            State s0 = built.layer().zeroState(B);
            Stepwise.KnownColumns known = built.layer().knownColumns().orElseThrow();
            Pass pass = Pass.full(T, B);
            assertSentence(
                    () -> known.begin(new Slab(memory.matrix(0, T * B, 4), T, B), s0, pass),
                    "HoistedLayer(rnn).begin: the known columns are 4 of DOUBLE, expected 1 to D=3 of DOUBLE");
            assertSentence(
                    () -> known.begin(new Slab(floats.matrix(0, T * B, 2), T, B), s0, pass),
                    "the known columns are 2 of FLOAT, expected 1 to D=3 of DOUBLE");
            assertSentence(
                    () -> known.begin(new Slab(memory.matrix(0, 3 * B, 2), 3, B), s0, pass),
                    "lengths are for T=2, B=2, the input has T=3, B=2");
            for (int K = 1; K <= 3; K++) { // for K = D nothing waits, and an empty x_t is expected
                Slab slab = new Slab(memory.matrix(0, T * B, K), T, B);
                for (int wrong : new int[] {B * (3 - K) + 1, B * 3}) {
                    known.begin(slab, s0, pass);
                    String sentence = ".step 0: the input is " + wrong + " numbers, expected B=2 rows of " + (3 - K)
                            + "; likely cause: the known columns are not part of it.";
                    assertThatThrownBy(() -> built.layer().step(0, Vec.zeros(Dtype.DOUBLE, wrong)))
                            .isInstanceOf(ShapeException.class)
                            .hasMessage("HoistedLayer(rnn)" + sentence);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void rowsOfAStepThatDoNotFitAreRefused(String name, Built<Recurrent> built) {
        Stepwise layer = (Stepwise) built.layer();
        State zero = layer.zeroState(B);
        for (int wrong : new int[] {0, B * 3 - 1, B * 3 + 1}) {
            layer.begin(zero, Pass.full(1, B));
            assertThatThrownBy(() -> layer.step(0, Vec.zeros(Dtype.DOUBLE, wrong)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage(name + ".step 0: the input is " + wrong + " numbers, expected B=2 rows of 3.");
        }
        for (int wrong : new int[] {0, B * 4 - 1, B * 4 + 1}) {
            layer.begin(zero, Pass.full(1, B));
            layer.step(0, Vec.zeros(Dtype.DOUBLE, B * 3));
            layer.beginBack(zero);
            assertThatThrownBy(() -> layer.stepBack(0, Vec.zeros(Dtype.DOUBLE, wrong)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage(name + ".stepBack 0: dh is " + wrong + " numbers, expected B=2 rows of 4.");
        }
        built.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void anInputOfAnotherTypeIsRefused(String name, Built<Recurrent> layer) {
        Sequence floats = Sequence.of(Tensor.zeros(Dtype.FLOAT, T, B, 3));

        assertSentence(
                () -> layer.layer().forward(floats, layer.layer().zeroState(B)),
                ".forward: X is FLOAT, expected DOUBLE as the parameters are");
        layer.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void anIdOutsideTheTableIsPlaced(String name, Built<Recurrent> layer) {
        State s0 = layer.layer().zeroState(B);

        for (int wrong : new int[] {-1, 3}) {
            Sequence ids = Sequence.ids(new int[] {0, 1, 2, wrong}, T, B);
            assertSentence(
                    () -> layer.layer().forward(ids, s0),
                    name + ".forward: token id at t=1, b=1 is " + wrong + ", expected 0 to 2");
        }
        layer.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void aStateThatDoesNotFitIsRefused(String name, Built<Recurrent> layer) {
        Recurrent l = layer.layer();

        assertSentence(
                () -> l.forward(x(), state(Dtype.DOUBLE, 3, 4, "h")),
                name + ".forward: state part h is [3, 4], expected [B=2, H=4]",
                "batch size changed");
        assertSentence(() -> l.forward(x(), state(Dtype.DOUBLE, B, 5, "h")), "[2, 5], expected [B=2, H=4]");
        assertSentence(
                () -> l.forward(x(), state(Dtype.DOUBLE, B, 4, "h", "c")),
                name + ".forward: the state is parts [h, c], expected parts [h]",
                "another kind of cell");
        assertSentence(
                () -> l.forward(x(), state(Dtype.FLOAT, B, 4, "h")),
                name + ".forward: state part h is FLOAT, expected DOUBLE");
        layer.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void lengthsOfAnotherShapeAreRefused(String name, Built<Recurrent> layer) {
        State s0 = layer.layer().zeroState(B);

        for (Lengths wrong : List.of(Lengths.full(3, B), Lengths.full(T, 3))) {
            assertSentence(
                    () -> layer.layer().forward(x(), s0, Pass.of(wrong)),
                    name + ".forward: lengths are for T=" + wrong.steps() + ", B=" + wrong.batch(),
                    "the input has T=2, B=2");
        }
        layer.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void anUpstreamGradientThatDoesNotFitIsRefused(String name, Built<Recurrent> layer) {
        Recurrent l = layer.layer();
        Run run = l.forward(x(), l.zeroState(B));
        State dLast = l.zeroState(B);
        for (int[] shape : new int[][] {{3, 2, 4}, {2, 3, 4}, {2, 2, 3}, {1, 2, 4}}) {
            assertSentence(
                    () -> l.backward(run, Sequence.of(Tensor.zeros(Dtype.DOUBLE, shape)), dLast),
                    name + ".backward: dH is [" + shape[0] + ", " + shape[1] + ", " + shape[2] + "]",
                    "expected [T=2, B=2, H=4]");
        }
        assertSentence(
                () -> l.backward(run, Sequence.of(Tensor.zeros(Dtype.FLOAT, T, B, 4)), dLast),
                name + ".backward: dH is FLOAT, expected DOUBLE");
        assertSentence(
                () -> l.backward(run, Sequence.ids(new int[4], T, B), dLast),
                name + ".backward: dH is token ids, expected numbers [T,B,H]");
        assertSentence(
                () -> l.backward(run, dH(), state(Dtype.DOUBLE, 1, 4, "h")),
                name + ".backward: state part h is [1, 4], expected [B=2, H=4]");
        layer.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void aSecondForwardInvalidatesTheFirstRun(String name, Built<Recurrent> layer) {
        Recurrent l = layer.layer();
        Run first = l.forward(x(), l.zeroState(B));
        Run second = l.forward(x(), l.zeroState(B));
        String sentence = name + ": a run was used after its layer ran forward again or was closed";

        assertThatIllegalStateException().isThrownBy(first::H).withMessageStartingWith(sentence);
        assertThatIllegalStateException().isThrownBy(first::last).withMessageStartingWith(sentence);
        assertThatIllegalStateException().isThrownBy(() -> first.state(0)).withMessageStartingWith(sentence);
        assertThatIllegalStateException()
                .isThrownBy(() -> l.backward(first, dH(), l.zeroState(B)))
                .withMessageStartingWith(sentence);
        assertThat(second.H().toTensor().shape()).containsExactly(T, B, 4);
        layer.close();
        assertThatIllegalStateException().isThrownBy(second::H).withMessageStartingWith(sentence);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void backwardNeedsARunOfItsOwn(String name, Built<Recurrent> layer) {
        try (Built<HoistedLayer> other = Built.engine(new LstmCell(4), 3)) {
            Run run = other.layer().forward(x(), other.layer().zeroState(B));
            State dLast = layer.layer().zeroState(B);

            assertThatIllegalStateException()
                    .isThrownBy(() -> layer.layer().backward(run, dH(), dLast))
                    .withMessage(name + ".backward: the run comes from another layer, HoistedLayer(lstm);"
                            + " run this one forward first.");
        }
        layer.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void aStateBeyondTheRunIsRefused(String name, Built<Recurrent> layer) {
        Run run = layer.layer().forward(x(), layer.layer().zeroState(B));

        for (int wrong : new int[] {-1, 3}) {
            assertSentence(
                    () -> run.state(wrong),
                    name + ": state after " + wrong + " steps was asked for, expected 0 to T=2");
        }
        layer.close();
    }

    @Test
    void idsHaveNoGradient() {
        try (Built<HoistedLayer> layer = Built.engine(new RnnCell(4), 3)) {
            Run run = layer.layer()
                    .forward(
                            Sequence.ids(new int[] {0, 1, 2, 0}, T, B),
                            layer.layer().zeroState(B));
            Run.Grad grad = layer.layer().backward(run, dH(), layer.layer().zeroState(B));

            assertThatIllegalStateException().isThrownBy(grad::dX).withMessageContaining("token ids");
        }
    }

    @Test
    void slabsOfAnotherTypeOrWidthAreRefused() {
        try (Built<HoistedLayer> floats = Built.of(Dtype.FLOAT, 1, p -> new HoistedLayer(new RnnCell(3), 3, p));
                Built<HoistedLayer> layer = Built.engine(new RnnCell(4), 3);
                Built<HoistedLayer> narrow = Built.engine(new RnnCell(2), 3)) {
            State s0 = layer.layer().zeroState(B);
            Slab single = floats.layer()
                    .forward(Sequence.of(Tensor.zeros(Dtype.FLOAT, T, B, 3)), state(Dtype.FLOAT, B, 3, "h"))
                    .H();
            Slab two =
                    narrow.layer().forward(x(), state(Dtype.DOUBLE, B, 2, "h")).H();

            assertSentence(() -> layer.layer().forward(single, s0), "X is FLOAT, expected DOUBLE");
            assertSentence(() -> layer.layer().forward(two, s0), "X is [2, 2, 2], expected [T=2, B=2, D=3]");
        }
    }

    @Test
    void aSequenceNeedsAStepAndARow() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sequence.of(Tensor.zeros(Dtype.DOUBLE, 0, 2, 3)))
                .withMessage("Sequence.of: X is DOUBLE[0, 2, 3], expected [T, B, D] with T and B at least 1.");
        assertThatIllegalArgumentException().isThrownBy(() -> Sequence.of(Tensor.zeros(Dtype.DOUBLE, 2, 0, 3)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sequence.of(Tensor.zeros(Dtype.DOUBLE, 2, 3)))
                .withMessage("Sequence.of: X is [2, 3], expected [T, B, D]; likely cause: the axes are time, batch,"
                        + " features.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sequence.ids(new int[3], 2, 2))
                .withMessage("Sequence.ids: ids is 3 numbers, expected T·B = 2·2 of them, T and B at least 1.");
    }

    @Test
    void aCellWithoutUnitsOrInputsIsRefused() {
        Parameters.Builder p = Parameters.builder();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HoistedLayer(new RnnCell(4), 0, p))
                .withMessage("CellParameters(rnn): input size is 0, expected 1 or more.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HoistedLayer(new RnnCell(0), 3, p))
                .withMessage(
                        "Layout: the name is 'rnn' and the hidden size 0, expected a short word and 1 to 16777216.");
        assertThat(p.declared()).isEmpty();
    }

    @Test
    void useBeforeTheWeightsAreBuiltIsRefused() {
        HoistedLayer layer = new HoistedLayer(new RnnCell(4), 3, Parameters.builder());

        assertThatIllegalStateException()
                .isThrownBy(() -> layer.zeroState(1))
                .withMessage("Parameter rnn.W_x: used before its Parameters were built.");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void aStateThatHasNotBeenReachedIsRefused(String name, Built<Stepwise> built) {
        Stepwise layer = built.layer();
        Run run = layer.forward(x(), layer.zeroState(B));
        for (int t : new int[] {-1, 3, 99}) {
            assertSentence(() -> layer.state(t), name + ".state: the state after " + t + " steps", "0 to 2");
            assertSentence(() -> run.state(t), name, "state after " + t + " steps", "0 to T=2");
        }
        assertThat(layer.state(2).names()).isEqualTo(run.last().names());
        layer.begin(layer.zeroState(B), Pass.full(T, B));
        layer.step(0, Vec.zeros(Dtype.DOUBLE, B * 3));
        assertThat(layer.state(1).h().size(0)).isEqualTo(B);
        assertSentence(() -> layer.state(2), name, "expected 0 to 1, the steps of the pass so far"); // the last pass's
        built.close();
    }
}
