// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.CellSpec;

/** The heap side of one layer's buffers for up to T steps of B rows: every array that a cell reads or writes. */
final class Slabs {
    /** Pre-activations of the step at hand; for a summed cell {@code zx} holds the sum. */
    final Vec[] zx;

    final Vec[] zh;
    final Vec[] dzx;
    final Vec[] dzh;
    /** State before step t at index t, so that next of one step is prev of the following one. */
    final Vec[][] state;

    final Vec[][] saved;
    /** Gradient of the state, two sets used in turn: the one arriving at step t is set (t+1) mod 2. */
    final Vec[][] dState = new Vec[2][];

    /** Rows of a state's gradient, put aside while padding is hidden from the cell, and zeros to stand in for them. */
    final Vec[] held;

    final Vec[] zeros;
    final Vec[] p;
    final Vec[] dp;
    /** One row block, for what crosses the border. */
    final Vec border;

    Slabs(CellSpec spec, Dtype dtype, int capacity, int n) {
        int gates = spec.blocks().size();
        zx = block(dtype, gates, n);
        dzx = block(dtype, gates, n);
        zh = block(dtype, gates, n);
        dzh = spec.apart() ? block(dtype, gates, n) : dzx;
        state = new Vec[capacity + 1][];
        saved = new Vec[capacity][];
        for (int t = 0; t <= capacity; t++) {
            state[t] = block(dtype, spec.state().size(), n);
            if (t < capacity) {
                saved[t] = block(dtype, spec.saved().size(), n);
            }
        }
        for (int i = 0; i < 2; i++) {
            dState[i] = block(dtype, spec.state().size(), n);
        }
        held = block(dtype, spec.state().size(), n);
        zeros = block(dtype, spec.state().size(), n);
        p = block(dtype, spec.pointwise().size(), n);
        dp = block(dtype, spec.pointwise().size(), n);
        border = Vec.zeros(dtype, n);
    }

    private static Vec[] block(Dtype dtype, int count, int n) {
        Vec[] arrays = new Vec[count];
        for (int i = 0; i < count; i++) {
            arrays[i] = Vec.zeros(dtype, n);
        }
        return arrays;
    }
}
