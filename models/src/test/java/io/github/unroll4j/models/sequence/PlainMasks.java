// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.CellSpec;

/**
 * The masks of one pass of a layer, in the order in which the engine draws them.
 *
 * @param m of h_prev, [B,H]; ones where there is none
 * @param M of W_h, [H,G·H]; ones where there is none
 * @param d of step t and state part i at {@code d[t][i]}, [B,H]: drawn, or the rate, which may be 0
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record PlainMasks(double[] m, double[] M, double[][][] d) {

    static PlainMasks draw(Pass pass, RecurrentNoise rates, CellSpec spec, int H) {
        int T = pass.lengths().steps();
        int n = pass.lengths().batch() * H;
        double[] m = mask(pass.noise(), n, rates.dropout());
        double[] M = mask(pass.noise(), H * spec.blocks().size() * H, rates.weightDrop());
        double[][][] d = new double[T][spec.state().size()][];
        for (int t = 0; t < T; t++) {
            for (int i = 0; i < d[t].length; i++) {
                double rate = i == 0 ? rates.zoneout() : rates.zoneoutMemory();
                Vec drawn = filled(n, rate);
                if (pass.noise().isOn() && rate > 0 && t < pass.lengths().longest()) {
                    pass.noise().ones(drawn, 0, n, rate);
                }
                d[t][i] = drawn.toDoubles();
            }
        }
        return new PlainMasks(m, M, d);
    }

    private static double[] mask(Noise noise, int n, double rate) {
        Vec drawn = filled(n, 1);
        if (noise.isOn() && rate > 0) {
            noise.dropout(drawn, 0, n, rate);
        }
        return drawn.toDoubles();
    }

    private static Vec filled(int n, double value) {
        Vec v = Vec.zeros(Dtype.DOUBLE, n);
        v.fill(0, n, value);
        return v;
    }
}
