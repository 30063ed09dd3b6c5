// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.Trace;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes what happened at one step of a {@link HoistedLayer} into a {@link Trace}, under the names of the cell. */
final class StepRecorder {
    private final CellSpec spec;
    private final Slabs s;
    private final Kernel kernel;
    private final int units;
    /** What the cell told at the step at hand; null where it told nothing. */
    private final @Nullable Vec[] dSaved;

    private final @Nullable Vec[] dMade;
    private boolean listening;

    StepRecorder(CellSpec spec, Slabs s, Kernel kernel, int units) {
        this.spec = spec;
        this.s = s;
        this.kernel = kernel;
        this.units = units;
        dSaved = new Vec[spec.saved().size()];
        dMade = new Vec[spec.state().size()];
    }

    /** Before a backward pass: hears what the cell tells about its gradients if, and only if, the pass is traced. */
    void begin(Trace trace) {
        if (listening != trace.isOn()) {
            listening = trace.isOn();
            kernel.tell(listening ? this : null);
        }
    }

    /** The cell tells the gradient of a saved array; kept, not copied. */
    void saved(int index, Vec gradient) {
        dSaved[index] = gradient;
    }

    /** The cell tells the whole gradient of a part of the state that it made; kept, not copied. */
    void made(int part, Vec gradient) {
        dMade[part] = gradient;
    }

    /** Pre-activations, what the cell saved, and the state after step t, in a pass that is traced. */
    void forward(Trace trace, int t, Lengths lengths) {
        if (!trace.isOn()) {
            return;
        }
        blocks(trace, "", t, lengths, s.zx, s.zh);
        for (int i = 0; i < spec.saved().size(); i++) {
            inside(trace, spec.saved().get(i), t, lengths, s.saved[t][i]);
        }
        Vec[] after = s.state[Math.min(t + 1, lengths.longest())];
        for (int i = 0; i < after.length; i++) {
            String part = spec.state().get(i);
            if (s.zoned()) {
                inside(trace, "made." + part, t, lengths, s.made[t][i]);
            }
            trace.record(part, t, shape(lengths), after[i]);
        }
    }

    /** The gradients of all that. */
    void backward(Trace trace, int t, Lengths lengths) {
        if (!trace.isOn()) {
            return;
        }
        blocks(trace, "d", t, lengths, s.dzx, s.dzh);
        for (int i = 0; i < dSaved.length; i++) {
            Vec told = dSaved[i];
            if (told != null) {
                inside(trace, "d" + spec.saved().get(i), t, lengths, told);
            }
        }
        Vec[] arrived = s.dState[Math.min(t + 1, lengths.longest()) & 1];
        for (int i = 0; i < arrived.length; i++) {
            String part = spec.state().get(i);
            Vec told = dMade[i];
            if (s.zoned()) {
                inside(trace, "dmade." + part, t, lengths, told == null ? s.dMade(t)[i] : told);
                told = null; // what the cell made is not the state then
            }
            Vec d = told == null ? arrived[i] : rows(t, lengths, told, arrived[i]);
            trace.record("d" + part, t, shape(lengths), d);
        }
        Arrays.fill(dSaved, null);
        Arrays.fill(dMade, null);
    }

    private void blocks(Trace trace, String d, int t, Lengths lengths, Vec[] zx, Vec[] zh) {
        for (int g = 0; g < zx.length; g++) {
            inside(trace, d + (spec.apart() ? "zx." : "z.") + spec.blocks().get(g), t, lengths, zx[g]);
        }
        for (int g = 0; spec.apart() && g < zh.length; g++) {
            inside(trace, d + "zh." + spec.blocks().get(g), t, lengths, zh[g]);
        }
    }

    /** A quantity of the step itself, of which a padded row has none: 0. */
    private void inside(Trace trace, String name, int t, Lengths lengths, Vec array) {
        Vec zeros = Vec.zeros(array.dtype(), lengths.isFull() ? 0 : array.length());
        trace.record(name, t, shape(lengths), rows(t, lengths, array, zeros));
    }

    /** The rows of one array where step t is real, of the other where it is padding. */
    private Vec rows(int t, Lengths lengths, Vec real, Vec padding) {
        if (lengths.isFull()) {
            return real;
        }
        Vec rows = real.copy();
        for (int b = 0; b < lengths.batch(); b++) {
            if (lengths.padded(t, b)) {
                rows.copy(b * units, padding, b * units, units);
            }
        }
        return rows;
    }

    private int[] shape(Lengths lengths) {
        return new int[] {lengths.steps(), lengths.batch(), units};
    }
}
