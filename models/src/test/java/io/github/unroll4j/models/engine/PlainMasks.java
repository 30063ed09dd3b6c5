// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import java.util.ArrayList;
import java.util.List;

/**
 * The masks of one pass of a layer, in the order in which both runners draw them.
 *
 * @param m of h_prev, and of whatever else goes into a recurrent product, [B,size of h]; ones where there is none
 * @param M of W_h, [size of h,R·H]; ones where there is none
 * @param products of the weights of each product inside the step; ones where there is none
 * @param d of step t and state part i at {@code d[t][i]}, [B,size]: drawn, or the rate, which may be 0
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record PlainMasks(double[] m, double[] M, List<double[]> products, double[][][] d) {

    static PlainMasks draw(Pass pass, RecurrentNoise rates, Layout layout) {
        int B = pass.lengths().batch();
        int P = layout.h().size();
        double[] m = ofRows(pass.noise(), B, P, rates.dropout());
        double[] M = mask(pass.noise(), P * layout.recurrentBlocks() * layout.hidden(), rates.weightDrop());
        List<double[]> products = new ArrayList<>();
        for (Layout.Product U : layout.products()) {
            products.add(mask(pass.noise(), U.inputSize() * U.size(), U.recurrent() ? rates.weightDrop() : 0));
        }
        double[][][] d = new double[pass.lengths().steps()][layout.state().size()][];
        for (int t = 0; t < d.length; t++) {
            for (int i = 0; i < d[t].length; i++) {
                double rate = i == 0 ? rates.zoneout() : rates.zoneoutMemory();
                Vec drawn = filled(B * layout.state().get(i).size(), rate);
                int size = layout.state().get(i).size();
                for (int b = 0; b < B; b++) {
                    if (pass.noise().isOn() && rate > 0 && !pass.lengths().padded(t, b)) {
                        pass.noise().ones(b, drawn, b * size, size, rate);
                    }
                }
                d[t][i] = drawn.toDoubles();
            }
        }
        return new PlainMasks(m, M, products, d);
    }

    private static double[] ofRows(Noise noise, int B, int P, double rate) {
        Vec drawn = filled(B * P, 1);
        for (int b = 0; b < B; b++) {
            if (noise.isOn() && rate > 0) {
                noise.dropout(b, drawn, b * P, P, rate);
            }
        }
        return drawn.toDoubles();
    }

    private static double[] mask(Noise noise, int n, double rate) {
        Vec drawn = filled(n, 1);
        if (noise.isOn() && rate > 0) {
            noise.sharedDropout(drawn, 0, n, rate);
        }
        return drawn.toDoubles();
    }

    private static Vec filled(int n, double value) {
        Vec v = Vec.zeros(Dtype.DOUBLE, n);
        v.fill(0, n, value);
        return v;
    }
}
