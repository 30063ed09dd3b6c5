// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import java.util.ArrayList;
import java.util.List;

/** Writes what happened at one step of a layer into a {@link Trace}, under the names of the cell's layout. */
final class StepRecorder {
    private final StepMemory s;
    private final Layout layout;
    /** The gates, then what else is saved. */
    private final List<Layout.Saved> saved = new ArrayList<>();

    private Trace trace = Trace.off();
    private Lengths lengths = Lengths.full(1, 1);

    StepRecorder(StepMemory s) {
        this.s = s;
        layout = s.layout;
        saved.addAll(layout.blocks());
        saved.addAll(layout.saved());
    }

    /** Begins a pass. */
    void begin(Pass pass) {
        trace = pass.trace();
        lengths = pass.lengths();
    }

    /** Step t, or the last one that is real in some row. */
    private int step(int t) {
        return Math.max(0, Math.min(t, s.realSteps() - 1));
    }

    /** Pre-activations, what the cell saved, and the state after step t, in a pass that is traced. */
    void forward(int t) {
        if (!trace.isOn()) {
            return;
        }
        maps("", t, s.zx, s.zh);
        for (Layout.Saved quantity : saved) {
            Vec array = s.step(step(t)).savedOrNull(quantity);
            if (array != null) {
                inside(quantity.name(), t, array);
            }
        }
        for (Layout.Part part : layout.state()) {
            if (s.zoned()) {
                inside("made." + part.name(), t, s.made[step(t)][part.index()]);
            }
            record(part.name(), t, s.state[Math.min(t + 1, s.realSteps())][part.index()]);
        }
    }

    /** The gradients of all that. */
    void backward(int t) {
        if (!trace.isOn()) {
            return;
        }
        maps("d", t, s.dzx, s.dzh);
        for (Layout.Saved quantity : saved) {
            Vec d = s.d(quantity);
            if (d != null) {
                inside("d" + quantity.name(), t, d);
            }
        }
        int last = Math.min(t, s.realSteps() - 1);
        for (Layout.Part part : layout.state()) {
            Vec arrived = s.arriving(last)[part.index()];
            Vec whole = s.d(part);
            if (s.zoned()) { // what the cell made is not the state then
                inside("dmade." + part.name(), t, whole == null ? s.dMade(last)[part.index()] : whole);
                record("d" + part.name(), t, arrived);
            } else {
                record("d" + part.name(), t, whole == null ? arrived : realRows(t, whole, arrived));
            }
        }
    }

    /** The two maps or their sum, and of input blocks, which have one map alone, that one. */
    private void maps(String d, int t, Vec[] zx, Vec[] zh) {
        for (Layout.Block block : layout.blocks()) {
            String name = layout.isApart() ? "zx." : "z.";
            inside(d + name + block.name(), t, zx[block.index()]);
        }
        for (Layout.Block block : layout.blocks()) {
            if (layout.isApart() && block.recurrent()) {
                inside(d + "zh." + block.name(), t, zh[block.index()]);
            }
        }
    }

    /** A quantity of the step itself, of which a padded row has none: 0. */
    private void inside(String name, int t, Vec array) {
        record(name, t, realRows(t, array, Vec.zeros(array.dtype(), lengths.isFull() ? 0 : array.length())));
    }

    /** The rows of one array where step t is real, of the other where it is padding. */
    private Vec realRows(int t, Vec real, Vec padding) {
        if (lengths.isFull()) {
            return real;
        }
        Vec rows = real.copy();
        int size = real.length() / lengths.batch();
        for (int b = 0; b < lengths.batch(); b++) {
            if (lengths.padded(t, b)) {
                rows.copy(b * size, padding, b * size, size);
            }
        }
        return rows;
    }

    private void record(String name, int t, Vec array) {
        int[] shape = {lengths.steps(), lengths.batch(), array.length() / lengths.batch()};
        trace.record(name, t, shape, array);
    }
}
