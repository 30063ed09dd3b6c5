// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import java.util.List;

/**
 * Backpropagation through time as the plain loop that it is: Werbos (1990), "Backpropagation through time: what it does
 * and how to do it". Runs any {@link Cell}, nothing hoisted, every product on the spot. The engine is held equal to it.
 *
 * <pre>
 * for t = 0 … T-1
 * (1)    zx = x_t W_x + b,  zh = h_prev W_h + b_h,  or z = zx + zh; then the cell's equations (2) …: s_{t+1} from s_t
 * for t = T-1 … 0
 *        ds_{t+1} gains dH_t; the cell's equations back, … (2'): dzx, dzh, and ds_t on the cell's own paths
 * (1')   dh_prev += dzh W_hᵀ,  dW_h += h_prevᵀ dzh,  db_h += dzh,  dx_t = dzx W_xᵀ,  dW_x += x_tᵀ dzx,  db += dzx
 * </pre>
 *
 * <p>s_t is the state before step t; H_t is the h part of s_{t+1}. ds_{t+1} has two sources: the loss at t, dH_t, and
 * all after t. Padding, {@link Zoneout} (Z) and the masks (D), (W) of the recurrent path are in classes of their own.
 */
public final class Unrolled extends CellLayer {
    private final PlainMap W_x = new PlainMap(weights.W_x(), layout.blocks().size(), new RecurrentDropout(0), 0);
    private final PlainMap W_h = new PlainMap(weights.W_h(), layout.recurrentBlocks(), dropout, noise.weightDrop());
    private final List<PlainMap> products = inside(PlainMap::new);
    private final Slab dX = new Slab(inputSize());
    private Vec dx_t = Vec.zeros(Dtype.FLOAT, 0); // until the first pass

    /** Declares a layer; the arguments are those of {@link HoistedLayer}. */
    public Unrolled(Cell cell, int inputSize, RecurrentNoise noise, Parameters.Builder p) {
        super(cell, inputSize, noise, p);
    }

    @Override
    void run(Sequence X) {
        for (int t = 0; t < memory().realSteps(); t++) {
            forth(t, X.rowsAt(t, inputSize(), lengths, dtype()));
        }
    }

    @Override
    void forth(int t, Vec x_t) {
        StepMemory s = memory();
        W_x.forward(t, x_t, s.zx, false); // (1)  zx = x_t W_x
        W_h.forward(t, s.state[t][0], s.zh, false); // (1)  zh = h_prev W_h, masked by (D) and (W) if on
        s.addBiases(); // (1)  zx += b, zh += b_h, or z = zx + zh + b + b_h
        cell.forward(s.step(t)); // (2) …
        s.zoneout.forward(t); // (Z)  some units keep s_t; off: nothing
        s.padding.passThrough(t, s.state[t + 1], s.state[t]); // padded rows: s_{t+1} = s_t
        s.recorder.forward(t);
    }

    @Override
    Slab runBack(Slab dH) {
        StepMemory s = memory();
        dX.resize(dtype(), lengths.steps(), s.batch).clear();
        for (int t = s.realSteps() - 1; t >= 0; t--) {
            dH.addTo(t, s.arriving(t)[0], s.scratch); //      ds_{t+1} + dH_t
            dX.put(t, back(t));
        }
        end();
        return dX;
    }

    @Override
    Vec back(int t) {
        StepMemory s = memory();
        s.clearLeaving(t);
        s.padding.hide(t, s.arriving(t)); // padded rows: the cell sees ds_{t+1} = 0
        s.zoneout.backward(t); // (Z') dmade = (1-q) ⊙ ds
        cell.backward(s.step(t)); // … (2')
        s.zoneout.carry(t); // (Z') ds_prev += q ⊙ ds
        s.addBiasGradients(); // (1') db += dzx, db_h += dzh
        s.leaving(t)[0].add(W_h.backward(t, s.dzh, s.scratch)); // (1') dh_prev += dzh W_hᵀ, dW_h += h_prevᵀ dzh
        s.padding.restore(t, s.arriving(t), s.leaving(t)); // padded rows: ds_t = ds_{t+1}
        s.recorder.backward(t);
        return W_x.backward(t, s.dzx, dx_t); // (1') dx_t = dzx W_xᵀ, dW_x += x_tᵀ dzx
    }

    @Override
    void end() {
        memory().end();
        W_h.end();
        products.forEach(PlainMap::end);
    }

    @Override
    StepMemory allocate(int T, int B) {
        dx_t = Vec.zeros(dtype(), B * inputSize());
        return new StepMemory(layout, weights, noise, T, B, products);
    }

    @Override
    void prepare(Vec h0, Pass pass) {
        W_x.begin(pass.lengths(), pass.noise());
        W_h.begin(pass.lengths(), pass.noise());
        products.forEach(U -> U.begin(pass.lengths(), pass.noise()));
    }

    @Override
    void free() {
        dX.close();
    }
}
