// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.layer;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Gemm;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Shapes;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Slab;
import org.jspecify.annotations.Nullable;

/**
 * The linear map over all steps at once.
 *
 * <pre>
 * (1)  Y = X W + b       X [T·B,D], W [D,N], b [N], Y [T·B,N]
 * (1') dX = dY Wᵀ,  dW += Xᵀ dY,  db += column sums of dY
 * </pre>
 *
 * <p>Y comes out on the heap, where the softmax wants it. Starts from Glorot-uniform W and zero b.
 *
 * <p>Tied to a table [N,D] of another layer, usually an {@link Embedding}, the map has no weights of its own: W = tableᵀ (Inan,
 * Khosravi and Socher 2017; Press and Wolf 2017). The gradient of the table is then the sum of both uses,
 *
 * <pre>
 * (1') tied:  dtable += dYᵀ X
 * </pre>
 *
 * and touches all its rows.
 */
public final class Linear implements AutoCloseable {
    private final String label;
    private final Parameter W;
    private final boolean tied;
    private final Parameter b;
    private final int D;
    private final int N;
    private @Nullable Weights weights;
    private @Nullable Buffers buffers;

    /**
     * Declares the map.
     *
     * @param name scope of the parameter names
     * @param inputSize D
     * @param outputSize N
     * @param p where to declare
     */
    public Linear(String name, int inputSize, int outputSize, Parameters.Builder p) {
        this(p.scope(name).add("W", "D,N", Init.glorotUniform(), inputSize, outputSize), false, p.scope(name));
    }

    /**
     * Declares a map tied to a table: Y = X tableᵀ + b. Only b is declared.
     *
     * @param name scope of the parameter name
     * @param table [N,D], declared by another layer in the same registry
     * @param p where to declare
     * @throws io.github.unroll4j.core.tensor.ShapeException if the table is not a matrix
     */
    public Linear(String name, Parameter table, Parameters.Builder p) {
        this(requireMatrix(name, table), true, p.scope(name));
    }

    private Linear(Parameter W, boolean tied, Parameters.Builder scope) {
        this.W = W;
        this.tied = tied;
        D = W.size(tied ? 1 : 0);
        N = W.size(tied ? 0 : 1);
        b = scope.add("b", "N", Init.zeros(), N);
        label = tied ? "Linear(" + b.name() + ", tied to " + W.name() + ")" : "Linear(" + W.name() + ")";
    }

    private static Parameter requireMatrix(String name, Parameter table) {
        Shapes.Axis[] axes = {Shapes.axis("N", -1), Shapes.axis("D", -1)};
        Shapes.require("Linear(" + name + ")", "the table " + table.name(), table.shape(), axes, "");
        return table;
    }

    /** The weights: [D,N], or the table [N,D] that the map is tied to. */
    public Parameter W() {
        return W;
    }

    /** The bias [N]. */
    public Parameter b() {
        return b;
    }

    /**
     * {@code Y = X W + b}.
     *
     * @param X (Input) [T,B,D], borrowed until the next forward
     * @return Y, row-major [T·B,N] from element 0 on, borrowed until the next forward; the caller may overwrite it with its
     *     gradient. The array is longer where an earlier X had more rows: it is kept for the longest
     */
    public Vec forward(Slab X) {
        return forward(X, X.steps());
    }

    /**
     * The same for the first steps alone. The rest is padding, which takes part in no product, so that its amount changes no bit of a
     * gradient; its rows of Y are not written, and those of dX are zero.
     *
     * @param X (Input) [T,B,D], borrowed until the next forward
     * @param steps the longest of the rows' lengths, 0 to T
     * @return Y
     */
    public Vec forward(Slab X, int steps) {
        Shapes.require(
                label + ".forward",
                "X",
                new int[] {X.steps(), X.batch(), X.width()},
                new Shapes.Axis[] {Shapes.axis("T", -1), Shapes.axis("B", -1), Shapes.axis("D", D)},
                "");
        if (weights == null) {
            weights = new Weights();
        }
        Weights w = weights;
        w.refresh();
        Buffers buf = prepare(X, steps);
        Gemm.mulInto(buf.y, buf.x, w.map);
        buf.y.get(buf.Y, 0);
        for (int row = 0; row < buf.y.rows(); row++) { // (1)
            buf.Y.add(row * N, b.values(), b.offset(), N);
        }
        return buf.Y;
    }

    /**
     * The gradient of the latest {@link #forward}.
     *
     * @param dY (Input) row-major [T·B,N] from element 0 on; the array that forward returned is welcome
     * @return dX [T,B,D], borrowed until the next backward
     */
    public Slab backward(Vec dY) {
        Buffers buf = buffers;
        Weights w = weights;
        if (buf == null || w == null) {
            throw new IllegalStateException(label + ".backward: called before forward.");
        }
        buf.y.put(dY, 0);
        if (tied) {
            Gemm.mulInto(w.dW, buf.yT, buf.x); // (1') tied
        } else {
            Gemm.mulInto(w.dW, buf.xT, buf.y); // (1') dW
        }
        W.addGradient(w.dW);
        for (int row = 0; row < buf.y.rows(); row++) { // (1') db
            b.gradients().add(b.offset(), dY, row * N, N);
        }
        Gemm.mulInto(buf.dx, buf.y, w.mapT); // (1') dX
        return buf.dX;
    }

    private Buffers prepare(Slab X, int steps) {
        int rows = X.steps() * X.batch();
        if (buffers == null || rows > buffers.capacity) {
            if (buffers != null) {
                buffers.memory.close();
            }
            buffers = new Buffers(X);
        }
        buffers.take(X, Math.max(1, steps));
        return buffers;
    }

    /** Frees native memory; a second call does nothing. */
    @Override
    public void close() {
        if (weights != null) {
            weights.memory.close();
            weights = null;
        }
        if (buffers != null) {
            buffers.memory.close();
            buffers = null;
        }
    }

    /** Native images of the weights and of their gradient. */
    private final class Weights {
        final NativeArray memory = NativeArray.allocate(W.owner().dtype(), 2L * W.size());
        final NativeMatrix stored = memory.matrix(0, W.size(0), W.size(1));
        final NativeMatrix map = tied ? stored.t() : stored;
        final NativeMatrix mapT = map.t();
        final NativeMatrix dW = memory.matrix(W.size(), W.size(0), W.size(1));
        long version = -1;

        void refresh() {
            if (version != W.owner().version()) {
                stored.put(W.values(), W.offset());
                version = W.owner().version();
            }
        }
    }

    /** Native and heap memory for up to so many rows T·B; the views are made anew when X or its number of real steps changes. */
    private final class Buffers {
        final int capacity;
        final NativeArray memory;
        final Vec Y;
        private Slab X;
        private int real;
        NativeMatrix x;
        NativeMatrix xT;
        NativeMatrix y;
        NativeMatrix yT;
        Slab dX;
        /** The rows of dX that are computed. */
        NativeMatrix dx;

        Buffers(Slab X) {
            capacity = X.steps() * X.batch();
            memory = NativeArray.allocate(W.owner().dtype(), (long) capacity * (N + D));
            Y = Vec.zeros(W.owner().dtype(), Shapes.count(capacity, N));
            this.X = X;
            real = X.steps();
            x = X.rows();
            xT = x.t();
            y = memory.matrix(0, capacity, N);
            yT = y.t();
            dX = new Slab(memory.matrix((long) capacity * N, capacity, D), X.steps(), X.batch());
            dx = dX.rows();
        }

        void take(Slab next, int steps) {
            if (next == X && steps == real) {
                return;
            }
            int rows = steps * next.batch();
            if (steps != real || next.steps() != X.steps() || next.batch() != X.batch()) {
                y = memory.matrix(0, rows, N);
                yT = y.t();
                dX = new Slab(
                        memory.matrix((long) capacity * N, next.steps() * next.batch(), D), next.steps(), next.batch());
                dx = dX.rows().rows(0, rows);
                NativeMatrix padding = dX.rows().rows(rows, dX.rows().rows() - rows);
                padding.put(Vec.zeros(padding.dtype(), padding.size()), 0);
            }
            X = next;
            real = steps;
            x = X.rows().rows(0, rows);
            xT = x.t();
        }
    }
}
