// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameters;
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
 * (1')   ds_{t+1} gains dH_t; the cell's equations back, … (2'): dzx, dzh, and ds_t on the cell's own paths
 * (1')   dh_prev += dzh W_hᵀ,  dW_h += h_prevᵀ dzh,  db_h += dzh,  dx_t = dzx W_xᵀ,  dW_x += x_tᵀ dzx,  db += dzx
 * </pre>
 *
 * <p>s_t is the state before step t, h_prev its h part, dh_prev that of ds_t; H_t, the pages' h_t, is that of s_{t+1}.
 * ds_{t+1} has two sources: dH_t, of the loss at t, and all that comes after t, at the last step the gradient of the
 * state handed on, zero in training. Maps taken summed have one dz: dzx and dzh are the same arrays. dz is Werbos's
 * F_net, ds his F_x. Of db, db_h the rows are summed. Padding, {@link Zoneout} (Z), masks (D), (W) have own classes.
 *
 * @since 0.1.0
 */
public final class Unrolled extends CellLayer {
    private final PlainMap W_x = new PlainMap(weights.W_x(), layout.blocks().size(), new RecurrentDropout(0), 0);
    private final PlainMap W_h = new PlainMap(weights.W_h(), layout.recurrentBlocks(), dropout, noise.weightDrop());
    private final List<PlainMap> products = inside(PlainMap::new);
    private final Slab dX = new Slab(inputSize());

    /**
     * Declares a layer, as {@link HoistedLayer} does.
     *
     * @param cell the equations
     * @param inputSize size of an input row D, or of the vocabulary where the input is token ids
     * @param noise regularisers of the recurrent path
     * @param p where to declare the parameters
     */
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
        StepMemory m = memory();
        W_x.forward(t, x_t, m.zx, false); // (1)  zx = x_t W_x
        W_h.forward(t, m.h(t), m.zh, false); // (1)  zh = h_prev W_h, masked by (D) and (W) if on
        m.sumPreActivations(); // (1)  zx += b, zh += b_h, or z = zx + zh + b + b_h
        cell.forward(m.step(t)); // (2) …
        m.zoneout.forward(t); // (Z)  some units keep s_t; off: nothing
        m.padding.passThrough(t, m.state[t + 1], m.state[t]); // padded rows: s_{t+1} = s_t
        m.recorder.forward(t);
    }

    @Override
    Slab runBack(Slab dH) {
        StepMemory m = memory();
        dX.resize(dtype(), lengths.steps(), m.batch).clear();
        for (int t = m.realSteps() - 1; t >= 0; t--) {
            dH.addTo(t, m.dhAfter(t), m.scratch); // (1') dh_t: ds_{t+1} gains dH_t
            dX.put(t, back(t));
        }
        end();
        return dX;
    }

    @Override
    Vec back(int t) {
        StepMemory m = memory();
        m.clearLeaving(t);
        m.padding.hide(t, m.arriving(t)); // padded rows: the cell sees ds_{t+1} = 0
        m.zoneout.backward(t); // (Z') dmade = (1-q) ⊙ ds
        cell.backward(m.step(t)); // … (2')
        m.zoneout.carry(t); // (Z') ds_prev += q ⊙ ds
        m.addBiasGradients(); // (1') db += dzx, db_h += dzh
        m.dhBefore(t).add(W_h.backward(t, m.dzh, m.scratch)); // (1') dh_prev += dzh W_hᵀ, dW_h += h_prevᵀ dzh
        m.padding.restore(t, m.arriving(t), m.leaving(t)); // padded rows: ds_t = ds_{t+1}
        m.recorder.backward(t);
        return W_x.backward(t, m.dzx); // (1') dx_t = dzx W_xᵀ, dW_x += x_tᵀ dzx
    }

    @Override
    void end() {
        memory().end();
        W_h.end();
        products.forEach(PlainMap::end);
    }

    @Override
    StepMemory allocate(int T, int B) {
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
