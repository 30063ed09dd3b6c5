// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.CellSpec;

/**
 * The heap side of one layer's buffers for up to T steps of B rows: every array that a cell reads or writes.
 *
 * <p>A slab is an array of all steps, made once. Here it is one vector of n = B·H numbers per step, since a cell's loops run
 * over one step.
 */
final class Slabs {
    /** Pre-activations of the step at hand; for a summed cell {@code zx} holds the sum. */
    final Vec[] zx;

    final Vec[] zh;
    final Vec[] dzx;
    final Vec[] dzh;
    /** State before step t at index t, so that next of one step is prev of the following one. */
    final Vec[][] state;

    /** What the cell makes of step t: the state after it itself, or arrays of their own where zoneout comes in between. */
    final Vec[][] made;

    final Vec[][] saved;
    /** Gradient of the state, two sets used in turn: the one arriving at step t is set (t+1) mod 2. */
    final Vec[][] dState = new Vec[2][];

    private final Vec[] dMade;

    /** Rows of a state's gradient, put aside while padding is hidden from the cell, and zeros to stand in for them. */
    final Vec[] held;

    final Vec[] zeros;
    final Vec[] p;
    final Vec[] dp;
    /** Copy of one native [B,H] on the heap. */
    final Vec scratch;

    /** Lays out for T steps of n = B·H numbers, with zoneout or without. */
    Slabs(CellSpec spec, Dtype dtype, int capacity, int n, boolean zoned) {
        int blocks = spec.blocks().size();
        int parts = spec.state().size();
        zx = block(dtype, blocks, n);
        dzx = block(dtype, blocks, n);
        zh = block(dtype, blocks, n);
        dzh = spec.apart() ? block(dtype, blocks, n) : dzx;
        state = new Vec[capacity + 1][];
        made = new Vec[capacity][];
        saved = new Vec[capacity][];
        state[0] = block(dtype, parts, n);
        for (int t = 0; t < capacity; t++) {
            state[t + 1] = block(dtype, parts, n);
            made[t] = zoned ? block(dtype, parts, n) : state[t + 1];
            saved[t] = block(dtype, spec.saved().size(), n);
        }
        for (int i = 0; i < 2; i++) {
            dState[i] = block(dtype, parts, n);
        }
        dMade = block(dtype, zoned ? parts : 0, n);
        held = block(dtype, parts, n);
        zeros = block(dtype, parts, n);
        p = block(dtype, spec.unitParameters().size(), n);
        dp = block(dtype, spec.unitParameters().size(), n);
        scratch = Vec.zeros(dtype, n);
    }

    /** Gradient of what the cell made of step t. */
    Vec[] dMade(int t) {
        return dMade.length > 0 ? dMade : dState[(t + 1) & 1];
    }

    /** Whether zoneout comes between what the cell makes and the state. */
    boolean zoned() {
        return dMade.length > 0;
    }

    /** Sets arrays to zero. */
    static void clear(Vec[] arrays) {
        for (Vec array : arrays) {
            array.clear();
        }
    }

    /** Copies the rows that are padding at a step, of {@code units} numbers each. */
    static void copyPadded(Lengths lengths, int t, int units, Vec[] target, Vec[] source) {
        for (int b = 0; !lengths.isFull() && b < lengths.batch(); b++) {
            if (lengths.padded(t, b)) {
                for (int i = 0; i < target.length; i++) {
                    target[i].copy(b * units, source[i], b * units, units);
                }
            }
        }
    }

    static Vec[] block(Dtype dtype, int count, int n) {
        Vec[] arrays = new Vec[count];
        for (int i = 0; i < count; i++) {
            arrays[i] = Vec.zeros(dtype, n);
        }
        return arrays;
    }
}
