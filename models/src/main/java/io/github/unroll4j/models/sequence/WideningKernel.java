// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.FloatVec;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.PointwiseCell;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The double form on float slabs: inputs are widened before the call and results rounded after it. */
final class WideningKernel implements Kernel {
    private final PointwiseCell cell;
    private final Slabs s;
    private final DoubleStep step;

    WideningKernel(PointwiseCell cell, Slabs s, int rows) {
        this.cell = cell;
        this.s = s;
        step = new DoubleStep(
                cell.spec(),
                rows,
                cell.hidden(),
                new DoubleStep.Arrays(
                        like(s.zx),
                        like(s.zh),
                        like(s.state[0]),
                        like(s.state[0]),
                        like(s.saved[0]),
                        like(s.p),
                        like(s.dState[0]),
                        like(s.dState[0]),
                        like(s.dzx),
                        like(s.dzh),
                        like(s.dp)));
    }

    @Override
    public void forward(int t) {
        widen(s.zx, step.z);
        widen(s.zx, step.zx);
        widen(s.zh, step.zh);
        widen(s.state[t], step.prev);
        widen(s.p, step.p);
        cell.forward(step);
        narrow(step.next, s.made[t]);
        narrow(step.saved, s.saved[t]);
    }

    @Override
    public void backward(int t) {
        widen(s.state[t], step.prev);
        widen(s.made[t], step.next);
        widen(s.saved[t], step.saved);
        widen(s.p, step.p);
        widen(s.dMade(t), step.dNext);
        widen(s.dState[t & 1], step.dPrev);
        widen(s.dp, step.dp);
        cell.backward(step);
        narrow(step.dz, s.dzx);
        narrow(step.dzx, s.dzx);
        narrow(step.dzh, s.dzh);
        narrow(step.dPrev, s.dState[t & 1]);
        narrow(step.dp, s.dp);
    }

    @Override
    public void tell(@Nullable StepRecorder recorder) {
        step.listen(recorder == null ? null : new Told(recorder));
    }

    private record Told(StepRecorder recorder) implements DoubleStep.Listener {
        @Override
        public void saved(int index, double[] gradient) {
            recorder.saved(index, narrowed(gradient));
        }

        @Override
        public void next(int part, double[] gradient) {
            recorder.made(part, narrowed(gradient));
        }

        private static Vec narrowed(double[] gradient) {
            FloatVec narrow = new FloatVec(new float[gradient.length]);
            narrow(new double[][] {gradient}, new Vec[] {narrow});
            return narrow;
        }
    }

    private static double[][] like(Vec[] vecs) {
        return Arrays.stream(vecs).map(v -> new double[v.length()]).toArray(double[][]::new);
    }

    // The last arrays in line decide how many there are: a summed cell has no zx, an apart one no z.
    private static void widen(Vec[] from, double[][] to) {
        for (int i = 0; i < to.length; i++) {
            float[] a = ((FloatVec) from[i]).array();
            double[] b = to[i];
            for (int k = 0; k < b.length; k++) {
                b[k] = a[k];
            }
        }
    }

    private static void narrow(double[][] from, Vec[] to) {
        for (int i = 0; i < from.length; i++) {
            double[] a = from[i];
            float[] b = ((FloatVec) to[i]).array();
            for (int k = 0; k < a.length; k++) {
                b[k] = (float) a[k];
            }
        }
    }
}
