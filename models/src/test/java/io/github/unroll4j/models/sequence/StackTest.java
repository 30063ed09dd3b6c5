// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import static io.github.unroll4j.models.testing.Numbers.array;
import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.engine.Unrolled;
import io.github.unroll4j.models.stranger.ResetBeforeGru;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Numbers;
import io.github.unroll4j.models.testing.RecurrentCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StackTest {
    private static final int D = 3;

    /** Layers of 4, 5 and 2 units: an LSTM in the engine, a GRU in the plain loop, an RNN in the engine. */
    private static List<Recurrent> layers(int count, Parameters.Builder p) {
        List<Recurrent> layers = new ArrayList<>();
        layers.add(new HoistedLayer(new LstmCell(4), D, p.scope("l0")));
        layers.add(new Unrolled(new ResetBeforeGru(5), 4, RecurrentNoise.NONE, p.scope("l1")));
        layers.add(new HoistedLayer(new RnnCell(2), 5, p.scope("l2")));
        return layers.subList(0, count);
    }

    private static Built<Stack> stack(int count) {
        return Built.of(Dtype.DOUBLE, 1, p -> new Stack(layers(count, p)));
    }

    @Test
    void statePartsCarryTheNumberOfTheirLayer() {
        try (Built<Stack> stack = stack(3)) {
            State zero = stack.layer().zeroState(2);

            assertThat(zero.names()).containsExactly("l0.h", "l0.c", "l1.h", "l2.h");
            assertThat(zero.part("l0.c").shape()).containsExactly(2, 4);
            assertThat(zero.part("l2.h").shape()).containsExactly(2, 2);
            assertThat(stack.layer().inputSize()).isEqualTo(D);
            assertThat(stack.layer().outputSize()).isEqualTo(2);
            assertThat(stack.layer().name())
                    .isEqualTo("Stack[HoistedLayer(lstm), Unrolled(reset-before), HoistedLayer(rnn)]");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void equalsTheSameLayersChainedByHand(int count) {
        List<Recurrent> chain = new ArrayList<>();
        Parameters.Builder declared = Parameters.builder();
        chain.addAll(layers(count, declared));
        Rng rng = Rng.seeded(1);
        Parameters parameters = declared.build(Dtype.DOUBLE, rng);
        LayerCase.shake(parameters, rng);
        try (Built<Stack> stack = stack(count)) {
            Lengths lengths = Lengths.of(4, 4, 2, 0);
            LayerCase pass = LayerCase.random(stack.layer(), Dtype.DOUBLE, lengths, Rng.seeded(2));
            Map<String, double[]> found = stack.outcome(pass);

            List<Run> runs = new ArrayList<>();
            Sequence x = pass.x();
            for (int i = 0; i < count; i++) {
                runs.add(chain.get(i).forward(x, pass.s0().scope("l" + i), Pass.of(lengths)));
                x = Sequence.of(runs.get(i).H().toTensor());
            }
            assertClose("H", array(found, "H"), values(Numbers.of(x)), CellCheck.EQUAL_TOLERANCE);
            for (int t = 0; t <= 4; t++) {
                for (int i = 0; i < count; i++) {
                    String name = "state after " + t + ": l" + i + ".h";
                    double[] expected = values(runs.get(i).state(t).h());
                    assertClose(name, array(found, name), expected, CellCheck.EQUAL_TOLERANCE);
                }
            }
            Sequence d = Sequence.of(pass.dH());
            parameters.zeroGradients();
            for (int i = count - 1; i >= 0; i--) {
                RunGrad grad =
                        chain.get(i).backward(runs.get(i), d, pass.dLast().scope("l" + i));
                double[] dh0 = values(grad.dS0().h());
                assertClose("dh0", array(found, "gradient of s0: l" + i + ".h"), dh0, CellCheck.EQUAL_TOLERANCE);
                d = Sequence.of(grad.dX().toTensor());
            }
            assertClose("dX", array(found, "dX"), values(Numbers.of(d)), CellCheck.EQUAL_TOLERANCE);
            assertClose(
                    "gradients",
                    stack.parameters().gradients().toDoubles(),
                    parameters.gradients().toDoubles(),
                    CellCheck.EQUAL_TOLERANCE);
        }
        chain.forEach(Recurrent::close);
    }

    private static double[] values(Tensor tensor) {
        return tensor.data().toDoubles();
    }

    @Test
    void gradientsAreRightThroughThreeLayers() {
        try (Built<Stack> stack = stack(3)) {
            RecurrentCheck.of(stack.layer(), stack.parameters(), Lengths.full(3, 2), 3)
                    .full()
                    .require(CellCheck.GRADIENT_TOLERANCE);
        }
    }

    @Test
    void gradientsAreRightThroughThreeLayersWithPadding() {
        try (Built<Stack> stack = stack(3)) {
            RecurrentCheck.of(stack.layer(), stack.parameters(), Lengths.of(4, 2, 4, 0), 4)
                    .full()
                    .require(CellCheck.GRADIENT_TOLERANCE);
        }
    }

    @Test
    void idsGoIntoTheFirstLayer() {
        try (Built<Stack> stack = stack(2)) {
            Lengths full = Lengths.full(3, 2);
            Sequence ids = LayerCase.randomIds(stack.layer(), full, Rng.seeded(5));
            LayerCase pass = LayerCase.random(stack.layer(), Dtype.DOUBLE, ids, full, Rng.seeded(6));
            Run run = stack.layer().forward(ids, pass.s0());
            RunGrad grad = stack.layer().backward(run, Sequence.of(pass.dH()), pass.dLast());

            assertThatIllegalStateException().isThrownBy(grad::dX).withMessageContaining("token ids");
            assertThat(grad.dS0().names()).containsExactly("l0.h", "l0.c", "l1.h");
        }
    }

    @Test
    void everyLayerIsTracedUnderItsNumber() {
        try (Built<Stack> stack = stack(3)) {
            LayerCase pass = LayerCase.random(stack.layer(), Dtype.DOUBLE, Lengths.full(3, 2), Rng.seeded(7));
            Trace trace = Trace.on();
            Run run = stack.layer()
                    .forward(pass.x(), pass.s0(), Pass.of(pass.lengths()).with(trace));
            stack.layer().backward(run, Sequence.of(pass.dH()), pass.dLast());

            assertThat(trace.names()).contains("l0.z.i", "l0.tanhC", "l0.dc", "l1.h", "l1.dh", "l2.dz.h");
            assertThat(trace.get("l2.h").data().toDoubles())
                    .isEqualTo(run.H().toTensor().data().toDoubles());
            assertThatIllegalStateException()
                    .isThrownBy(() -> stack.layer()
                            .forward(
                                    pass.x(), pass.s0(), Pass.of(pass.lengths()).with(trace)))
                    .withMessageContaining("HoistedLayer(lstm) runs a second time into one trace");
        }
    }

    @Test
    void aSecondForwardInvalidatesTheFirstRun() {
        try (Built<Stack> stack = stack(2)) {
            LayerCase pass = LayerCase.random(stack.layer(), Dtype.DOUBLE, Lengths.full(3, 2), Rng.seeded(8));
            Run first = stack.layer().forward(pass.x(), pass.s0());
            stack.layer().forward(pass.x(), pass.s0());

            assertThatIllegalStateException()
                    .isThrownBy(() -> stack.layer().backward(first, Sequence.of(pass.dH()), pass.dLast()))
                    .withMessageStartingWith("Stack[HoistedLayer(lstm), Unrolled(reset-before)]: a run was used after");
            assertThatIllegalStateException().isThrownBy(first::last);
        }
    }

    @Test
    void layersThatDoNotFitAreRefused() {
        Parameters.Builder p = Parameters.builder();
        HoistedLayer below = new HoistedLayer(new RnnCell(4), 3, p.scope("a"));
        HoistedLayer above = new HoistedLayer(new RnnCell(4), 5, p.scope("b"));
        HoistedLayer square = new HoistedLayer(new RnnCell(4), 4, p.scope("c"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Stack(List.of(below, above)))
                .withMessage("Stack: layer 1 takes rows of 5, the layer below gives 4.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Stack(List.of()))
                .withMessage("Stack: there is no layer, expected at least one.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Stack(List.of(square, square)))
                .withMessageStartingWith("Stack: layer 1 is the same object as layer 0");
    }

    @Test
    void aStateOfAnotherNumberOfLayersIsRefused() {
        try (Built<Stack> two = stack(2);
                Built<Stack> three = stack(3)) {
            Sequence x = Sequence.of(Tensor.zeros(Dtype.DOUBLE, 1, 1, D));

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> two.layer().forward(x, three.layer().zeroState(1)))
                    .withMessageContainingAll("parts [l0.h, l0.c, l1.h, l2.h]", "expected parts of [l0, l1]");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> three.layer().forward(x, two.layer().zeroState(1)))
                    .withMessageContainingAll("no part is named l2.", "[l0.h, l0.c, l1.h]");
        }
    }

    @Test
    void closeFreesEveryLayer() {
        long before = Backend.held();
        Built<Stack> stack = Built.of(
                Dtype.DOUBLE,
                1,
                p -> new Stack(List.of(
                        new HoistedLayer(new LstmCell(4), D, p.scope("l0")),
                        new HoistedLayer(new RnnCell(2), 4, p.scope("l1")))));
        LayerCase.random(stack.layer(), Dtype.DOUBLE, Lengths.full(3, 2), Rng.seeded(9))
                .outcome(stack.layer(), stack.parameters());
        assertThat(Backend.held()).isGreaterThan(before);

        stack.close();
        stack.close();

        assertThat(Backend.held()).isEqualTo(before);
    }
}
