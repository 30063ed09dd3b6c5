// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.Trace;
import java.util.List;

/** Writes what happened at one step of a {@link HoistedLayer} into a {@link Trace}, under the names of the cell. */
final class StepRecorder {
    private final CellSpec spec;
    private final Slabs s;
    private final int batch;
    private final int units;

    StepRecorder(CellSpec spec, Slabs s, int batch, int units) {
        this.spec = spec;
        this.s = s;
        this.batch = batch;
        this.units = units;
    }

    /** Pre-activations, what the cell saved, and the state after step t of T. */
    void forward(Trace trace, int t, int T) {
        record(trace, spec.apart() ? "zx." : "z.", spec.blocks(), t, T, s.zx);
        if (spec.apart()) {
            record(trace, "zh.", spec.blocks(), t, T, s.zh);
        }
        record(trace, "", spec.saved(), t, T, s.saved[t]);
        state(trace, "", t, T, s.state[t + 1]);
    }

    /** The gradients of the pre-activations and of the state after step t of T. */
    void backward(Trace trace, int t, int T) {
        record(trace, spec.apart() ? "dzx." : "dz.", spec.blocks(), t, T, s.dzx);
        if (spec.apart()) {
            record(trace, "dzh.", spec.blocks(), t, T, s.dzh);
        }
        state(trace, "d", t, T, s.dState[(t + 1) & 1]);
    }

    /** A state, or with {@code d} before its names the gradient of one, as that of step t of T. */
    void state(Trace trace, String prefix, int t, int T, Vec[] parts) {
        record(trace, prefix, spec.state(), t, T, parts);
    }

    private void record(Trace trace, String prefix, List<String> names, int t, int T, Vec[] arrays) {
        int[] shape = {T, batch, units};
        for (int i = 0; i < names.size(); i++) {
            trace.record(prefix + names.get(i), t, shape, arrays[i]);
        }
    }
}
