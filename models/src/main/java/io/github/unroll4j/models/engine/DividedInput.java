// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.internal.NativeRows;
import io.github.unroll4j.models.internal.SlabMap;
import io.github.unroll4j.models.internal.StepMap;
import io.github.unroll4j.models.internal.WeightImage;
import io.github.unroll4j.models.sequence.Inputs;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Slab;
import org.jspecify.annotations.Nullable;

/**
 * The input of a layer where it is numbers, x_t = [a_t ; l_t]: the first columns known for all steps before the loop,
 * the later ones coming step by step. All of them may be the one or the other.
 *
 * <pre>
 * XW = A W_x[a] before the loop,  zx = XW_t + l_t W_x[l] at step t
 * dl_t = dzx_t W_x[l]ᵀ at step t,  dA = dZx W_x[a]ᵀ and dW_x += [A L]ᵀ dZx after the loop
 * </pre>
 *
 * <p>Padded rows take part as zeros, whatever stands there: a NaN would reach dW_x, because 0 · NaN is NaN.
 */
final class DividedInput implements AutoCloseable {
    private final WeightImage W;
    private final Dtype dtype;
    private final int blocks;
    private final int known;
    private final int late;
    /** XW on the way forward, which dZx overwrites step by step on the way back. */
    private final NativeRows Z;

    private final @Nullable SlabMap early;
    private final @Nullable StepMap steps;
    /** A where it is not native, or not clean. */
    private final Slab own;

    private final Slab dA;
    private Vec clean;
    private Vec l;
    private Lengths lengths = Lengths.full(1, 1);

    /**
     * An input without room.
     *
     * @param W_x the weights [D,G·H]
     * @param blocks G
     * @param known columns that are known before the loop, 0 to D
     */
    DividedInput(Parameter W_x, int blocks, int known) {
        this.blocks = blocks;
        this.known = known;
        W = new WeightImage(W_x, blocks);
        dtype = W_x.owner().dtype();
        late = W_x.size(0) - known;
        Z = new NativeRows(blocks, W_x.size(1) / blocks);
        early = known > 0 ? new SlabMap(W.rows(0, known)) : null;
        steps = late > 0 ? new StepMap(W.rows(known, late), Z) : null;
        own = new Slab(known);
        dA = new Slab(known);
        clean = Vec.zeros(dtype, 0);
        l = clean;
    }

    /** How many columns are known. */
    int known() {
        return known;
    }

    /** The size of a row of l_t. */
    int lateWidth() {
        return late;
    }

    /** Begins a pass, and multiplies what is known of it. */
    void begin(@Nullable Slab A, Lengths of) {
        lengths = of;
        int B = of.batch();
        Z.resize(dtype, of.steps(), B);
        W.refresh();
        if (early != null && A != null) {
            early.forward(operand(A), Z.first(of.longest()));
        }
        if (steps != null) {
            steps.begin(of.steps(), B);
            if (l.length() != B * late) {
                l = Vec.zeros(dtype, B * late);
            }
        }
    }

    /** The rows of A over the steps that are real in some row, native and clean. */
    private NativeMatrix operand(Slab A) {
        int real = lengths.longest();
        if (lengths.isFull()) {
            return A.withRows(own).rows();
        }
        int B = lengths.batch();
        if (clean.length() < real * B * known) {
            clean = Vec.zeros(dtype, Tensor.elements(lengths.steps(), B, known));
        }
        A.getFirst(real, clean);
        for (int t = 0; t < real; t++) {
            Inputs.clearPadding(clean, t * B, t, lengths, known);
        }
        own.resize(dtype, lengths.steps(), B).target();
        own.putFirst(real, clean);
        return own.first(real);
    }

    /** Takes l_t, [B,D-K]. */
    void put(int t, Vec l_t) {
        if (steps == null) {
            return;
        }
        Vec rows = l_t;
        if (!lengths.isFull()) {
            rows = l.set(l_t);
            Inputs.clearPadding(l, 0, t, lengths, late);
        }
        steps.put(t, rows);
    }

    /** {@code zx = x_t W_x}, block by block. */
    void stepInto(int t, Vec[] zx) {
        for (int g = 0; early != null && g < blocks; g++) {
            Z.block(t, g).get(zx[g], 0);
        }
        if (steps != null && early != null) {
            steps.forwardAdd(t, zx);
        } else if (steps != null) {
            steps.forward(t, zx);
        }
    }

    /** Takes dzx of one step. */
    void stepBack(int t, Vec[] dzx) {
        for (int g = 0; g < blocks; g++) {
            Z.block(t, g).put(dzx[g], 0);
        }
    }

    /** The gradient of l_t, borrowed until the next; empty where all is known. */
    Vec lateGradient(int t) {
        if (steps != null) {
            steps.backward(t, l);
        }
        return l;
    }

    /** After the loop back: adds dW_x, and computes the gradient of what was known. */
    void end() {
        int real = lengths.longest();
        if (early != null) {
            dA.resize(dtype, lengths.steps(), lengths.batch()).target();
            early.backward(dA.first(real), Z.first(real));
            dA.zeroFrom(real);
        }
        if (steps != null) {
            steps.computeGradient();
        }
        if (early == null || steps != null) { // a map by all rows has added its own
            W.addGradient();
        }
    }

    /** After the end: the gradient of what was known, or null. */
    @Nullable
    Slab knownGradient() {
        return early == null ? null : dA;
    }

    @Override
    public void close() {
        W.close();
        Z.close();
        own.close();
        dA.close();
        if (steps != null) {
            steps.close();
        }
    }
}
