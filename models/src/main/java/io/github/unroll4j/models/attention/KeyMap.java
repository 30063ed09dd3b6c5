// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Gemm;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import org.jspecify.annotations.Nullable;

/**
 * The map from annotations to keys, all positions at once.
 *
 * <pre>
 * (1)  Keys = H U                H [S·B,M], U [M,A], Keys [S·B,A]
 * (1') dU += Hᵀ dKeys,  dH += dKeys Uᵀ
 * </pre>
 */
final class KeyMap implements AutoCloseable {
    private final Parameter U;
    private @Nullable Memory memory;
    private @Nullable Buffers buffers;

    KeyMap(Parameter U) {
        this.U = U;
    }

    void forward(Memory from, Vec[] key) {
        Buffers buf = buffers;
        if (buf == null || buf.batch != from.batch() || buf.positions != from.positions()) {
            close();
            buf = new Buffers(from);
            buffers = buf;
        }
        memory = from;
        buf.u.put(U.values(), U.offset());
        Gemm.mulInto(buf.keys, from.rows(), buf.u); // (1)
        for (int s = 0; s < buf.positions; s++) {
            buf.key[s].get(key[s], 0);
        }
    }

    void backward(Vec[] dKey, Vec[] dh) {
        Buffers buf = buffers;
        Memory from = memory;
        if (buf == null || from == null) {
            throw new IllegalStateException("KeyMap(" + U.name() + "): backward before forward.");
        }
        for (int s = 0; s < buf.positions; s++) {
            buf.key[s].put(dKey[s], 0);
        }
        Gemm.mulInto(buf.dU, from.rows().t(), buf.keys); // (1')
        U.addGradient(buf.dU);
        Gemm.mulInto(buf.dH, buf.keys, buf.uT); // (1')
        for (int s = 0; s < buf.positions; s++) {
            buf.dh[s].get(buf.border, 0);
            dh[s].add(0, buf.border, 0, buf.dh[s].size());
        }
    }

    @Override
    public void close() {
        if (buffers != null) {
            buffers.memory.close();
            buffers = null;
        }
    }

    private final class Buffers {
        final int positions;
        final int batch;
        final NativeArray memory;
        final NativeMatrix u;
        final NativeMatrix uT;
        final NativeMatrix dU;
        final NativeMatrix keys;
        final NativeMatrix dH;
        final NativeMatrix[] key;
        final NativeMatrix[] dh;
        final Vec border;

        Buffers(Memory from) {
            positions = from.positions();
            batch = from.batch();
            int M = U.size(0);
            int A = U.size(1);
            int rows = positions * batch;
            Dtype dtype = U.owner().dtype();
            memory = NativeArray.allocate(dtype, 2L * M * A + (long) rows * (A + M));
            u = memory.matrix(0, M, A);
            uT = u.t();
            dU = memory.matrix((long) M * A, M, A);
            keys = memory.matrix(2L * M * A, rows, A);
            dH = memory.matrix(2L * M * A + (long) rows * A, rows, M);
            key = new NativeMatrix[positions];
            dh = new NativeMatrix[positions];
            for (int s = 0; s < positions; s++) {
                key[s] = keys.rows(s * batch, batch);
                dh[s] = dH.rows(s * batch, batch);
            }
            border = Vec.zeros(dtype, batch * M);
        }
    }
}
