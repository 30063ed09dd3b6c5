// SPDX-License-Identifier: Apache-2.0
// Generated from DoubleKernel.java by tools/generate/FloatForms.java; edit that file instead.
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.FloatVec;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.FloatStep;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A cell's float form on float slabs: the arrays of every step are grouped once. */
final class FloatKernel implements Kernel {
    private final Consumer<FloatStep> forward;
    private final Consumer<FloatStep> backward;
    private final FloatStep[] steps;

    FloatKernel(
            CellSpec spec, int rows, int units, Slabs s, Consumer<FloatStep> forward, Consumer<FloatStep> backward) {
        this.forward = forward;
        this.backward = backward;
        steps = new FloatStep[s.saved.length];
        for (int t = 0; t < steps.length; t++) {
            steps[t] = new FloatStep(spec, rows, units, arrays(s, t));
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
        for (FloatStep step : steps) {
            step.listen(recorder == null ? null : new Told(recorder));
        }
    }

    private record Told(StepRecorder recorder) implements FloatStep.Listener {
        @Override
        public void saved(int index, float[] gradient) {
            recorder.saved(index, new FloatVec(gradient.clone()));
        }

        @Override
        public void next(int part, float[] gradient) {
            recorder.made(part, new FloatVec(gradient.clone()));
        }
    }

    private static FloatStep.Arrays arrays(Slabs s, int t) {
        return new FloatStep.Arrays(
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

    private static float[][] arrays(Vec[] vecs) {
        return Arrays.stream(vecs).map(v -> ((FloatVec) v).array()).toArray(float[][]::new);
    }
}
