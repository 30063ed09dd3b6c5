// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Slab;

/** Inverted dropout of rows [T,B,W], a new mask at each step; without noise, or at rate 0, the rows themselves. */
final class SlabDropout implements AutoCloseable {
    private final double rate;
    private final HeapSlab forward;
    private final HeapSlab backward;
    private final int width;
    private Vec mask = Vec.zeros(Dtype.FLOAT, 0);
    private boolean on;

    SlabDropout(double rate, int width) {
        this.rate = Noise.requireRate("Seq2Seq", "dropout", rate);
        this.width = width;
        forward = new HeapSlab(width);
        backward = new HeapSlab(width);
    }

    /** {@code X ⊙ m}; draws for the real steps only. */
    Slab forward(Slab X, Pass pass) {
        on = rate > 0 && pass.noise().isOn();
        if (!on) {
            return X;
        }
        Vec x = forward.pull(X.rows().dtype(), X).heap();
        if (mask.length() < forward.size() || mask.dtype() != x.dtype()) {
            mask = Vec.zeros(x.dtype(), forward.size());
        }
        int B = X.batch();
        for (int row = 0; row < X.steps() * B; row++) {
            if (!pass.lengths().padded(row / B, row % B)) {
                pass.noise().dropout(mask, row * width, width, rate);
            }
        }
        x.multiply(0, mask, 0, forward.size());
        return forward.push();
    }

    Slab backward(Slab d) {
        if (!on) {
            return d;
        }
        backward.pull(d.rows().dtype(), d).heap().multiply(0, mask, 0, forward.size());
        return backward.push();
    }

    @Override
    public void close() {
        forward.close();
        backward.close();
    }
}
