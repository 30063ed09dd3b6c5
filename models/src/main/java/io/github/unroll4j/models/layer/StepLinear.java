// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.layer;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Gemm;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import org.jspecify.annotations.Nullable;

/**
 * A linear map inside a loop over time: one product a step, the gradient of the weights in one product after the loop.
 *
 * <pre>
 * (1)  y_t = x_t W               x_t [B,K], W [K,N], y_t [B,N]; no bias
 * (1') dx_t += dy_t Wᵀ           in the loop;  dW += Σ_t x_tᵀ dy_t = Xᵀ dY  after it, the inner dimension being T·B
 * </pre>
 *
 * <p>For a map whose input depends on the step before; {@code Linear} is the map of all steps at once.
 */
public final class StepLinear implements AutoCloseable {
    private final Parameter W;
    private @Nullable Buffers buffers;
    /** Steps taken since begin: what lies beyond them is of an earlier loop. */
    private int taken;

    private long version = -1;

    /**
     * A map.
     *
     * @param W its weights [K,N]
     */
    public StepLinear(Parameter W) {
        this.W = W;
    }

    /** The weights [K,N]. */
    public Parameter W() {
        return W;
    }

    /**
     * Begins a loop.
     *
     * @param T most steps; those that are not taken add nothing
     * @param B rows of a step
     */
    public void begin(int T, int B) {
        Buffers buf = buffers;
        if (buf == null || T > buf.x.length || buf.batch != B) {
            close();
            buf = new Buffers(T, B);
            buffers = buf;
        }
        if (version != W.owner().version()) {
            buf.w.put(W.values(), W.offset());
            version = W.owner().version();
        }
        taken = 0;
    }

    /**
     * One step forward.
     *
     * @param t the step, below the T of {@link #begin}
     * @param x (Input) x_t, [B,K]
     * @param y (Output) y_t, [B,N]
     */
    public void forward(int t, Vec x, Vec y) {
        Buffers buf = buffers();
        taken = Math.max(taken, t + 1);
        buf.x[t].put(x, 0);
        Gemm.mulInto(buf.y[t], buf.x[t], buf.w); // (1)
        buf.y[t].get(y, 0);
    }

    /**
     * One step back; the steps may come in any order, each once.
     *
     * @param t the step
     * @param dy (Input) gradient of y_t, [B,N]
     * @param dx (Accumulated) gradient of x_t, [B,K]
     */
    public void backward(int t, Vec dy, Vec dx) {
        Buffers buf = buffers();
        buf.y[t].put(dy, 0);
        Gemm.mulInto(buf.dx, buf.y[t], buf.wT); // (1')
        buf.dx.get(buf.border, 0);
        dx.add(0, buf.border, 0, buf.dx.size());
    }

    /** After the loop back over all steps that were taken: adds the gradient of the weights. */
    public void end() {
        Buffers buf = buffers();
        if (taken == 0) {
            return;
        }
        buf.multiply(taken); // (1')
        W.addGradient(buf.dW);
    }

    private Buffers buffers() {
        if (buffers == null) {
            throw new IllegalStateException("StepLinear(" + W.name() + "): used before begin.");
        }
        return buffers;
    }

    /** Frees native memory; a later begin allocates it anew. */
    @Override
    public void close() {
        if (buffers != null) {
            buffers.memory.close();
            buffers = null;
        }
        version = -1;
    }

    private final class Buffers {
        final int batch;
        final NativeArray memory;
        final NativeMatrix w;
        final NativeMatrix wT;
        final NativeMatrix dW;
        final NativeMatrix dx;
        final NativeMatrix[] x;
        /** y of each step on the way forward, overwritten by its gradient on the way back. */
        final NativeMatrix[] y;

        final Vec border;
        private final long atX;
        private final long atY;
        private NativeMatrix allXt;
        private NativeMatrix allY;

        Buffers(int T, int B) {
            batch = B;
            int K = W.size(0);
            int N = W.size(1);
            Dtype dtype = W.owner().dtype();
            memory = NativeArray.allocate(dtype, 2L * K * N + (long) B * K + (long) T * B * (K + N));
            w = memory.matrix(0, K, N);
            wT = w.t();
            dW = memory.matrix((long) K * N, K, N);
            dx = memory.matrix(2L * K * N, B, K);
            atX = 2L * K * N + (long) B * K;
            atY = atX + (long) T * B * K;
            x = new NativeMatrix[T];
            y = new NativeMatrix[T];
            for (int t = 0; t < T; t++) {
                x[t] = memory.matrix(atX + (long) t * B * K, B, K);
                y[t] = memory.matrix(atY + (long) t * B * N, B, N);
            }
            allXt = memory.matrix(atX, T * B, K).t();
            allY = memory.matrix(atY, T * B, N);
            border = Vec.zeros(dtype, B * K);
        }

        void multiply(int T) {
            if (allY.rows() != T * batch) {
                allXt = memory.matrix(atX, T * batch, W.size(0)).t();
                allY = memory.matrix(atY, T * batch, W.size(1));
            }
            Gemm.mulInto(dW, allXt, allY);
        }
    }
}
