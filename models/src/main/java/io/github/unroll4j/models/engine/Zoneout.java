// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.RecurrentNoise;

/**
 * Units that keep their value from before the step: Krueger et al. (2017), "Zoneout: regularizing RNNs by randomly
 * preserving hidden activations".
 *
 * <p>For each part s of the state, and {@code made}, what the cell made of it in the step:
 *
 * <pre>
 * (Z)  s = q ⊙ s_prev + (1-q) ⊙ made     in training q [B,H] is 1 with probability rate, else 0, drawn for every t;
 *                                        otherwise q = rate, the mean
 * (Z') dmade = (1-q) ⊙ ds,   ds_prev += q ⊙ ds
 * </pre>
 *
 * <p>There are two rates, one for h and one for all other parts. ds_prev gets q ⊙ ds beside what comes back through the
 * cell from dmade. The cell's equations are left alone: in an LSTM the h that is made is o ⊙ tanh(c) of the c that is
 * made, not of the c that zoneout left, as in the paper. At padding the state stays as it is, drawn or not.
 */
final class Zoneout {
    private final double[] rates;
    private final StepMemory s;
    private final boolean on;
    /** Every q is the rate. */
    private final Vec[] mean;
    /** q of part i at step t at {@code drawn[t][i]}, from the first pass with noise on. */
    private Vec[][] drawn = {};

    private boolean training;

    /** For the memory of a layer, laid out for {@link #isOn}. */
    Zoneout(RecurrentNoise noise, StepMemory s) {
        this.s = s;
        on = isOn(noise, s.layout);
        rates = new double[s.layout.state().size()];
        mean = new Vec[rates.length];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = i == 0 ? noise.zoneout() : noise.zoneoutMemory();
            mean[i] = like(i);
            mean[i].fill(0, mean[i].length(), rates[i]);
        }
    }

    private Vec like(int part) {
        return Vec.zeros(s.dtype, on ? s.state[0][part].length() : 0);
    }

    /** Whether any part of a cell's state is zoned out. */
    static boolean isOn(RecurrentNoise noise, Layout layout) {
        return noise.zoneout() > 0
                || (noise.zoneoutMemory() > 0 && layout.state().size() > 1);
    }

    /** Draws the masks of the real steps of a pass, one after another; without noise the means stand in for them. */
    void begin(Noise noise, Lengths lengths) {
        training = noise.isOn();
        if (!on || !training) {
            return;
        }
        if (drawn.length == 0) {
            drawn = new Vec[s.capacity()][];
        }
        for (int t = 0; t < lengths.longest(); t++) {
            if (drawn[t] == null) {
                drawn[t] = new Vec[rates.length];
                for (int i = 0; i < rates.length; i++) {
                    drawn[t][i] = like(i);
                }
            }
            for (int i = 0; i < rates.length; i++) {
                if (rates[i] > 0) {
                    draw(noise, lengths, t, i);
                }
            }
        }
    }

    private void draw(Noise noise, Lengths lengths, int t, int part) {
        Vec q = drawn[t][part];
        int size = q.length() / lengths.batch();
        for (int b = 0; b < lengths.batch(); b++) {
            if (!lengths.padded(t, b)) {
                noise.ones(b, q, b * size, size, rates[part]);
            }
        }
    }

    private Vec q(int t, int part) {
        return training && rates[part] > 0 ? drawn[t][part] : mean[part];
    }

    /** From what the cell made of step t to the state after it. */
    void forward(int t) {
        for (int i = 0; on && i < rates.length; i++) {
            s.state[t + 1][i].mix(q(t, i), s.state[t][i], s.made[t][i]); // (Z)
        }
    }

    /** From the gradient of the state after step t to that of what the cell made. */
    void backward(int t) {
        for (int i = 0; on && i < rates.length; i++) {
            s.dMade(t)[i].productComplement(s.arriving(t)[i], q(t, i)); // (Z') dmade = (1-q) ⊙ ds
        }
    }

    /** Adds what reaches the state before step t past the cell; after the cell, which finds zeros to add to. */
    void carry(int t) {
        for (int i = 0; on && i < rates.length; i++) {
            s.leaving(t)[i].addProduct(q(t, i), s.arriving(t)[i]); // (Z') ds_prev += q ⊙ ds
        }
    }
}
