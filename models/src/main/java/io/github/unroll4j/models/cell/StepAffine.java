// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Gemm;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One affine map of one step, y = x W + b, and its gradient, for cells that are run step by step.
 *
 * <p>Keeps a native copy of W, renewed when the parameters changed, and room for one batch size; not thread-safe.
 */
public final class StepAffine implements AutoCloseable {
    private final Parameter W;
    private final @Nullable Parameter b;
    private @Nullable NativeArray memory;
    private int rows = -1;
    private long version = -1;
    private @Nullable Views views;

    /**
     * A map with a bias.
     *
     * @param W weights [K,N]
     * @param b bias [N]
     */
    public StepAffine(Parameter W, Parameter b) {
        this.W = W;
        this.b = b;
    }

    /**
     * A map without a bias.
     *
     * @param W weights [K,N]
     */
    public StepAffine(Parameter W) {
        this.W = W;
        this.b = null;
    }

    /**
     * {@code y = x W + b}.
     *
     * @param x (Input) [B,K]
     * @return y [B,N]
     */
    public Tensor forward(Tensor x) {
        Views v = prepare(x.size(0));
        v.x.put(x.data(), 0);
        Gemm.mulInto(v.y, v.x, v.W);
        Tensor y = Tensor.zeros(W.owner().dtype(), rows, W.size(1));
        v.y.get(y.data(), 0);
        if (b != null) {
            for (int r = 0; r < rows; r++) {
                y.data().add(r * W.size(1), b.values(), b.offset(), W.size(1));
            }
        }
        return y;
    }

    /**
     * The gradient of {@link #forward}: {@code dW += xᵀ dy}, {@code db += column sums of dy}.
     *
     * @param x (Input) what forward was given
     * @param dy (Input) gradient of y, [B,N]
     * @return dx = dy Wᵀ, [B,K]
     */
    public Tensor backward(Tensor x, Tensor dy) {
        Views v = prepare(x.size(0));
        v.x.put(x.data(), 0);
        v.y.put(dy.data(), 0);
        Gemm.mulInto(v.dW, v.xT, v.y);
        W.addGradient(v.dW);
        if (b != null) {
            for (int r = 0; r < rows; r++) {
                b.gradients().add(b.offset(), dy.data(), r * W.size(1), W.size(1));
            }
        }
        Gemm.mulInto(v.x, v.y, v.WT);
        Tensor dx = Tensor.zeros(W.owner().dtype(), rows, W.size(0));
        v.x.get(dx.data(), 0);
        return dx;
    }

    private Views prepare(int batch) {
        Views v = views;
        if (v == null || rows != batch) {
            close();
            rows = batch;
            v = allocate(batch);
        }
        if (version != W.owner().version()) {
            v.W.put(W.values(), W.offset());
            version = W.owner().version();
        }
        return v;
    }

    private Views allocate(int batch) {
        int K = W.size(0);
        int N = W.size(1);
        Dtype dtype = W.owner().dtype();
        NativeArray m = NativeArray.allocate(dtype, 2L * K * N + (long) batch * (K + N));
        NativeMatrix weights = m.matrix(0, K, N);
        NativeMatrix x = m.matrix(2L * K * N, batch, K);
        memory = m;
        views = new Views(
                weights,
                weights.t(),
                m.matrix((long) K * N, K, N),
                x,
                x.t(),
                m.matrix(2L * K * N + (long) batch * K, batch, N));
        return views;
    }

    /** Frees native memory; a later call allocates it anew. */
    @Override
    public void close() {
        if (memory != null) {
            memory.close();
        }
        memory = null;
        views = null;
        version = -1;
    }

    private record Views(
            NativeMatrix W, NativeMatrix WT, NativeMatrix dW, NativeMatrix x, NativeMatrix xT, NativeMatrix y) {}
}
