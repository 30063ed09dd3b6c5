// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Step;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.engine.Unrolled;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What fails in a user's class is told with its name. */
class ForeignTest {
    /** h = tanh(z), with a fault in one of its methods. */
    private static final class Faulty implements Cell {
        private final Layout layout = new Layout("mine", 2);
        private final Layout.Block Z = layout.block("z");
        private final Layout.Part H = layout.state("h");
        private final Runnable inForward;
        private final Runnable inBackward;

        Faulty(Runnable inForward, Runnable inBackward) {
            this.inForward = inForward;
            this.inBackward = inBackward;
        }

        @Override
        public Layout layout() {
            return layout;
        }

        @Override
        public void forward(Step s) {
            inForward.run();
            s.next(H).tanh(s.z(Z));
        }

        @Override
        public void backward(Step s) {
            inBackward.run();
            s.dz(Z).tanhBackward(s.dNext(H), s.next(H));
        }
    }

    private static void pass(Recurrent layer, Parameters.Builder p) {
        try (layer) {
            p.build(Dtype.FLOAT, Rng.seeded(1));
            State zero = layer.zeroState(1);
            Run run = layer.forward(Sequence.ids(new int[] {0, 1}, 2, 1), zero, Pass.full(2, 1));
            layer.backward(run, Sequence.of(Tensor.zeros(Dtype.FLOAT, 2, 1, 2)), zero);
        }
    }

    @Test
    void aCellThatFailsIsNamed() {
        Runnable right = () -> {};
        Runnable sizes = () -> Vec.zeros(Dtype.FLOAT, 3).add(Vec.zeros(Dtype.FLOAT, 2));
        Runnable index = () -> List.of().get(3);
        for (boolean plain : List.of(false, true)) {
            String runner = plain ? "Unrolled" : "HoistedLayer";
            for (boolean back : List.of(false, true)) {
                String where = runner + "(mine)." + (back ? "backward" : "forward") + ": the cell "
                        + Faulty.class.getName() + " failed: ";
                Cell wrong = new Faulty(back ? right : sizes, back ? sizes : right);
                Parameters.Builder p = Parameters.builder();
                Recurrent one = plain ? new Unrolled(wrong, 3, RecurrentNoise.NONE, p) : new HoistedLayer(wrong, 3, p);
                assertThatThrownBy(() -> pass(one, p))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith(where + "Vec.add: ");
                Cell outside = new Faulty(back ? right : index, back ? index : right);
                Parameters.Builder q = Parameters.builder();
                Recurrent two =
                        plain ? new Unrolled(outside, 3, RecurrentNoise.NONE, q) : new HoistedLayer(outside, 3, q);
                assertThatThrownBy(() -> pass(two, q))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith(where)
                        .hasCauseInstanceOf(IndexOutOfBoundsException.class);
            }
        }
    }

    @Test
    void aLambdaIsNamedByWhereItStands() {
        Runnable broken = () -> Integer.parseInt("x");
        RuntimeException failure = failureOf(broken);

        assertThat(Foreign.named("here", "code", broken, failure))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(
                        "here: the code " + ForeignTest.class.getName() + " failed: java.lang.NumberFormatException");
    }

    /** An exception of one's own is what callers of one's own look for. */
    @Test
    void anExceptionOfOnesOwnIsLeftAsItIs() {
        class Stop extends IllegalArgumentException {
            private static final long serialVersionUID = 1;
        }
        Runnable stops = () -> {
            throw new Stop();
        };
        RuntimeException failure = failureOf(stops);

        assertThat(Foreign.named("here", "code", stops, failure)).isSameAs(failure);
    }

    private static RuntimeException failureOf(Runnable code) {
        try {
            code.run();
        } catch (RuntimeException e) {
            return e;
        }
        throw new AssertionError("it did not fail");
    }

    @Test
    void whatFailsElsewhereIsLeftAsItIs() {
        RuntimeException elsewhere = new IllegalStateException("no such id");
        assertThat(Foreign.named("Attention(mine)", "score", "a score", elsewhere))
                .isSameAs(elsewhere);
    }
}
