// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.CellSpec;

/**
 * Units that keep their value from before the step: Krueger et al. (2017), "Zoneout: regularizing RNNs by randomly preserving hidden
 * activations".
 *
 * <p>For each part s of the state, and {@code made}, what the cell made of it in the step:
 *
 * <pre>
 * (Z)  s = q ⊙ s_prev + (1-q) ⊙ made     in training q [B,H] is 1 with probability rate, else 0, drawn anew for every t;
 *                                        otherwise q = rate, the mean
 * (Z') dmade = (1-q) ⊙ ds,   ds_prev += q ⊙ ds
 * </pre>
 *
 * <p>There are two rates, one for h and one for all other parts. ds_prev gets q ⊙ ds beside what comes back through the cell
 * from dmade. The cell's equations are left alone: in an LSTM the h that is made is o ⊙ tanh(c) of the c that is made, not of
 * the c that zoneout left, as in the paper. At padding the state stays as it is, drawn or not.
 */
final class Zoneout {
    private final double[] rates;
    private final Slabs s;
    private final Dtype dtype;
    private final int n;
    private final boolean on;
    private final Vec[] mean;
    private final Vec scratch;
    private Vec[][] drawn = {};
    private boolean training;

    /** For the slabs of a layer, laid out for {@link #isOn}. */
    Zoneout(RecurrentNoise noise, CellSpec spec, Slabs s, Dtype dtype, int n) {
        this.s = s;
        this.dtype = dtype;
        this.n = n;
        on = isOn(noise, spec);
        rates = new double[spec.state().size()];
        mean = Slabs.block(dtype, rates.length, on ? n : 0);
        for (int i = 0; i < rates.length; i++) {
            rates[i] = i == 0 ? noise.zoneout() : noise.zoneoutMemory();
            mean[i].fill(0, mean[i].length(), rates[i]);
        }
        scratch = Vec.zeros(dtype, on ? n : 0);
    }

    /** Whether any part of a cell's state is zoned out. */
    static boolean isOn(RecurrentNoise noise, CellSpec spec) {
        return noise.zoneout() > 0 || (noise.zoneoutMemory() > 0 && spec.state().size() > 1);
    }

    /** Draws the masks of a pass, step after step; without noise the means stand in for them. */
    void begin(Noise noise, int steps) {
        training = noise.isOn();
        if (!on || !training) {
            return;
        }
        if (drawn.length == 0) {
            drawn = new Vec[s.saved.length][0];
        }
        for (int t = 0; t < steps; t++) {
            if (drawn[t].length == 0) {
                drawn[t] = Slabs.block(dtype, rates.length, n);
            }
            for (int i = 0; i < rates.length; i++) {
                if (rates[i] > 0) {
                    noise.ones(drawn[t][i], 0, n, rates[i]);
                }
            }
        }
    }

    /** From what the cell made of step t to the state after it. */
    void forward(int t) {
        for (int i = 0; on && i < rates.length; i++) {
            Vec next = s.state[t + 1][i];
            next.copy(0, s.made[t][i], 0, n);
            if (rates[i] > 0) { // (Z)
                Vec q = training ? drawn[t][i] : mean[i];
                complementInto(scratch, q);
                next.multiply(0, scratch, 0, n);
                scratch.copy(0, s.state[t][i], 0, n);
                scratch.multiply(0, q, 0, n);
                next.add(0, scratch, 0, n);
            }
        }
    }

    /** From the gradient of the state after step t to that of what the cell made. */
    void backward(int t, Vec[] dNext) {
        for (int i = 0; on && i < rates.length; i++) {
            Vec dMade = s.dMade(t)[i];
            dMade.copy(0, dNext[i], 0, n);
            if (rates[i] > 0) { // (Z')
                complementInto(scratch, training ? drawn[t][i] : mean[i]);
                dMade.multiply(0, scratch, 0, n);
            }
        }
    }

    /** Adds what reaches the state before step t past the cell; after the cell, which finds zeros to add to. */
    void carry(int t, Vec[] dNext, Vec[] dPrev) {
        for (int i = 0; on && i < rates.length; i++) {
            if (rates[i] > 0) { // (Z')
                scratch.copy(0, training ? drawn[t][i] : mean[i], 0, n);
                scratch.multiply(0, dNext[i], 0, n);
                dPrev[i].add(0, scratch, 0, n);
            }
        }
    }

    /** 1 - q. */
    private void complementInto(Vec target, Vec q) {
        target.fill(0, n, 1);
        target.addScaled(0, -1, q, 0, n);
    }
}
