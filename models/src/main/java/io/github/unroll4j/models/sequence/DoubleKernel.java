// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.DoubleVec;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A cell's double form on double slabs: the arrays of every step are grouped once. */
final class DoubleKernel implements Kernel {
    private final Consumer<DoubleStep> forward;
    private final Consumer<DoubleStep> backward;
    private final DoubleStep[] steps;

    DoubleKernel(
            CellSpec spec, int rows, int units, Slabs s, Consumer<DoubleStep> forward, Consumer<DoubleStep> backward) {
        this.forward = forward;
        this.backward = backward;
        steps = new DoubleStep[s.saved.length];
        for (int t = 0; t < steps.length; t++) {
            steps[t] = new DoubleStep(spec, rows, units, arrays(s, t));
        }
    }

    @Override
    public void forward(int t) {
        forward.accept(steps[t]);
    }

    @Override
    public void backward(int t) {
        backward.accept(steps[t]);
    }

    @Override
    public void tell(@Nullable StepRecorder recorder) {
        for (DoubleStep step : steps) {
            step.listen(recorder == null ? null : new Told(recorder));
        }
    }

    private record Told(StepRecorder recorder) implements DoubleStep.Listener {
        @Override
        public void saved(int index, double[] gradient) {
            recorder.saved(index, new DoubleVec(gradient.clone()));
        }

        @Override
        public void next(int part, double[] gradient) {
            recorder.made(part, new DoubleVec(gradient.clone()));
        }
    }

    private static DoubleStep.Arrays arrays(Slabs s, int t) {
        return new DoubleStep.Arrays(
                arrays(s.zx),
                arrays(s.zh),
                arrays(s.state[t]),
                arrays(s.made[t]),
                arrays(s.saved[t]),
                arrays(s.p),
                arrays(s.dMade(t)),
                arrays(s.dState[t & 1]),
                arrays(s.dzx),
                arrays(s.dzh),
                arrays(s.dp));
    }

    private static double[][] arrays(Vec[] vecs) {
        return Arrays.stream(vecs).map(v -> ((DoubleVec) v).array()).toArray(double[][]::new);
    }
}
