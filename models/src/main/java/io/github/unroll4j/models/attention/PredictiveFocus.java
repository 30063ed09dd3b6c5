// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.internal.Softmax;
import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Column;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.internal.StepMap;
import io.github.unroll4j.models.sequence.Lengths;
import org.jspecify.annotations.Nullable;

/**
 * Local attention around a predicted position, local-p of Luong, Pham and Manning (2015), equations 9 and 10 of section
 * 3.2.
 *
 * <pre>
 * (1)  u = tanh(h_t W_p)                     W_p [H,H]
 * (2)  p = S_b sigmoid(⟨v_p, u⟩)             v_p [H]; S_b the real length of the row's source
 * (3)  a_s = softmax_s(e)                    over s in [p-D, p+D] ∩ [0, S_b), D being the radius
 * (4)  α_s = a_s g_s,  g_s = exp(-(s-p)²/2σ²),  σ = D/2
 * </pre>
 *
 * <p>α_s is the paper's a_t(s), and a_s its align(h_t, h̄_s). p lies between 0 and S_b, and so the centre may lie
 * beyond the last position, S_b - 1.
 *
 * <p>The weights are not normalised again. Which positions lie in the window changes in steps, and that has no
 * gradient; p moves the Gaussian smoothly, and that has.
 */
final class PredictiveFocus implements Focusing {
    private final Parameter v_p;
    private final StepMap map;
    private final int radius;
    private final double variance;
    private final Softmax softmax = new Softmax();
    private Lengths lengths = Lengths.full(1, 1);
    private @Nullable Buffers buffers;

    PredictiveFocus(int radius, int hidden, Parameters.Builder p) {
        this.radius = radius;
        variance = radius * radius / 4.0;
        map = new StepMap(p.add("W_p", "H,H", Init.glorotUniform(), hidden, hidden));
        v_p = p.add("v_p", "H", Init.glorotUniform(), hidden);
    }

    @Override
    public void begin(Memory memory, int steps) {
        Buffers buf = buffers;
        if (buf == null || !buf.fit(memory, steps)) {
            buf = new Buffers(v_p, memory, steps);
            buffers = buf;
        }
        lengths = memory.lengths();
        buf.v.begin();
        map.begin(steps, buf.rows);
    }

    @Override
    public void forward(int t, int position, Vec query, Vec e, Vec alpha) {
        Buffers buf = buffers();
        int S = buf.positions;
        map.forward(t, query, buf.u[t]);
        buf.u[t].tanh(buf.u[t]); // (1)
        buf.z.dots(buf.v.value(), buf.u[t]);
        for (int b = 0; b < buf.rows; b++) {
            double share = 1 / (1 + Math.exp(-buf.z.get(b)));
            double p = lengths.of(b) * share; // (2)
            buf.share[t][b] = share;
            for (int s = 0; s < S; s++) {
                buf.admitted[b * S + s] = Math.abs(s - p) <= radius && s < lengths.of(b);
                buf.g[t].set(b * S + s, Math.exp(-(s - p) * (s - p) / (2 * variance)));
                buf.slope[t].set(b * S + s, (s - p) / variance);
            }
        }
        softmax.maskedRows(buf.a[t].set(e), 0, buf.admitted, buf.rows, S); // (3)
        alpha.product(buf.a[t], buf.g[t]); // (4)
    }

    @Override
    public void backward(int t, Vec alpha, Vec dAlpha, Vec de, Vec dQuery) {
        Buffers buf = buffers();
        int S = buf.positions;
        buf.gain.product(dAlpha, alpha);
        de.product(dAlpha, buf.g[t]); // (4') α was a ⊙ g: da
        for (int b = 0; b < buf.rows; b++) {
            double dp = buf.gain.dot(b * S, buf.slope[t], S); // (4') g was exp(-(s-p)²/2σ²): dg/dp = g (s-p)/σ²
            Softmax.backwardRow(de, b * S, buf.a[t], b * S, S); // (3') da becomes de
            double share = buf.share[t][b];
            buf.dz.set(b, dp * lengths.of(b) * share * (1 - share)); // (2') p was S_b sigmoid(z), z = ⟨v_p, u⟩
        }
        buf.v.gradient().addProduct(buf.dz, buf.u[t]); // (2') dv_p += dz u, du = dz v_p
        buf.du.product(buf.dz, buf.v.value());
        map.backwardAdd(t, buf.du.tanhBackward(buf.du, buf.u[t]), dQuery); // (1')
    }

    @Override
    public void end() {
        map.end();
        buffers().v.end();
    }

    @Override
    public void close() {
        map.close();
        buffers = null;
    }

    private Buffers buffers() {
        if (buffers == null) {
            throw new IllegalStateException("PredictiveFocus: used before a memory was read.");
        }
        return buffers;
    }

    /** Arrays for up to T steps; those without a step in them serve one after another. */
    private static final class Buffers {
        final int rows;
        final int positions;
        final RepeatedVector v;
        final boolean[] admitted;
        /** u of each step [B,H]; a, g and (s-p)/σ² of each step [B,S]. */
        final Vec[] u;

        final Vec[] a;
        final Vec[] g;
        final Vec[] slope;
        /** sigmoid(z) of each step and row. */
        final double[][] share;

        final Column z;
        final Column dz;
        final Vec du;
        /** dα ⊙ α. */
        final Vec gain;

        Buffers(Parameter v_p, Memory memory, int steps) {
            Dtype dtype = memory.dtype();
            rows = memory.batch();
            positions = memory.positions();
            int n = rows * v_p.size();
            v = new RepeatedVector(v_p, Vec.zeros(dtype, n), Vec.zeros(dtype, n));
            admitted = new boolean[rows * positions];
            u = Pairs.arrays(dtype, steps, n);
            a = Pairs.arrays(dtype, steps, rows * positions);
            g = Pairs.arrays(dtype, steps, rows * positions);
            slope = Pairs.arrays(dtype, steps, rows * positions);
            share = new double[steps][rows];
            z = Vec.zeros(dtype, rows).column(0, 1);
            dz = Vec.zeros(dtype, rows).column(0, 1);
            du = Vec.zeros(dtype, n);
            gain = Vec.zeros(dtype, rows * positions);
        }

        boolean fit(Memory memory, int steps) {
            return steps <= u.length && memory.batch() == rows && memory.positions() == positions;
        }
    }
}
