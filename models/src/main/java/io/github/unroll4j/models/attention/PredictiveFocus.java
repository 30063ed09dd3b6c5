// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Activations;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Softmax;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.internal.StepMap;
import org.jspecify.annotations.Nullable;

/**
 * Local attention around a predicted position, local-p of Luong, Pham and Manning (2015), equations 9 and 10 of section 3.2.
 *
 * <pre>
 * (1)  u = tanh(h_t W_p)                     W_p [H,H]
 * (2)  p = S_b sigmoid(⟨v_p, u⟩)             v_p [H]; S_b the real length of the row's source
 * (3)  a_s = softmax_s(e)                    over s in [p-D, p+D] ∩ [0, S_b), D being the radius
 * (4)  α_s = a_s g_s,  g_s = exp(-(s-p)²/2σ²),  σ = D/2
 * </pre>
 *
 * <p>α_s is the paper's a_t(s), and a_s its align(h_t, h̄_s). p lies between 0 and S_b, and so the centre may lie beyond the last
 * position, S_b - 1.
 *
 * <p>The weights are not normalised again. Which positions lie in the window changes in steps, and that has no gradient; p moves the
 * Gaussian smoothly, and that has.
 */
final class PredictiveFocus implements Focusing {
    private final Parameter v_p;
    private final StepMap map;
    private final int radius;
    private final int hidden;
    private final double variance;
    private final Softmax softmax = new Softmax();
    private @Nullable Memory memory;
    private boolean[] admitted = {};
    private Vec[] u = {};
    private Vec[] a = {};
    /** Centre of row b at step t at {@code t·B + b}. */
    private double[] centre = {};

    private Vec du = Vec.zeros(Dtype.DOUBLE, 0);

    PredictiveFocus(int radius, int hidden, Parameters.Builder p) {
        this.radius = radius;
        this.hidden = hidden;
        variance = radius * radius / 4.0;
        map = new StepMap(p.add("W_p", "H,H", Init.glorotUniform(), hidden, hidden));
        v_p = p.add("v_p", "H", Init.glorotUniform(), hidden);
    }

    @Override
    public void begin(Memory memory, int steps) {
        int B = memory.batch();
        int n = B * memory.positions();
        if (this.memory != memory || u.length < steps || du.length() != B * hidden || admitted.length != n) {
            this.memory = memory;
            admitted = new boolean[n];
            centre = new double[steps * B];
            u = new Vec[steps];
            a = new Vec[steps];
            for (int t = 0; t < steps; t++) {
                u[t] = Vec.zeros(memory.dtype(), B * hidden);
                a[t] = Vec.zeros(memory.dtype(), n);
            }
            du = Vec.zeros(memory.dtype(), B * hidden);
        }
        map.begin(steps, B);
    }

    @Override
    public void forward(int t, int number, Vec query, Vec alpha) {
        Memory memory = memory();
        int S = memory.positions();
        map.forward(t, query, u[t]); // (1)
        Activations.tanh(u[t], memory.batch() * hidden);
        for (int b = 0; b < memory.batch(); b++) {
            int length = memory.lengths().of(b);
            double z = 0;
            for (int k = 0; k < hidden; k++) {
                z += v_p.values().get(v_p.offset() + k) * u[t].get(b * hidden + k);
            }
            double p = length * Activations.sigmoid(z); // (2)
            centre[t * memory.batch() + b] = p;
            for (int s = 0; s < S; s++) {
                admitted[b * S + s] = Math.abs(s - p) <= radius && s < length;
            }
        }
        softmax.maskedRows(alpha, 0, admitted, memory.batch(), S); // (3)
        a[t].copy(0, alpha, 0, alpha.length());
        for (int k = 0; k < alpha.length(); k++) { // (4)
            alpha.set(k, alpha.get(k) * gaussian(k % S, centre[t * memory.batch() + k / S]));
        }
    }

    private double gaussian(int s, double p) {
        return Math.exp(-(s - p) * (s - p) / (2 * variance));
    }

    @Override
    public void backward(int t, Vec alpha, Vec d, Vec dQuery) {
        Memory memory = memory();
        int S = memory.positions();
        du.clear();
        for (int b = 0; b < memory.batch(); b++) {
            double p = centre[t * memory.batch() + b];
            double dp = 0;
            for (int k = b * S; k < (b + 1) * S; k++) {
                // (4') α was a g: dp gathers dα α (s-p)/σ² from the Gaussian, and da = dα g
                dp += d.get(k) * alpha.get(k) * (k - b * S - p) / variance;
                d.set(k, d.get(k) * gaussian(k - b * S, p));
            }
            Softmax.backwardRow(d, b * S, a[t], b * S, S); // (3')
            int length = memory.lengths().of(b);
            double share = length == 0 ? 0 : p / length;
            double dz = dp * length * share * (1 - share); // (2') p was S sigmoid(z), z = ⟨v_p, u⟩
            v_p.gradients().addScaled(v_p.offset(), dz, u[t], b * hidden, hidden); // (2') dv_p += dz u
            du.addScaled(b * hidden, dz, v_p.values(), v_p.offset(), hidden); // (2') du = dz v_p
        }
        Activations.tanhBackward(du, u[t], memory.batch() * hidden); // (1') through the tanh
        map.backward(t, du, dQuery); // (1')
    }

    @Override
    public void end() {
        map.end();
    }

    @Override
    public void close() {
        map.close();
    }

    private Memory memory() {
        if (memory == null) {
            throw new IllegalStateException("PredictiveFocus: used before a memory was read.");
        }
        return memory;
    }
}
