// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.Inputs;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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
 * <p>s_t is the state before step t, and the output H_t is the h part of s_{t+1}. The gradient of a state has two
 * sources: the loss at t, through dH_t, and everything after t, through the state that came back.
 */
public final class Unrolled extends CellLayer {
    private final PlainMap W_x = new PlainMap(weights.W_x(), layout.blocks().size(), 0);
    private final PlainMap W_h = new PlainMap(weights.W_h(), layout.recurrentBlocks(), noise.weightDrop());
    private final RecurrentDropout dropout = new RecurrentDropout(noise.dropout());
    private final PlainProducts products = new PlainProducts(layout, weights, noise, dropout);
    private final Slab H = new Slab(outputSize());
    private final Slab dX = new Slab(inputSize());
    private Vec[] x = {};
    private Vec dx_t = Vec.zeros(Dtype.FLOAT, 0);
    private boolean ids;

    /** Declares a layer; the arguments are those of {@link HoistedLayer}. */
    public Unrolled(Cell cell, int inputSize, RecurrentNoise noise, Parameters.Builder p) {
        super(cell, inputSize, noise, p);
    }

    @Override
    void run(Sequence X) {
        ids = X instanceof Sequence.Ids;
        for (int t = 0; t < memory().real(); t++) {
            x[t] = Inputs.at(X, t, lengths, inputSize(), dtype()).data();
            step(t);
        }
    }

    @Override
    void step(int t) {
        StepMemory s = memory();
        W_x.forward(x[t], s.zx); // (1)  zx = x_t W_x
        W_h.forward(dropout.drop(s.state[t][0]), s.zh); // (1)  zh = h_prev W_h
        s.addBiases(); // (1)  zx += b, zh += b_h, or z = zx + zh + b + b_h
        cell.forward(s.step(t)); // (2) …
        s.zoneout.forward(t);
        s.padding.passThrough(t, s.state[t + 1], s.state[t]);
        s.recorder.forward(t);
    }

    @Override
    @Nullable
    Slab runBack(Slab dH) {
        StepMemory s = memory();
        dX.resize(dtype(), lengths.steps(), s.batch).clear();
        for (int t = s.real() - 1; t >= 0; t--) {
            dH.addTo(t, s.arriving(t)[0], s.border); //      ds_{t+1} + dH_t
            back(t);
            dX.put(t, dx_t);
        }
        end();
        return ids ? null : dX;
    }

    @Override
    void back(int t) {
        StepMemory s = memory();
        s.clearLeaving(t);
        s.padding.hide(t, s.arriving(t));
        s.zoneout.backward(t);
        cell.backward(s.step(t)); // … (2')
        s.zoneout.carry(t);
        s.addBiasGradients(); // (1') db += dzx, db_h += dzh
        Vec h_prev = s.state[t][0];
        Vec dh = W_h.backward(dropout.drop(h_prev), s.dzh); // (1') dh_prev += dzh W_hᵀ, dW_h += h_prevᵀ dzh
        s.leaving(t)[0].add(dropout.back(dh));
        s.padding.restore(t, s.arriving(t), s.leaving(t));
        s.recorder.backward(t);
        dx_t = W_x.backward(x[t], s.dzx); // (1') dx_t = dzx W_xᵀ, dW_x += x_tᵀ dzx
    }

    @Override
    Vec inputGradient(int t) {
        return dx_t;
    }

    @Override
    void end() {
        memory().end();
        W_h.end();
        products.end();
    }

    @Override
    void put(int t, Vec x_t) {
        x[t] = Inputs.at(x_t, t, lengths, inputSize()).data();
    }

    @Override
    StepMemory allocate(int T, int B) {
        x = new Vec[T];
        return new StepMemory(layout, weights, noise, T, B, products);
    }

    @Override
    void prepare(State s0, Pass pass) {
        dropout.begin(pass.noise(), s0.h().data());
        W_h.begin(pass.noise());
        products.begin(pass.noise());
    }

    @Override
    Slab outputs() {
        H.resize(dtype(), lengths.steps(), lengths.batch()).write();
        IntStream.range(0, lengths.steps())
                .forEach(t -> H.put(t, memory().state(t + 1).h().data()));
        return H;
    }

    @Override
    public String name() {
        return "Unrolled(" + layout.name() + ")";
    }

    @Override
    public void close() {
        super.close();
        H.close();
        dX.close();
    }
}
