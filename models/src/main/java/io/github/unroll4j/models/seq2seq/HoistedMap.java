// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Gemm;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import org.jspecify.annotations.Nullable;

/** {@code Y += X W} over all steps at once, and back: dX = dY Wᵀ, dW += Xᵀ dY. */
final class HoistedMap implements AutoCloseable {
    private final Parameter W;
    private @Nullable Buffers buffers;
    private long version = -1;

    HoistedMap(Parameter W) {
        this.W = W;
    }

    void forward(NativeMatrix X, NativeMatrix Y, boolean add) {
        if (buffers == null) {
            buffers = new Buffers();
        }
        if (version != W.owner().version()) {
            buffers.w.put(W.values(), W.offset());
            version = W.owner().version();
        }
        if (add) {
            Gemm.mulAddInto(Y, X, buffers.w);
        } else {
            Gemm.mulInto(Y, X, buffers.w);
        }
    }

    void backward(NativeMatrix X, NativeMatrix dY, NativeMatrix dX) {
        Buffers buf = buffers;
        if (buf == null) {
            throw new IllegalStateException("HoistedMap(" + W.name() + "): backward before forward.");
        }
        Gemm.mulInto(dX, dY, buf.wT);
        Gemm.mulInto(buf.dW, X.t(), dY);
        W.addGradient(buf.dW);
    }

    @Override
    public void close() {
        if (buffers != null) {
            buffers.memory.close();
            buffers = null;
        }
        version = -1;
    }

    private final class Buffers {
        final NativeArray memory;
        final NativeMatrix w;
        final NativeMatrix wT;
        final NativeMatrix dW;

        Buffers() {
            Dtype dtype = W.owner().dtype();
            memory = NativeArray.allocate(dtype, 2L * W.size());
            w = memory.matrix(0, W.size(0), W.size(1));
            wT = w.t();
            dW = memory.matrix(W.size(), W.size(0), W.size(1));
        }
    }
}
