// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.internal.NativeRows;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The engine: runs any {@link Cell} over time and back, with every product that does not depend on the previous step
 * hoisted out of the loop.
 *
 * <pre>
 * forward    XW = X W_x                  all t at once: one product over T·B rows (token ids: a gather in the loop)
 *            for t = 0 … T-1
 * (1)          zx = XW_t + b,  zh = h_prev W_h + b_h         one recurrent product per step; of a cell that takes the
 *              sum z = zx + zh
 * (2) …        the cell's own equations: s_{t+1} from s_t; they may hold products of their own
 * backward   for t = T-1 … 0
 * (1'a)        ds = what came from t+1, its h part gaining dH_t
 * … (2')      the cell's own equations reversed: dzx, dzh, and dPrev, which is ds_t on every path but the maps
 * (1'a)        dh_prev = dPrev + dzh W_hᵀ: with the other parts of dPrev it is the ds of step t-1
 * (1'b)      after the loop, for all t: dW_h += H_prevᵀ dZh,  dW_x += Xᵀ dZx,  dX = dZx W_xᵀ,
 *            db and db_h += column sums of dZx and dZh (token ids: rows of dW_x are added in the loop, there is no dX)
 * </pre>
 *
 * <p>The papers' sum over t is the sum over the inner dimension T·B of the products after the loop. A cell that takes
 * the two maps summed has one dz, which stands for dzx and dzh.
 *
 * <p>Padding: a padded step passes the state of its row through unchanged and its gradient back the same way. Steps
 * that are padding in every row take part in no product, so that neither what stands in the padding nor how much of it
 * there is changes a bit.
 *
 * <p>In training, {@link RecurrentNoise} may put masked operands in the place of h_prev and W_h in (1), (1'a) and
 * (1'b), and let units keep their state past the cell's equations; {@code RecurrentDropout}, {@code WeightDrop} and
 * {@code Zoneout} say how. Every mask is drawn from the noise of the pass; without noise the first two are off, and
 * zoneout takes its mean.
 *
 * <p>Equal to {@link Unrolled}, the plain loop, up to rounding, which a test holds for every cell.
 *
 * @since 0.1.0
 */
public final class HoistedLayer extends CellLayer {
    private final @Nullable TokenTable table;
    private final InputMap input;
    private final LoopProduct recurrent =
            new LoopProduct(weights.W_h(), layout.recurrentBlocks(), dropout, noise.weightDrop());
    private final List<LoopProduct> products = inside(LoopProduct::new);
    /** h before each step and after the last: the outputs are the same rows, a step further. */
    private final NativeRows h = new NativeRows(1, outputSize());

    /** The late columns [B,0] of an input that is known whole. */
    private static final Vec NOTHING_LATE = Vec.zeros(Dtype.FLOAT, 0);

    /**
     * Declares a layer without regularisers; its parameters are named after the cell.
     *
     * @param cell the equations
     * @param inputSize size of an input row D, or of the vocabulary where the input is token ids
     * @param p where to declare the parameters
     */
    public HoistedLayer(Cell cell, int inputSize, Parameters.Builder p) {
        this(cell, inputSize, RecurrentNoise.NONE, p);
    }

    /**
     * Declares a layer; its parameters are named after the cell.
     *
     * @param cell the equations
     * @param inputSize size of an input row D, or of the vocabulary where the input is token ids
     * @param noise regularisers of the recurrent path
     * @param p where to declare the parameters
     */
    public HoistedLayer(Cell cell, int inputSize, RecurrentNoise noise, Parameters.Builder p) {
        super(cell, inputSize, noise, p);
        table = null;
        input = new InputMap(weights.W_x(), layout.blocks().size(), null);
    }

    /**
     * Declares a layer that reads token ids as the rows of a table, and has no way back: the input map of all tokens is
     * made once for each version of the weights, {@code zx = (E W_x)[id]}. Its parameters are those of a layer whose
     * input rows have the size of the vectors.
     *
     * @param cell the equations
     * @param E vectors of the tokens [V,E], a parameter of the same registry
     * @param noise regularisers of the recurrent path
     * @param p where to declare the parameters
     */
    public HoistedLayer(Cell cell, Parameter E, RecurrentNoise noise, Parameters.Builder p) {
        super(cell, E.size(1), noise, p);
        table = new TokenTable(E, weights.W_x());
        input = new InputMap(weights.W_x(), layout.blocks().size(), table);
    }

    /** The size of an input row, or the number of tokens V. */
    @Override
    public int inputSize() {
        return table == null ? super.inputSize() : table.tokens();
    }

    @Override
    void run(Sequence x) {
        input.begin(x, lengths); // (1)  XW
        for (int t = 0; t < memory().realSteps(); t++) {
            forth(t, NOTHING_LATE);
        }
    }

    @Override
    void forth(int t, Vec l_t) {
        StepMemory m = memory();
        input.stepInto(t, l_t, m.zx); // (1)  zx = XW_t, of ids the row of each; + l_t W_x[l] of late columns
        recurrent.forward(t, m.h(t), m.zh, false); // (1)  zh = h_prev W_h, masked by (D) and (W) if on
        m.sumPreActivations(); // (1)  zx += b, zh += b_h, or z = zx + zh + b + b_h
        cell.forward(m.step(t)); // (2) …
        m.zoneout.forward(t); // (Z)  some units keep s_t; off: nothing
        m.padding.passThrough(t, m.state[t + 1], m.state[t]); // padded rows: s_{t+1} = s_t
        put(t + 1, m.h(t + 1));
        m.recorder.forward(t);
    }

    @Override
    @Nullable
    Slab runBack(Slab dH) {
        StepMemory m = memory();
        for (int t = m.realSteps() - 1; t >= 0; t--) {
            dH.addTo(t, m.dhAfter(t), m.scratch); // (1'a) dh_t: ds_{t+1} gains dH_t
            back(t);
        }
        end();
        return input.knownGradient(); // (1'b) dX
    }

    @Override
    Vec back(int t) {
        StepMemory m = memory();
        m.clearLeaving(t);
        m.padding.hide(t, m.arriving(t)); // padded rows: the cell sees ds_{t+1} = 0
        m.zoneout.backward(t); // (Z') dmade = (1-q) ⊙ ds
        cell.backward(m.step(t)); // … (2')
        m.zoneout.carry(t); // (Z') ds_prev += q ⊙ ds
        m.addBiasGradients(); // (1'b) the share of this step in db and db_h
        Vec dl_t = input.stepBack(t, m.dzx); // (1'b) dZx_t, or with token ids the rows of dW_x
        m.dhBefore(t).add(recurrent.backward(t, m.dzh, m.scratch)); // (1'a) dh_prev += dzh W_hᵀ; (1'b) dZh_t
        m.padding.restore(t, m.arriving(t), m.leaving(t)); // padded rows: ds_t = ds_{t+1}
        m.recorder.backward(t);
        return dl_t;
    }

    @Override
    void end() {
        input.end(); // (1'b) dW_x and dX; of token ids nothing, their rows were added in the loop
        recurrent.end(); // (1'b) dW_h
        products.forEach(LoopProduct::end);
        memory().end(); // (1'b) db, db_h
    }

    @Override
    void beginSteps(@Nullable Slab known) {
        input.begin(known, lengths);
    }

    @Override
    int lateWidth() {
        return input.lateWidth();
    }

    @Override
    Slab outputs() {
        StepMemory m = memory();
        for (int t = m.realSteps(); t < lengths.steps(); t++) {
            put(t + 1, m.h(m.realSteps()));
        }
        if (H == null || H.steps() != lengths.steps()) {
            H = new Slab(h.from(1), lengths.steps(), lengths.batch());
        }
        return H;
    }

    @Override
    public Optional<KnownColumns> knownColumns() {
        return Optional.of(new KnownColumns() {
            @Override
            public void begin(Slab known, State s0, Pass pass) {
                HoistedLayer.this.begin(known, s0, pass);
            }

            @Override
            public Slab gradient() {
                order.requireWentBack("the gradient of the known columns");
                Slab gradient = input.knownGradient();
                if (gradient == null) {
                    throw new IllegalStateException(name() + ": the gradient of the known columns was asked for after a"
                            + " pass that was begun without any.");
                }
                return gradient;
            }
        });
    }

    @Override
    StepMemory allocate(int T, int B) {
        freeProducts();
        return new StepMemory(layout, weights, noise, T, B, products);
    }

    @Override
    void prepare(Vec h0, Pass pass) {
        Lengths of = pass.lengths();
        h.resize(dtype(), of.steps() + 1, of.batch());
        put(0, h0);
        recurrent.begin(of, pass.noise(), h);
        products.forEach(U -> U.begin(of, pass.noise(), null));
    }

    /** Takes h before step t, which is the output of the step before; without masks the product reads it here. */
    private void put(int t, Vec h_t) {
        h.rows(t).put(h_t, 0);
    }

    private void freeProducts() {
        recurrent.close();
        products.forEach(LoopProduct::close);
        h.close();
        H = null;
    }

    @Override
    void free() {
        input.close();
        freeProducts();
    }
}
