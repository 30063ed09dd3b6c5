// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.testing.Numbers;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateTest {
    private static State random(String... names) {
        return Numbers.randomise(State.zeros(List.of(names), Dtype.DOUBLE, 2, 3), Rng.seeded(1));
    }

    @Test
    void theFirstPartIsTheOutput() {
        State state = random("h", "c");

        assertThat(state.h()).isSameAs(state.parts().get(0));
        assertThat(state.part("c")).isSameAs(state.parts().get(1));
        assertThat(state.names()).containsExactly("h", "c");
        assertThat(state).hasToString("State[h, c][2, 3]");
    }

    @Test
    void aRowThatIsNotThereIsTold() {
        for (int row : new int[] {-1, 2}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> random("h", "c").rows(0, row))
                    .withMessage("State.rows: row " + row + " was asked for, expected 0 to 1.");
        }
    }

    @Test
    void anUnknownPartIsNamedWithTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> random("h", "c").part("z"))
                .withMessage("State.part: there is no part z, only [h, c].");
    }

    @Test
    void joinAndScopeAreInverse() {
        State lstm = random("h", "c");
        State rnn = random("h");

        State joined = State.join(List.of("l0", "l1"), List.of(lstm, rnn));

        assertThat(joined.names()).containsExactly("l0.h", "l0.c", "l1.h");
        assertThat(joined.scope("l0").names()).containsExactly("h", "c");
        assertThat(joined.scope("l0").part("c")).isSameAs(lstm.part("c"));
        assertThat(joined.scope("l1").h()).isSameAs(rnn.h());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> joined.scope("l"))
                .withMessageStartingWith("State.scope: no part is named l.…, only [l0.h, l0.c, l1.h]");
    }

    @Test
    void aCopyIsDeepAndZerosAreNew() {
        State state = random("h", "c");
        double before = state.h().at(0, 0);
        State copy = state.copy();
        State zeros = state.zerosLike();

        state.h().data().set(0, before + 1);

        assertThat(copy.h().at(0, 0)).isEqualTo(before);
        assertThat(copy.part("c").data().toDoubles())
                .isEqualTo(state.part("c").data().toDoubles());
        assertThat(zeros.names()).isEqualTo(state.names());
        assertThat(zeros.h().shape()).containsExactly(2, 3);
        assertThat(Numbers.dot(zeros, zeros)).isZero();
    }

    @Test
    void rowsAreResetInACopyAndOneByOne() {
        State state = State.join(
                List.of("l0", "l1"),
                List.of(
                        random("h", "c"),
                        Numbers.randomise(State.zeros(List.of("h"), Dtype.DOUBLE, 2, 4), Rng.seeded(2))));
        State before = state.copy();

        State reset = state.withRowsReset(false, true);

        assertThat(state.withRowsReset(false, false)).isSameAs(state);
        for (int i = 0; i < 3; i++) {
            int size = i < 2 ? 3 : 4;
            double[] original = before.parts().get(i).data().toDoubles();
            double[] found = reset.parts().get(i).data().toDoubles();
            assertThat(Arrays.copyOf(found, size)).isEqualTo(Arrays.copyOf(original, size));
            assertThat(Arrays.copyOfRange(found, size, 2 * size)).containsOnly(0);
            assertThat(state.parts().get(i).data().toDoubles()).isEqualTo(original);
        }
        assertThat(reset.names()).isEqualTo(state.names());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> state.withRowsReset(true))
                .withMessage("State.withRowsReset: there are 1 rows, expected as many as the state has, B=2.");
    }

    @Test
    void partsNeedNames() {
        Tensor h = Tensor.zeros(Dtype.DOUBLE, 2, 3);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new State(List.of("h", "c"), List.of(h)))
                .withMessage("State: 2 names for 1 parts, expected as many, at least one.");
        assertThatIllegalArgumentException().isThrownBy(() -> new State(List.of(), List.of()));
    }

    @Test
    void requireNamesThePartAndTheAxes() {
        State state = random("h", "c");

        state.require("here", List.of("h", "c"), Dtype.DOUBLE, 2, 3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> state.require("here", List.of("h", "c"), Dtype.DOUBLE, 4, 3))
                .isInstanceOf(ShapeException.class)
                .withMessage("here: state part h is [2, 3], expected [B=4, H=3];"
                        + " likely cause: the batch size changed while the state was carried.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> state.require("here", List.of("h"), Dtype.DOUBLE, 2, 3))
                .withMessageStartingWith("here: the state is parts [h, c], expected parts [h]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> state.require("here", List.of("h", "c"), Dtype.FLOAT, 2, 3))
                .withMessage("here: state part h is DOUBLE, expected FLOAT as the parameters are.");
    }
}
