// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.internal.NativeRows;
import io.github.unroll4j.models.internal.SlabMap;
import io.github.unroll4j.models.internal.StepMap;
import io.github.unroll4j.models.internal.WeightImage;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import org.jspecify.annotations.Nullable;

/**
 * The input map of the engine, x_t W_x, as far as it can be made before the loop over time.
 *
 * <pre>
 * numbers    x_t = [a_t ; l_t]: K known columns, which are there for all steps before the loop, and late ones, which
 *            come with their step; all of D may be known, or late
 *            XW = A W_x[a] before the loop,  zx = XW_t + l_t W_x[l] at step t
 *            dl_t = dzx_t W_x[l]ᵀ at step t,  dA = dZx W_x[a]ᵀ and dW_x += [A L]ᵀ dZx after the loop
 * token ids  zx = W_x[id], which is the product with a one-hot row; dW_x[id] += dzx, both in the loop
 * with a table E   zx = (E W_x)[id], of a layer that reads token ids and has no way back
 * </pre>
 *
 * <p>Late columns are what a decoder gets only from the step before, such as the context that attention gives; its
 * known columns are the embedded target.
 *
 * <p>Steps that are padding in every row take no part. Padded rows of the others take part as zeros, whatever stands
 * there: a NaN would reach dW_x, because 0 · NaN is NaN.
 */
final class InputMap implements AutoCloseable {
    private final Parameter W_x;
    private final int blocks;
    private final int units;
    private final WeightImage W;
    /** XW on the way forward, which dZx overwrites step by step on the way back. */
    private final NativeRows Z;

    private final @Nullable TokenTable table;
    /** Rows that ids select, and where they begin. */
    private Vec rows = Vec.zeros(Dtype.FLOAT, 0);

    private int rowsAt;

    private int known = -1;
    private @Nullable SlabMap ofKnown;
    private @Nullable StepMap ofLate;
    /** A where it is not native, or not clean. */
    private Slab own = new Slab(0);

    private Slab dA = own;
    /** l_t where it is not clean, and dl_t. */
    private Vec l = Vec.zeros(Dtype.FLOAT, 0);

    private Lengths lengths = Lengths.full(1, 1);
    private Sequence.@Nullable Ids ids;

    /**
     * A map without room.
     *
     * @param W_x the weights [D,G·H]
     * @param blocks G
     * @param table of the vectors of token ids, null where the input is numbers or one-hot rows
     */
    InputMap(Parameter W_x, int blocks, @Nullable TokenTable table) {
        this.W_x = W_x;
        this.table = table;
        this.blocks = blocks;
        units = W_x.size(1) / blocks;
        W = new WeightImage(W_x, blocks);
        Z = new NativeRows(blocks, units);
    }

    /**
     * Begins a pass, and multiplies what is known of its input.
     *
     * @param input token ids, the known columns of all steps, or null where all columns are late; checked by the layer
     */
    void begin(@Nullable Sequence input, Lengths of) {
        lengths = of;
        ids = input instanceof Sequence.Ids tokens ? tokens : null;
        if (ids != null) {
            rows = table == null ? W_x.values() : table.rows();
            rowsAt = table == null ? W_x.offset() : 0;
            return;
        }
        requireWithout("an input of numbers");
        Slab A = (Slab) input;
        divide(A == null ? 0 : A.width());
        Z.resize(dtype(), of.steps(), of.batch());
        W.refresh();
        if (ofKnown != null && A != null) {
            ofKnown.forward(of.steps(), operand(A), Z.first(of.longest()));
        }
        if (ofLate != null) {
            ofLate.begin(of.steps(), of.batch());
            int size = of.batch() * lateWidth();
            l = l.length() == size ? l : Vec.zeros(dtype(), size);
        }
    }

    private void requireWithout(String what) {
        if (table != null) {
            throw new IllegalStateException("InputMap(" + W_x.name() + "): " + what
                    + ", expected token ids and no way back; the layer was made" + " over a table, to read.");
        }
    }

    /** Makes the first K columns the known ones. */
    private void divide(int K) {
        if (known != K) {
            close();
            known = K;
            ofKnown = K > 0 ? new SlabMap(W.rows(0, K)) : null;
            ofLate = lateWidth() > 0 ? new StepMap(W.rows(K, lateWidth()), Z) : null;
            own = new Slab(K);
            dA = new Slab(K);
            l = Vec.zeros(dtype(), 0);
        }
    }

    /** The rows of A over the steps that are real in some row, native and clean. */
    private NativeMatrix operand(Slab A) {
        if (lengths.isFull()) {
            return A.withRows(own).rows();
        }
        int real = lengths.longest();
        Vec clean = own.resize(dtype(), lengths.steps(), lengths.batch()).write();
        A.getFirst(real, clean);
        for (int t = 0; t < real; t++) {
            lengths.clearPadding(clean, t * lengths.batch(), t, known);
        }
        own.rows();
        return own.first(real);
    }

    private Dtype dtype() {
        return W_x.owner().dtype();
    }

    /** How many columns of x_t are late. */
    int lateWidth() {
        return W_x.size(0) - known;
    }

    /**
     * {@code zx = x_t W_x}, block by block.
     *
     * @param l_t the late columns [B,D-K], of no length where all are known
     */
    void stepInto(int t, Vec l_t, Vec[] zx) {
        if (ids != null) {
            lookUp(ids, t, zx);
            return;
        }
        if (ofKnown != null) {
            Z.get(t, zx);
        }
        if (ofLate != null) {
            ofLate.put(t, clean(t, l_t));
            ofLate.forward(t, zx, ofKnown != null);
        }
    }

    private Vec clean(int t, Vec l_t) {
        if (lengths.isFull()) {
            return l_t;
        }
        l.set(l_t);
        lengths.clearPadding(l, 0, t, lateWidth());
        return l;
    }

    private void lookUp(Sequence.Ids tokens, int t, Vec[] zx) {
        for (int b = 0; b < lengths.batch(); b++) {
            for (int g = 0; g < blocks; g++) {
                if (lengths.padded(t, b)) { // any id may stand there
                    zx[g].fill(b * units, units, 0);
                } else {
                    zx[g].copy(b * units, rows, rowsAt + at(tokens, t, b) + g * units, units);
                }
            }
        }
    }

    /**
     * Takes dzx of one step; of ids, adds it to their rows of dW_x.
     *
     * @return the gradient of l_t, borrowed until the next; of no length where all columns are known
     */
    Vec stepBack(int t, Vec[] dzx) {
        requireWithout("a way back");
        if (ids != null) {
            addRows(ids, t, dzx);
            return l;
        }
        Z.put(t, dzx);
        if (ofLate != null) {
            ofLate.backward(t, l);
        }
        return l;
    }

    private void addRows(Sequence.Ids tokens, int t, Vec[] dzx) {
        for (int b = 0; b < lengths.batch(); b++) {
            for (int g = 0; g < blocks && !lengths.padded(t, b); g++) {
                W_x.gradients().add(W_x.offset() + at(tokens, t, b) + g * units, dzx[g], b * units, units);
            }
        }
    }

    /** Where the row of an id begins. */
    private int at(Sequence.Ids tokens, int t, int b) {
        return tokens.ids()[t * lengths.batch() + b] * blocks * units;
    }

    /** After the loop back: adds dW_x, and computes dA. */
    void end() {
        if (ids != null) {
            return;
        }
        int real = lengths.longest();
        if (ofKnown != null) {
            dA.resize(dtype(), lengths.steps(), lengths.batch()).target();
            ofKnown.backward(dA.first(real), Z.first(real));
            dA.zeroFrom(real);
        }
        if (ofLate != null) {
            ofLate.computeGradient();
        }
        if (ofKnown == null || ofLate != null) { // a map by all rows has added its own
            W.addGradient();
        }
    }

    /** After the end: the gradient of what was known, or null; there is none of ids. */
    @Nullable
    Slab knownGradient() {
        return ids != null || ofKnown == null ? null : dA;
    }

    @Override
    public void close() {
        W.close();
        Z.close();
        own.close();
        dA.close();
        if (ofKnown != null) {
            ofKnown.close();
        }
        if (ofLate != null) {
            ofLate.close();
        }
        if (table != null) {
            table.close();
        }
        rows = l;
        known = -1;
    }
}
