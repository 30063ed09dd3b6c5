// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Slab;
import org.jspecify.annotations.Nullable;

/**
 * The recurrent side of a layer, h_prev W_h: one product per step on the way forward, one on the way back, and the
 * gradient of the weights as one product after the loop.
 *
 * <pre>
 * (1)   zh = h_prev W_h
 * (1'a) dh_prev += dzh W_hᵀ
 * (1'b) after the loop, for all t: dW_h += H_prevᵀ dZh
 * </pre>
 *
 * <p>In training, {@link RecurrentDropout} may put another operand in the place of h_prev and {@link WeightDrop} in
 * that of W_h, in all three lines. The layer's outputs lie here too: the output of a step is h before the next one, so
 * that H_prev and the outputs are one slab, a step apart.
 */
final class RecurrentSide implements AutoCloseable {
    private final Parameter W_h;
    private final int blocks;
    private final int batch;
    /** Size of a row of h. */
    private final int size;

    private final int capacity;
    private final RecurrentProduct product;
    private final RecurrentDropout dropout;
    private final WeightDrop weightDrop;
    /** dzh of all steps (dz, for a summed cell). */
    private final AffineBlocks dZh;

    private final NativeArray states;
    /** h before step t at index t, [B,size] each. */
    private final NativeMatrix[] h;

    /** Copy of one native [B,size] on the heap. */
    private final Vec scratch;

    /** What stood in for h_prev at each step under dropout; from the first pass with a mask. */
    private @Nullable NativeArray maskedStates;

    private NativeMatrix[] masked = {};
    private @Nullable WeightGradient dW_h;
    private Weights.@Nullable Rows dRows;
    private Slab outputs;
    private NativeMatrix previousOutputs;
    private @Nullable NativeMatrix previousMasked;
    private int real;

    /**
     * Room for a layer.
     *
     * @param W_h its recurrent weights [size,G·H]
     * @param blocks G
     * @param dropout of h_prev, whose masks the layer draws
     * @param weightDrop rate
     * @param capacity most steps T
     * @param batch rows B
     */
    RecurrentSide(Parameter W_h, int blocks, RecurrentDropout dropout, double weightDrop, int capacity, int batch) {
        this.W_h = W_h;
        this.blocks = blocks;
        this.batch = batch;
        this.capacity = capacity;
        this.dropout = dropout;
        size = W_h.size(0);
        Dtype dtype = W_h.owner().dtype();
        int n = batch * size;
        product = new RecurrentProduct(W_h, blocks, batch);
        this.weightDrop = new WeightDrop(weightDrop, W_h);
        dZh = new AffineBlocks(dtype, capacity, batch, blocks, W_h.size(1) / blocks);
        states = NativeArray.allocate(dtype, (long) (capacity + 1) * n);
        h = steps(states, capacity + 1);
        scratch = Vec.zeros(dtype, n);
        outputs = new Slab(states.matrix(n, capacity * batch, size), capacity, batch);
        previousOutputs = states.matrix(0, capacity * batch, size).t();
        real = capacity;
    }

    private NativeMatrix[] steps(NativeArray slab, int count) {
        NativeMatrix[] steps = new NativeMatrix[count];
        for (int t = 0; t < count; t++) {
            steps[t] = slab.matrix((long) t * batch * size, batch, size);
        }
        return steps;
    }

    /**
     * Uses the first {@code steps} of the capacity from now on, of which the first {@code real} take part in products.
     */
    void resize(int steps, int real) {
        if (steps != outputs.steps()) {
            outputs = new Slab(states.matrix((long) batch * size, steps * batch, size), steps, batch);
        }
        if (real != this.real) {
            this.real = real;
            dZh.resize(real);
            previousOutputs = states.matrix(0, real * batch, size).t();
            previousMasked = null;
        }
    }

    /** Lays the weights out for a pass whose dropout mask has been drawn; draws that of the weights. */
    void begin(Noise noise) {
        if (dropout.isOn() && maskedStates == null) {
            maskedStates = NativeArray.allocate(W_h.owner().dtype(), (long) capacity * batch * size);
            masked = steps(maskedStates, capacity);
        }
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
        if (dropout.isOn()) {
            masked[t].put(dropout.drop(h_prev), 0);
        }
        product.forward(dropout.isOn() ? masked[t] : h[t], zh); // (1)
    }

    /** {@code dh_prev += dzh W_hᵀ}; keeps dzh for the product after the loop. */
    void stepBack(int t, Vec[] dzh, Vec dh_prev) {
        for (int g = 0; g < blocks; g++) {
            dZh.put(t, g, dzh[g]);
        }
        product.backward(dZh, t, scratch); // (1'a)
        dropout.back(scratch);
        dh_prev.add(scratch);
    }

    /** After the loop: {@code dW_h += H_prevᵀ dZh}. */
    void end() {
        if (dW_h == null || dRows == null) {
            dW_h = new WeightGradient(W_h, blocks);
            dRows = dW_h.rows(0, size);
        }
        dZh.gradientInto(dRows, dropout.isOn() ? previousMasked() : previousOutputs); // (1'b)
        dW_h.add(weightDrop);
    }

    private NativeMatrix previousMasked() {
        if (maskedStates == null) {
            throw new IllegalStateException("RecurrentSide: asked for masked states before a pass with noise.");
        }
        if (previousMasked == null) {
            previousMasked = maskedStates.matrix(0, real * batch, size).t();
        }
        return previousMasked;
    }

    /** All outputs, [T·B,size]: the state slab without its first entry. */
    Slab outputs() {
        return outputs;
    }

    @Override
    public void close() {
        product.close();
        dZh.close();
        states.close();
        if (maskedStates != null) {
            maskedStates.close();
        }
        if (dW_h != null) {
            dW_h.close();
        }
    }
}
