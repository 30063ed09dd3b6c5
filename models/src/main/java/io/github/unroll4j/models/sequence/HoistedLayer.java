// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.CellParameters;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.PointwiseCell;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Trace;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The engine: runs any {@link PointwiseCell} over time and back, with every product that does not depend on the previous
 * step hoisted out of the loop. The one place where backpropagation through time meets matrix products.
 *
 * <pre>
 * forward    XW = X W_x                  all t at once: one product over T·B rows (token ids: a row gather, in the loop)
 *            for t = 0 … T-1
 * (1)          zx = XW_t + b,  zh = h_prev W_h (+ b_h)       one recurrent product per step; of a cell that takes the
 *              sum z = zx + zh; then the cell's equations on [B,H]
 * backward   for t = T-1 … 0
 *              ds = what came from t+1, its h part gaining dH_t; the cell's equations reversed give dzx, dzh and dPrev
 * (1'a)        dPrev is what reaches the previous state directly, its h part gaining dzh W_hᵀ: it goes on to t-1
 * (1'b)      after the loop, for all t: dW_h += H_prevᵀ dZh,  dW_x += Xᵀ dZx,  dX = dZx W_xᵀ,
 *            db and db_h += column sums of dZx and dZh (token ids: rows of dW_x are added in the loop, there is no dX)
 * </pre>
 *
 * <p>The inner dimension T·B of the products after the loop is the sum over t of the papers. A cell that takes the two maps
 * summed has one dz, which stands for dzx and dzh.
 *
 * <p>Padding: a padded step passes the state of its row through unchanged and its gradient back the same way. Steps that are padding in
 * every row take part in no product, so that neither what stands in the padding nor how much of it there is changes a bit.
 *
 * <p>In training, {@link RecurrentNoise} may put masked operands in the place of h_prev and W_h in (1), (1'a) and (1'b), and let units keep
 * their state past the cell's equations; {@code RecurrentDropout}, {@code WeightDrop} and {@code Zoneout} say how. Every mask is
 * drawn from the noise of the pass; without noise the first two are off, and zoneout takes its mean.
 *
 * <p>The state slab has T+1 entries, entry 0 the initial state, so that "before" and "after" are neighbours and t = 0 is no
 * special case. Equal to {@link Unrolled} over a {@code CellStepper} up to rounding, which a test holds for every cell.
 */
public final class HoistedLayer implements Stepwise {
    private final PointwiseCell cell;
    private final CellSpec spec;
    private final CellParameters weights;
    private final InputSide input;
    private final RecurrentNoise noise;
    private final StepOrder order;
    private @Nullable LayerBuffers buffers;
    private Lengths lengths = Lengths.full(1, 1);
    private Trace trace = Trace.off();
    private long generation;

    /**
     * Declares a layer without regularisers; its parameters are named after the cell.
     *
     * @param cell the equations
     * @param inputSize size of an input row D, or of the vocabulary where the input is token ids
     * @param p where to declare the parameters
     */
    public HoistedLayer(PointwiseCell cell, int inputSize, Parameters.Builder p) {
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
    public HoistedLayer(PointwiseCell cell, int inputSize, RecurrentNoise noise, Parameters.Builder p) {
        this.noise = noise;
        this.cell = cell;
        spec = cell.spec();
        weights = new CellParameters(cell, inputSize, p);
        order = new StepOrder(name());
        input = new InputSide(name(), weights.W_x(), spec.blocks().size(), cell.hidden());
    }

    @Override
    public String name() {
        return "HoistedLayer(" + spec.name() + ")";
    }

    /** The cell that this layer runs. */
    public PointwiseCell cell() {
        return cell;
    }

    /** The weights of this layer. */
    public CellParameters weights() {
        return weights;
    }

    @Override
    public int inputSize() {
        return weights.inputSize();
    }

    @Override
    public int outputSize() {
        return cell.hidden();
    }

    @Override
    public Map<String, Integer> stateSizes() {
        return State.sizes(spec.state(), cell.hidden());
    }

    @Override
    public State zeroState(int batch) {
        return State.zeros(spec.state(), dtype(), batch, cell.hidden());
    }

    @Override
    public Run forward(Sequence x, State s0, Pass pass) {
        s0.require(name() + ".forward", spec.state(), dtype(), x.batch(), cell.hidden());
        Inputs.require(this, x, pass.lengths(), dtype());
        order.end();
        LayerBuffers buf = open(s0, pass);
        long run = generation;
        input.begin(x, lengths);
        for (int t = 0; t < buf.real; t++) {
            step(t, buf);
        }
        for (int t = buf.real; t < buf.steps; t++) {
            padding(t, buf);
        }
        return new Run(this, buf.recurrent.outputs(), buf, () -> generation == run);
    }

    private LayerBuffers open(State s0, Pass pass) {
        lengths = pass.lengths();
        trace = pass.trace();
        if (trace.isOn()) {
            trace.begin(name());
        }
        generation++;
        LayerBuffers buf = prepare(lengths.steps(), lengths.batch());
        buf.recurrent.begin(pass.noise());
        buf.zoneout.begin(pass.noise(), buf.real);
        buf.load(s0, weights);
        return buf;
    }

    @Override
    public void begin(State s0, Pass pass) {
        beginSteps(null, s0, pass);
    }

    private void beginSteps(@Nullable Slab known, State s0, Pass pass) {
        s0.require(name() + ".begin", spec.state(), dtype(), pass.lengths().batch(), cell.hidden());
        if (known != null) {
            Inputs.requireKnown(this, known, pass.lengths(), dtype());
        }
        open(s0, pass);
        order.begin(lengths.longest());
        input.beginSteps(known, lengths);
    }

    @Override
    public Optional<KnownColumns> knownColumns() {
        return Optional.of(new KnownColumns() {
            @Override
            public void begin(Slab known, State s0, Pass pass) {
                beginSteps(known, s0, pass);
            }

            @Override
            public Slab gradient() {
                order.requireWentBack("the gradient of the known columns");
                return input.requireKnownGradient();
            }
        });
    }

    @Override
    public Vec step(int t, Vec x_t) {
        order.forward(t);
        LayerBuffers buf = buffers();
        Inputs.requireStep(this, t, x_t, buf.batch, input.lateWidth());
        input.put(t, x_t, lengths);
        step(t, buf);
        return buf.slabs.state[t + 1][0];
    }

    @Override
    public State state(int t) {
        return buffers().state(t);
    }

    private void step(int t, LayerBuffers buf) {
        Slabs s = buf.slabs;
        input.stepInto(t, s.zx, buf.batch, lengths); // (1)  zx = XW_t
        buf.recurrent.stepInto(t, s.state[t][0], s.zh); // (1)  zh = h_prev W_h
        buf.addBiases(); // (1)  zx += b, zh += b_h, or z = zx + zh + b + b_h
        buf.kernel.forward(t);
        buf.zoneout.forward(t);
        copyPadded(t, s.state[t + 1], s.state[t]);
        buf.recurrent.put(t + 1, s.state[t + 1][0]);
        buf.recorder.forward(trace, t, lengths);
    }

    // Where no row is real the state goes on as it is, and no product sees the step.
    private void padding(int t, LayerBuffers buf) {
        Vec[] state = buf.slabs.state[buf.real];
        buf.recurrent.put(t + 1, state[0]);
        buf.recorder.forward(trace, t, lengths);
    }

    @Override
    public RunGrad backward(Run run, Sequence dH, State dLast) {
        run.requireLatestOf(this);
        LayerBuffers buf = buffers();
        Slabs s = buf.slabs;
        dLast.require(name() + ".backward", spec.state(), dtype(), buf.batch, cell.hidden());
        OutputGradient dOut = new OutputGradient(name(), dH, new int[] {buf.steps, buf.batch, cell.hidden()}, dtype());
        buf.beginBackward(dLast, trace);
        for (int t = buf.steps - 1; t >= buf.real; t--) {
            paddingBack(t, buf, dOut);
        }
        for (int t = buf.real - 1; t >= 0; t--) {
            dOut.addStep(t, s.dState[(t + 1) & 1][0], s.scratch);
            stepBack(t, buf);
        }
        input.end(); // (1'b) dW_x
        return new RunGrad(input.knownGradient(), finishBackward(buf)); // (1'b) dX
    }

    private State finishBackward(LayerBuffers buf) {
        buf.recurrent.end(); // (1'b) dW_h
        buf.addBiasAndUnitGradients(weights); // (1'b) db, db_h
        return buf.state(buf.slabs.dState[0]);
    }

    @Override
    public void beginBack(State dLast) {
        dLast.require(name() + ".beginBack", spec.state(), dtype(), lengths.batch(), cell.hidden());
        order.beginBack();
        buffers().beginBackward(dLast, trace);
    }

    @Override
    public Vec stepBack(int t, Vec dh_t) {
        order.back(t);
        LayerBuffers buf = buffers();
        OutputGradient.requireStep(this, t, dh_t, buf.batch);
        buf.slabs.dState[(t + 1) & 1][0].add(0, dh_t, 0, buf.n);
        stepBack(t, buf);
        return input.lateGradient(t);
    }

    @Override
    public State endBack() {
        order.endBack();
        input.end(); // (1'b) dW_x
        return finishBackward(buffers());
    }

    // Two sets of arrays hold the gradient of the state in turn: set (t+1) mod 2 what arrives at step t, set t mod 2
    // what goes on to t-1. The cell sees zeros at a padded row, so that its per-unit parameters get nothing from there;
    // what arrived for that row is held meanwhile and goes on as it is.
    private void stepBack(int t, LayerBuffers buf) {
        Slabs s = buf.slabs;
        Vec[] dNext = s.dState[(t + 1) & 1];
        Vec[] dPrev = s.dState[t & 1];
        Slabs.clear(dPrev);
        copyPadded(t, s.held, dNext);
        copyPadded(t, dNext, s.zeros);
        buf.zoneout.backward(t, dNext);
        buf.kernel.backward(t);
        buf.zoneout.carry(t, dNext, dPrev);
        copyPadded(t, dNext, s.held);
        buf.sumBiasGradients(); // (1'b) the share of this step in db and db_h
        input.stepBack(t, s.dzx, buf.batch, lengths); // (1'b) dZx_t, or with token ids the rows of dW_x
        buf.recurrent.stepBack(t, s.dzh, dPrev[0]); // (1'a) dh_prev += dzh W_hᵀ; (1'b) dZh_t
        copyPadded(t, dPrev, dNext);
        buf.recorder.backward(trace, t, lengths);
    }

    private void paddingBack(int t, LayerBuffers buf, OutputGradient dOut) {
        Vec[] d = buf.slabs.dState[buf.real & 1];
        dOut.addStep(t, d[0], buf.slabs.scratch);
        buf.recorder.backward(trace, t, lengths);
    }

    private void copyPadded(int t, Vec[] target, Vec[] source) {
        Slabs.copyPadded(lengths, t, cell.hidden(), target, source);
    }

    private Dtype dtype() {
        return weights.b().owner().dtype();
    }

    private LayerBuffers prepare(int T, int B) {
        if (buffers == null || !buffers.fits(T, B)) {
            if (buffers != null) {
                buffers.close();
            }
            buffers = new LayerBuffers(cell, weights.W_h(), noise, T, B);
        }
        buffers.resize(T, lengths.longest());
        return buffers;
    }

    private LayerBuffers buffers() {
        if (buffers == null) {
            throw new IllegalStateException(name() + ": asked for a step or the way back before forward or begin.");
        }
        return buffers;
    }

    @Override
    public void close() {
        input.close();
        if (buffers != null) {
            buffers.close();
            buffers = null;
        }
        order.end();
        generation++;
    }
}
