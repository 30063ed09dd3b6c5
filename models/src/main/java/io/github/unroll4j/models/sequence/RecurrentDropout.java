// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import org.jspecify.annotations.Nullable;

/**
 * Dropout of h_prev on its way into W_h, with one mask for all steps of a pass: the recurrent half of Gal and Ghahramani (2016),
 * "A theoretically grounded application of dropout in recurrent neural networks".
 *
 * <pre>
 * (D)   h_m = m ⊙ h_prev         m [B,H]: 0 with probability rate, otherwise 1/(1-rate)
 * (1)   zh = h_m W_h
 * (1'a) dh_m = dzh W_hᵀ
 * (1'b) after the loop dW_h += H_mᵀ dZh
 * (D')  dh_prev += m ⊙ dh_m
 * </pre>
 *
 * <p>Masked is this path alone. Where a cell's own equations use the state, as {@code z ⊙ h_prev} of a GRU or
 * {@code f ⊙ c_prev} of an LSTM, they see all of it, and so do the output and whoever the state is handed to. Costs one
 * more slab [T·B,H], from the first pass with noise on, and nothing before.
 */
final class RecurrentDropout implements AutoCloseable {
    private final double rate;
    private final Dtype dtype;
    private final int capacity;
    private final int batch;
    private final int units;
    private boolean on;
    private Vec mask;
    /** h_m of one step on the heap, on its way to native memory. */
    private Vec scratch;
    /** h_m of step t at index t, [B,H] each. */
    private NativeMatrix[] masked = {};

    private @Nullable NativeArray memory;
    private @Nullable NativeMatrix previousOutputs;
    private int steps;

    /** For up to T steps of B rows of H units. */
    RecurrentDropout(double rate, Dtype dtype, int[] capacity) {
        this.rate = rate;
        this.dtype = dtype;
        this.capacity = capacity[0];
        batch = capacity[1];
        units = capacity[2];
        steps = this.capacity;
        mask = Vec.zeros(dtype, 0);
        scratch = mask;
    }

    /** Uses the first {@code steps} of the capacity from now on. */
    void resize(int steps) {
        this.steps = steps;
        previousOutputs = null;
    }

    /** Draws the mask of a pass; without noise there is none. */
    void begin(Noise noise) {
        on = rate > 0 && noise.isOn();
        if (!on) {
            return;
        }
        if (memory == null) {
            memory = allocate();
        }
        if (previousOutputs == null) {
            previousOutputs = memory.matrix(0, steps * batch, units).t();
        }
        noise.dropout(mask, 0, mask.length(), rate);
    }

    private NativeArray allocate() {
        int n = batch * units;
        mask = Vec.zeros(dtype, n);
        scratch = Vec.zeros(dtype, n);
        NativeArray slab = NativeArray.allocate(dtype, (long) capacity * n);
        masked = new NativeMatrix[capacity];
        for (int t = 0; t < capacity; t++) {
            masked[t] = slab.matrix((long) t * n, batch, units);
        }
        return slab;
    }

    /** Whether this pass has a mask. */
    boolean isOn() {
        return on;
    }

    /** h_m, which stands in for h_prev at a step, [B,H]. */
    NativeMatrix drop(int t, Vec h_prev) {
        scratch.copy(0, h_prev, 0, scratch.length());
        scratch.multiply(0, mask, 0, mask.length()); // (D)
        masked[t].put(scratch, 0);
        return masked[t];
    }

    /** From the gradient of what stood in for h_prev to that of h_prev, in place. */
    void back(Vec dh_m) {
        if (on) {
            dh_m.multiply(0, mask, 0, mask.length()); // (D')
        }
    }

    /** H_mᵀ, what stood in for h_prev at all steps, [H,T·B]. */
    NativeMatrix previousOutputs() {
        if (previousOutputs == null) {
            throw new IllegalStateException("RecurrentDropout: asked for a slab before a pass with noise.");
        }
        return previousOutputs;
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
            memory = null;
        }
    }
}
