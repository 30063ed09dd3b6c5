// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cells.GruFormulation;
import io.github.unroll4j.models.cells.GruResetBeforeCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.engine.Unrolled;
import io.github.unroll4j.models.layer.Embedded;
import io.github.unroll4j.models.layer.Embedding;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Numbers;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatesTest {
    private static final int T = 3;
    private static final int B = 2;
    private static final int H = 4;

    private final Parameters.Builder p = Parameters.builder();
    private final Recurrent stack = new Embedded(
            new Embedding("e", 5, H, 0, p),
            new Stack(List.of(
                    Dropout.before(new HoistedLayer(new LstmCell(H), H, p.scope("a")), 0.5, Dropout.Mask.PER_STEP),
                    new Residual(new Unrolled(
                            new GruResetBeforeCell(H, GruFormulation.CHO_2014),
                            H,
                            RecurrentNoise.NONE,
                            p.scope("b"))))));
    private final Parameters parameters = p.build(Dtype.DOUBLE, Rng.seeded(1));

    private static List<double[]> numbers(State state) {
        return state.parts().stream()
                .map(Tensor::data)
                .map(data -> data.toDoubles())
                .toList();
    }

    private static void assertSame(State found, State expected) {
        assertThat(found.names()).isEqualTo(expected.names());
        assertThat(numbers(found)).usingRecursiveComparison().isEqualTo(numbers(expected));
    }

    @Test
    void aStateIsWrittenOverAnotherAsItIsCopied() {
        LayerCase.shake(parameters, Rng.seeded(2));
        Sequence ids = Sequence.ids(new int[] {0, 1, 4, 2, 3, 3}, T, B);
        Run run = stack.forward(ids, Numbers.randomise(stack.zeroState(B), Rng.seeded(3)));
        State target = stack.zeroState(B);
        for (int t = T; t >= 0; t--) {
            run.stateInto(t, target);
            assertSame(target, run.state(t));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run.stateInto(T + 1, target))
                .withMessageContaining("state after 4 steps was asked for, expected 0 to T=3");
        stack.close();
        assertThatIllegalStateException().isThrownBy(() -> run.stateInto(0, target));
    }

    @Test
    void oneStateGoesThroughAllStepsInPlace() {
        int[] tokens = {0, 1, 4, 2, 3, 3, 1, 0};
        State whole =
                stack.forward(Sequence.ids(tokens, 8, 1), stack.zeroState(1)).last();
        State state = stack.zeroState(1);
        State other = Numbers.randomise(stack.zeroState(1), Rng.seeded(3));
        for (int id : tokens) {
            stack.forward(Sequence.ids(new int[] {2}, 1, 1), other); // the stack keeps nothing of either
            stack.forward(Sequence.ids(new int[] {id}, 1, 1), state).stateInto(1, state);
        }

        for (int i = 0; i < whole.parts().size(); i++) {
            Numbers.assertClose(
                    whole.names().get(i),
                    numbers(state).get(i),
                    numbers(whole).get(i),
                    1e-14); // products of other shapes
        }
        stack.close();
    }

    @Test
    void settingAStateTakesOverItsNumbers() {
        State source = Numbers.randomise(stack.zeroState(B), Rng.seeded(3));
        State target = stack.zeroState(B);
        target.set(source);
        double before = target.h().at(0, 0);
        source.h().data().set(0, before + 1);

        assertThat(target.h().at(0, 0)).isEqualTo(before);
        assertThat(Arrays.stream(numbers(target).get(1)).sum()).isNotZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> target.set(stack.zeroState(1)))
                .isInstanceOf(ShapeException.class)
                .withMessageStartingWith("State.set: the source is State[l0.h, l0.c, l1.h][1, 4], expected");
    }
}
