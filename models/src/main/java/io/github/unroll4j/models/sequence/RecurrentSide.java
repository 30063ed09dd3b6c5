// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import org.jspecify.annotations.Nullable;

/**
 * The recurrent side of a layer, h_prev W_h: one product per step on the way forward, one on the way back, and the gradient of
 * the weights as one product after the loop.
 *
 * <pre>
 * (1)   zh = h_prev W_h
 * (1'a) dh_prev += dzh W_hᵀ
 * (1'b) after the loop, for all t: dW_h += H_prevᵀ dZh
 * </pre>
 *
 * <p>In training, {@link RecurrentDropout} may put another operand in the place of h_prev and {@link WeightDrop} in that of W_h, in
 * all three lines. The layer's outputs lie here too: the output of a step is h before the next one, so that H_prev and the
 * outputs are one slab, a step apart.
 */
final class RecurrentSide implements AutoCloseable {
    private final Parameter W_h;
    private final int blocks;
    private final int batch;
    private final int units;
    private final RecurrentProduct product;
    private final RecurrentDropout dropout;
    private final WeightDrop weightDrop;
    /** dzh of all steps (dz, for a summed cell). */
    private final AffineBlocks dZh;

    private final NativeArray states;
    /** h before step t at index t, [B,H] each. */
    private final NativeMatrix[] h;

    /** Copy of one native [B,H] on the heap. */
    private final Vec scratch;

    private @Nullable WeightGradient dW_h;
    private Weights.@Nullable Rows dRows;
    private Slab outputs;
    private NativeMatrix previousOutputs;
    private int real;

    RecurrentSide(Parameter W_h, int blocks, RecurrentNoise rates, int capacity, int batch) {
        this.W_h = W_h;
        this.blocks = blocks;
        this.batch = batch;
        units = W_h.size(0);
        Dtype dtype = W_h.owner().dtype();
        int n = batch * units;
        product = new RecurrentProduct(W_h, blocks, batch);
        dropout = new RecurrentDropout(rates.dropout(), dtype, new int[] {capacity, batch, units});
        weightDrop = new WeightDrop(rates.weightDrop(), W_h);
        dZh = new AffineBlocks(dtype, capacity, batch, blocks, units);
        states = NativeArray.allocate(dtype, (long) (capacity + 1) * n);
        h = new NativeMatrix[capacity + 1];
        for (int t = 0; t <= capacity; t++) {
            h[t] = states.matrix((long) t * n, batch, units);
        }
        scratch = Vec.zeros(dtype, n);
        outputs = new Slab(states.matrix(n, capacity * batch, units), capacity, batch);
        previousOutputs = states.matrix(0, capacity * batch, units).t();
        real = capacity;
    }

    /** Uses the first {@code steps} of the capacity from now on, of which the first {@code real} take part in products. */
    void resize(int steps, int real) {
        if (steps != outputs.steps()) {
            outputs = new Slab(states.matrix((long) batch * units, steps * batch, units), steps, batch);
        }
        if (real != this.real) {
            this.real = real;
            dZh.resize(real);
            dropout.resize(real);
            previousOutputs = states.matrix(0, real * batch, units).t();
        }
    }

    /** Draws the masks of a pass and lays the weights out for it. */
    void begin(Noise noise) {
        dropout.begin(noise);
        weightDrop.begin(noise);
        if (weightDrop.isOn()) {
            product.use(weightDrop.weights());
        } else {
            product.refresh();
        }
    }

    /** Takes h before a step, which for t &gt; 0 is the output of the step before it. */
    void put(int t, Vec h_prev) {
        h[t].put(h_prev, 0);
    }

    /** {@code zh = h_prev W_h}, block by block, h_prev as it was put. */
    void stepInto(int t, Vec h_prev, Vec[] zh) {
        product.forward(dropout.isOn() ? dropout.drop(t, h_prev) : h[t], zh); // (1)
    }

    /** {@code dh_prev += dzh W_hᵀ}; keeps dzh for the product after the loop. */
    void stepBack(int t, Vec[] dzh, Vec dh_prev) {
        for (int g = 0; g < blocks; g++) {
            dZh.put(t, g, dzh[g]);
        }
        product.backward(dZh, t, scratch); // (1'a)
        dropout.back(scratch);
        dh_prev.add(0, scratch, 0, scratch.length());
    }

    /** After the loop: {@code dW_h += H_prevᵀ dZh}. */
    void end() {
        if (dW_h == null || dRows == null) {
            dW_h = new WeightGradient(W_h, blocks);
            dRows = dW_h.rows(0, units);
        }
        NativeMatrix H_prev = dropout.isOn() ? dropout.previousOutputs() : previousOutputs;
        dZh.gradientInto(dRows, H_prev); // (1'b)
        dW_h.add(weightDrop);
    }

    /** All outputs, [T·B,H]: the state slab without its first entry. */
    Slab outputs() {
        return outputs;
    }

    @Override
    public void close() {
        product.close();
        dropout.close();
        dZh.close();
        states.close();
        if (dW_h != null) {
            dW_h.close();
        }
    }
}
