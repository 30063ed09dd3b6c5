// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Stepwise;
import io.github.unroll4j.models.stranger.ResetBeforeGru;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Numbers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Traces of what runs step by step, as in a decoder, and of a cell that tells the least. */
class TraceStepsTest {
    private static final int D = 3;
    private static final int H = 3;
    private static final Lengths LENGTHS = Lengths.of(4, 2, 4);

    private static LayerCase random(Recurrent layer) {
        return LayerCase.random(layer, Dtype.DOUBLE, LENGTHS, Rng.seeded(2));
    }

    private static Trace traced(Recurrent layer, LayerCase pass) {
        Trace trace = Trace.on();
        Run run = layer.forward(pass.x(), pass.s0(), pass.pass().with(trace));
        layer.backward(run, Sequence.of(pass.dH()), pass.dLast());
        return trace;
    }

    private static Map<String, double[]> numbers(Trace trace) {
        Map<String, double[]> numbers = new LinkedHashMap<>();
        trace.arrays().forEach((name, array) -> numbers.put(name, array.data().toDoubles()));
        return numbers;
    }

    @Test
    void stepByStepARunnerRecordsWhatItRecordsAsAWhole() {
        stepByStepIsAsAWhole(Built.engine(new LstmCell(H), D));
        stepByStepIsAsAWhole(Built.plain(new LstmCell(H), D));
    }

    private static void stepByStepIsAsAWhole(Built<? extends Stepwise> built) {
        try (built) {
            Stepwise layer = built.layer();
            LayerCase pass = random(layer);
            Map<String, double[]> whole = numbers(traced(layer, pass));

            Trace trace = Trace.on();
            Tensor X = Numbers.of(pass.x());
            layer.begin(pass.s0(), Pass.of(LENGTHS).with(trace));
            for (int t = 0; t < 4; t++) {
                layer.step(t, slice(X, t));
            }
            layer.beginBack(pass.dLast());
            for (int t = 3; t >= 0; t--) {
                layer.stepBack(t, slice(pass.dH(), t));
            }
            layer.endBack();

            assertThat(whole).containsKeys("di", "dtanhC", "dc");
            assertClose(numbers(trace), whole, CellCheck.EQUAL_TOLERANCE);
        }
    }

    private static Vec slice(Tensor X, int t) {
        int n = X.size(1) * X.size(2);
        Vec step = Vec.zeros(X.dtype(), n);
        step.copy(0, X.data(), t * n, n);
        return step;
    }

    @Test
    void aCellThatTellsNothingOfItsOwnIsTracedByItsMapsGatesAndState() {
        for (Built<? extends Recurrent> built :
                List.of(Built.engine(new ResetBeforeGru(H), D), Built.plain(new ResetBeforeGru(H), D))) {
            try (built) {
                Trace trace = traced(built.layer(), random(built.layer()));

                assertThat(trace.names())
                        .containsExactly("z.r", "z.u", "z.n", "r", "u", "n", "h", "dz.r", "dz.u", "dz.n", "dh");
            }
        }
    }
}
