// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import org.jspecify.annotations.Nullable;

/**
 * The input side of a layer, x_t W_x for all t, hoisted out of the loop over time.
 *
 * <p>Only steps that are real in some row take part. Numbers: one product over T·B rows before the loop, and after it dW_x = Xᵀ dZ and dX = dZ W_xᵀ. Token ids: the row
 * W_x[id] is the product with a one-hot row, so it is copied, and its gradient is the row of dz, added.
 */
final class InputSide implements AutoCloseable {
    private final String layer;
    private final Parameter W_x;
    private final int gates;
    private final int units;
    private @Nullable Weights weights;
    private @Nullable WeightGradient dW_x;
    private @Nullable Dense dense;
    private Sequence.@Nullable Ids ids;

    InputSide(String layer, Parameter W_x, int gates, int units) {
        this.layer = layer;
        this.W_x = W_x;
        this.gates = gates;
        this.units = units;
    }

    /** Takes an input that {@link Inputs#require} passed and, for numbers, multiplies all of it by W_x. */
    void begin(Sequence x, Lengths lengths) {
        if (x instanceof Sequence.Ids tokens) {
            ids = tokens;
            return;
        }
        prepare(x.steps(), x.batch()).begin(x, lengths, weights());
    }

    /** Begins a pass whose inputs come step by step. */
    void begin(Lengths lengths) {
        prepare(lengths.steps(), lengths.batch()).begin(lengths);
    }

    private Dense prepare(int T, int B) {
        ids = null;
        if (weights == null) {
            weights = new Weights(W_x, gates);
            dW_x = new WeightGradient(W_x, gates);
        }
        weights.refresh();
        if (dense == null || !dense.fits(T, B)) {
            if (dense != null) {
                dense.close();
            }
            dense = new Dense(W_x.owner().dtype(), T, B);
        }
        return dense;
    }

    /** Takes x_t, [B,D], and multiplies it by W_x. */
    void put(int t, Vec x_t, Lengths lengths) {
        dense().put(t, x_t, lengths, weights());
    }

    /** The gradient of x_t, once the step has gone back; borrowed until the next one. */
    Vec gradient(int t) {
        return dense().gradient(t, weights());
    }

    /** Writes x_t W_x into the gates. */
    void stepInto(int t, Vec[] zx, int rows, Lengths lengths) {
        if (ids == null) {
            Dense d = dense();
            for (int g = 0; g < gates; g++) {
                d.Z.get(t, g, zx[g]);
            }
            return;
        }
        for (int b = 0; b < rows; b++) {
            if (lengths.padded(t, b)) { // any id may stand there
                for (int g = 0; g < gates; g++) {
                    zx[g].fill(b * units, units, 0);
                }
                continue;
            }
            int row = W_x.offset() + ids.ids()[t * rows + b] * gates * units;
            for (int g = 0; g < gates; g++) {
                zx[g].copy(b * units, W_x.values(), row + g * units, units);
            }
        }
    }

    /** Takes the gradient of one step's gates. */
    void stepBack(int t, Vec[] dzx, int rows, Lengths lengths) {
        if (ids == null) {
            Dense d = dense();
            for (int g = 0; g < gates; g++) {
                d.Z.put(t, g, dzx[g]);
            }
            return;
        }
        for (int b = 0; b < rows; b++) {
            if (lengths.padded(t, b)) {
                continue;
            }
            int row = W_x.offset() + ids.ids()[t * rows + b] * gates * units;
            for (int g = 0; g < gates; g++) {
                W_x.gradients().add(row + g * units, dzx[g], b * units, units);
            }
        }
    }

    /** After the loop: adds dW_x and returns dX, or null for ids. */
    @Nullable
    Slab end() {
        if (ids != null || dW_x == null) {
            return null;
        }
        dW_x.add(dense().Xt, dense().Z.whole());
        return dense().end(weights());
    }

    /** After a loop back whose inputs came step by step: adds dW_x. */
    void endSteps() {
        if (dW_x != null) {
            dW_x.add(dense().Xt, dense().Z.whole());
        }
    }

    private Dense dense() {
        if (dense == null) {
            throw new IllegalStateException(layer + ": backward before forward.");
        }
        return dense;
    }

    private Weights weights() {
        if (weights == null) {
            throw new IllegalStateException(layer + ": backward before forward.");
        }
        return weights;
    }

    @Override
    public void close() {
        if (weights != null) {
            weights.close();
            weights = null;
        }
        if (dW_x != null) {
            dW_x.close();
            dW_x = null;
        }
        if (dense != null) {
            dense.close();
            dense = null;
        }
    }

    /** Buffers for an input of numbers. */
    private final class Dense implements AutoCloseable {
        /** x_t W_x of all steps on the way forward, overwritten by dzx on the way back. */
        final GateBlocks Z;

        private final int capacity;
        private final int batch;
        private final int D = W_x.size(0);
        private final NativeArray own;
        private final NativeArray inputGradient;
        private NativeMatrix ownRows;
        private NativeMatrix X;
        private NativeMatrix Xt;
        private NativeMatrix dXReal;
        private Slab dX;
        private Vec clean;
        private int real;
        /** Views of single steps, for a pass whose inputs come step by step. */
        private NativeMatrix[] step = {};

        private NativeMatrix[] dStep = {};
        private Vec border;

        Dense(Dtype dtype, int capacity, int batch) {
            this.capacity = capacity;
            this.batch = batch;
            Z = new GateBlocks(dtype, capacity, batch, gates, units);
            own = NativeArray.allocate(dtype, (long) capacity * batch * D);
            inputGradient = NativeArray.allocate(dtype, (long) capacity * batch * D);
            ownRows = own.matrix(0, capacity * batch, D);
            X = ownRows;
            Xt = X.t();
            dXReal = inputGradient.matrix(0, capacity * batch, D);
            dX = new Slab(dXReal, capacity, batch);
            clean = Vec.zeros(dtype, 0);
            border = clean;
            real = capacity;
        }

        boolean fits(int T, int B) {
            return T <= capacity && B == batch;
        }

        void begin(Lengths lengths) {
            resize(lengths.steps(), lengths.longest());
            if (X != ownRows) {
                X = ownRows;
                Xt = X.t();
            }
            if (step.length < capacity) {
                step = new NativeMatrix[capacity];
                dStep = new NativeMatrix[capacity];
                for (int t = 0; t < capacity; t++) {
                    step[t] = own.matrix((long) t * batch * D, batch, D);
                    dStep[t] = inputGradient.matrix((long) t * batch * D, batch, D);
                }
                border = Vec.zeros(W_x.owner().dtype(), batch * D);
            }
        }

        void put(int t, Vec x_t, Lengths lengths, Weights W) {
            Vec rows = x_t;
            if (!lengths.isFull()) { // zeros at padded rows, as in cleanRows
                border.copy(0, x_t, 0, batch * D);
                for (int b = 0; b < batch; b++) {
                    if (lengths.padded(t, b)) {
                        border.fill(b * D, D, 0);
                    }
                }
                rows = border;
            }
            step[t].put(rows, 0);
            Z.product(t, step[t], W);
        }

        Vec gradient(int t, Weights W) {
            Z.transposedInto(t, dStep[t], W);
            dStep[t].get(border, 0);
            return border;
        }

        void begin(Sequence x, Lengths lengths, Weights W) {
            resize(x.steps(), lengths.longest());
            NativeMatrix rows = lengths.isFull() ? rows(x) : cleanRows(x, lengths);
            if (X != rows) {
                X = rows;
                Xt = X.t();
            }
            Z.product(X, W);
        }

        private void resize(int steps, int real) {
            if (dX.steps() != steps) {
                dX = new Slab(inputGradient.matrix(0, steps * batch, D), steps, batch);
            }
            if (this.real != real) {
                this.real = real;
                Z.resize(real);
                ownRows = own.matrix(0, real * batch, D);
                dXReal = inputGradient.matrix(0, real * batch, D);
            }
        }

        private NativeMatrix rows(Sequence x) {
            if (x instanceof Slab slab) {
                return slab.rows();
            }
            ownRows.put(((Sequence.Dense) x).X().data(), 0);
            return ownRows;
        }

        // Zeros at padded steps: a NaN there would reach dW_x, because 0 · NaN is NaN.
        private NativeMatrix cleanRows(Sequence x, Lengths lengths) {
            if (clean.length() == 0) {
                clean = Vec.zeros(W_x.owner().dtype(), capacity * batch * D);
            }
            if (x instanceof Slab slab) {
                slab.rows().get(clean, 0);
            } else {
                clean.copy(0, ((Sequence.Dense) x).X().data(), 0, ownRows.size());
            }
            for (int t = 0; t < real; t++) {
                for (int b = 0; b < batch; b++) {
                    if (lengths.padded(t, b)) {
                        clean.fill((t * batch + b) * D, D, 0);
                    }
                }
            }
            ownRows.put(clean, 0);
            return ownRows;
        }

        Slab end(Weights W) {
            Z.transposedInto(dXReal, W);
            if (real < dX.steps()) {
                clean.fill(0, batch * D, 0);
            }
            for (int t = real; t < dX.steps(); t++) {
                dX.step(t).put(clean, 0);
            }
            return dX;
        }

        @Override
        public void close() {
            Z.close();
            own.close();
            inputGradient.close();
        }
    }
}
