// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.layer;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
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
 */
public final class Linear implements AutoCloseable {
    private final Parameter W;
    private final Parameter b;
    private @Nullable NativeArray weights;
    private @Nullable Buffers buffers;
    private long version = -1;

    /**
     * Declares the map.
     *
     * @param name scope of the parameter names
     * @param inputSize D
     * @param outputSize N
     * @param p where to declare
     */
    public Linear(String name, int inputSize, int outputSize, Parameters.Builder p) {
        Parameters.Builder scope = p.scope(name);
        W = scope.add("W", "D,N", Init.glorotUniform(), inputSize, outputSize);
        b = scope.add("b", "N", Init.zeros(), outputSize);
    }

    /** The weights [D,N]. */
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
     * @return Y, row-major [T·B,N], borrowed until the next forward; the caller may overwrite it with its gradient
     */
    public Vec forward(Slab X) {
        Shapes.require(
                "Linear(" + W.name() + ").forward",
                "X",
                new int[] {X.steps(), X.batch(), X.width()},
                new Shapes.Axis[] {Shapes.axis("T", -1), Shapes.axis("B", -1), Shapes.axis("D", W.size(0))},
                "");
        Buffers buf = prepare(X);
        Gemm.mulInto(buf.y, X.rows(), buf.w);
        buf.y.get(buf.Y, 0);
        int N = W.size(1);
        for (int row = 0; row < buf.rows; row++) { // (1)
            buf.Y.add(row * N, b.values(), b.offset(), N);
        }
        return buf.Y;
    }

    /**
     * The gradient of the latest {@link #forward}.
     *
     * @param dY (Input) row-major [T·B,N]; the array that forward returned is welcome
     * @return dX [T,B,D], borrowed until the next backward
     */
    public Slab backward(Vec dY) {
        Buffers buf = buffers;
        if (buf == null) {
            throw new IllegalStateException("Linear(" + W.name() + ").backward: called before forward.");
        }
        int N = W.size(1);
        buf.y.put(dY, 0);
        Gemm.mulInto(buf.dW, buf.xT, buf.y); // (1') dW
        buf.dW.get(buf.scratch, 0);
        W.gradients().add(W.offset(), buf.scratch, 0, W.size());
        for (int row = 0; row < buf.rows; row++) { // (1') db
            b.gradients().add(b.offset(), dY, row * N, N);
        }
        Gemm.mulInto(buf.dX.rows(), buf.y, buf.wT); // (1') dX
        return buf.dX;
    }

    private Buffers prepare(Slab X) {
        Buffers buf = buffers;
        if (buf == null || buf.X.steps() != X.steps() || buf.X.batch() != X.batch()) {
            close();
            buf = new Buffers(X);
            buffers = buf;
        } else if (buf.X != X) {
            buf.X = X;
            buf.xT = X.rows().t();
        }
        if (version != W.owner().version()) {
            buf.w.put(W.values(), W.offset());
            version = W.owner().version();
        }
        return buf;
    }

    @Override
    public void close() {
        if (weights != null) {
            weights.close();
            weights = null;
        }
        buffers = null;
        version = -1;
    }

    /** Native and heap memory for one (T,B). */
    private final class Buffers {
        final int rows;
        final NativeMatrix w;
        final NativeMatrix wT;
        final NativeMatrix dW;
        final NativeMatrix y;
        final Slab dX;
        final Vec Y;
        final Vec scratch;
        Slab X;
        NativeMatrix xT;

        Buffers(Slab X) {
            this.X = X;
            xT = X.rows().t();
            rows = X.steps() * X.batch();
            int D = W.size(0);
            int N = W.size(1);
            Dtype dtype = W.owner().dtype();
            NativeArray memory = NativeArray.allocate(dtype, 2L * D * N + (long) rows * (N + D));
            weights = memory;
            w = memory.matrix(0, D, N);
            wT = w.t();
            dW = memory.matrix((long) D * N, D, N);
            y = memory.matrix(2L * D * N, rows, N);
            dX = new Slab(memory.matrix(2L * D * N + (long) rows * N, rows, D), X.steps(), X.batch());
            Y = Vec.zeros(dtype, rows * N);
            scratch = Vec.zeros(dtype, D * N);
        }
    }
}
