// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.CellParameters;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.internal.Foreign;
import io.github.unroll4j.models.internal.OneThread;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.sequence.Stepwise;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the two runners of a cell share: its weights, its memory, checks of what is passed in, and the order of calls.
 * The loops over time are theirs.
 */
abstract sealed class CellLayer implements Stepwise permits HoistedLayer, Unrolled {
    final Cell cell;
    final Layout layout;
    final CellParameters weights;
    final RecurrentNoise noise;
    final StepOrder order;
    final RecurrentDropout dropout;
    Lengths lengths = Lengths.full(1, 1);
    /** The outputs of the latest pass. */
    @Nullable
    Slab H;

    private final List<String> stateNames;
    private final int[] stateSizes;
    private @Nullable StepMemory memory;
    private long generation;
    private boolean ids;
    private final OneThread user = new OneThread(this::name);

    CellLayer(Cell cell, int inputSize, RecurrentNoise noise, Parameters.Builder p) {
        this.cell = cell;
        this.noise = noise;
        layout = cell.layout();
        stateNames = layout.stateNames();
        stateSizes = layout.stateSizes();
        weights = new CellParameters(layout, inputSize, p);
        order = new StepOrder(name());
        dropout = new RecurrentDropout(noise.dropout());
    }

    /** Makes the map of a product: by W with some blocks of columns, its operand and its weights masked. */
    interface MapMaker<P> {
        P make(Parameter W, int blocks, RecurrentDropout dropout, double weightDrop);
    }

    /** The maps of the products inside a step; the masks of the recurrent path are for those that belong to it. */
    final <P> List<P> inside(MapMaker<P> maker) {
        RecurrentDropout none = new RecurrentDropout(0);
        return layout.products().stream()
                .map(U -> maker.make(
                        weights.products().get(U.index()),
                        1,
                        U.recurrent() ? dropout : none,
                        U.recurrent() ? noise.weightDrop() : 0))
                .toList();
    }

    /** Makes room for up to T steps of B rows, in place of the room there is. */
    abstract StepMemory allocate(int T, int B);

    /** Begins a pass over the memory at hand: draws the masks of its weights and lays them out. */
    abstract void prepare(Vec h0, Pass pass);

    /** Runs over all real steps. */
    abstract void run(Sequence x);

    /** All outputs; at steps that are padding in every row the last real ones again. */
    Slab outputs() {
        if (H == null) {
            H = new Slab(outputSize());
        }
        return memory().outputs(H.resize(dtype(), lengths.steps(), lengths.batch()));
    }

    /** Runs back over all real steps, dH in hand; gives dX, which nobody asks for where the input is ids. */
    abstract @Nullable Slab runBack(Slab dH);

    /** Begins a pass whose inputs come step by step, but for their first columns, if any. */
    void beginSteps(@Nullable Slab known) {}

    /** One step forward, from the columns of its input that were not known before. */
    abstract void forth(int t, Vec x_t);

    /** One step back; gives the gradient of those columns, borrowed until the next one. */
    abstract Vec back(int t);

    /** After the loop back: the gradients of the weights. */
    abstract void end();

    /** How many columns of an input come step by step. */
    int lateWidth() {
        return inputSize();
    }

    @Override
    public final Run forward(Sequence x, State s0, Pass pass) {
        user.enter("forward");
        try {
            s0.require(name() + ".forward", stateNames, dtype(), x.batch(), stateSizes);
            ids = x.require(name() + ".forward", inputSize(), pass.lengths(), dtype());
            order.end();
            StepMemory m = open(s0, pass);
            long run = generation;
            try {
                run(x);
            } catch (RuntimeException e) {
                throw Foreign.named(name() + ".forward", "cell", cell, e);
            }
            for (int t = m.realSteps(); t < lengths.steps(); t++) {
                m.recorder.forward(t);
            }
            return new Run(this, outputs(), m, () -> generation == run);
        } finally {
            user.exit();
        }
    }

    private StepMemory open(State s0, Pass pass) {
        lengths = pass.lengths();
        if (pass.trace().isOn()) {
            pass.trace().begin(name());
        }
        generation++;
        StepMemory m = memory;
        if (m == null || !m.fits(lengths.steps(), lengths.batch())) {
            memory = null; // gone before there is more: where both do not fit, the next call begins anew
            m = allocate(lengths.steps(), lengths.batch());
            memory = m;
        }
        dropout.begin(pass.noise(), s0.h().data(), lengths.batch());
        prepare(s0.h().data(), pass);
        m.begin(s0, pass);
        return m;
    }

    @Override
    public final Run.Grad backward(Run run, Sequence dH, State dLast) {
        Objects.requireNonNull(dH, "dH");
        Objects.requireNonNull(dLast, "dLast");
        user.enter("backward");
        try {
            run.requireLatestOf(this);
            StepMemory m = memory();
            dLast.require(name() + ".backward", stateNames, dtype(), m.batch, stateSizes);
            Slab dOut = run.H().requireGradient(name() + ".backward", "dH", "H", dH);
            m.beginBack(dLast);
            Vec[] d = m.arriving(m.realSteps() - 1);
            for (int t = lengths.steps() - 1; t >= m.realSteps(); t--) { // outputs of padding repeat the last real one
                dOut.addTo(t, d[0], m.scratch);
                m.recorder.backward(t);
            }
            Slab dX;
            try {
                dX = runBack(dOut);
            } catch (RuntimeException e) {
                throw Foreign.named(name() + ".backward", "cell", cell, e);
            }
            return new Run.Grad(ids ? null : dX, m.initialGradient());
        } finally {
            user.exit();
        }
    }

    @Override
    public final void begin(State s0, Pass pass) {
        begin(null, s0, pass);
    }

    final void begin(@Nullable Slab known, State s0, Pass pass) {
        user.enter("begin");
        try {
            String where = name() + ".begin";
            s0.require(where, stateNames, dtype(), pass.lengths().batch(), stateSizes);
            if (known != null) {
                known.requireLengths(where, pass.lengths());
                if (known.width() < 1 || known.width() > inputSize() || known.dtype() != dtype()) {
                    throw new IllegalArgumentException(where + ": the known columns are " + known.width() + " of "
                            + known.dtype() + ", expected 1 to D=" + inputSize() + " of " + dtype() + ".");
                }
            }
            open(s0, pass);
            order.begin(lengths.longest());
            beginSteps(known);
        } finally {
            user.exit();
        }
    }

    @Override
    public final Vec step(int t, Vec x_t) {
        user.enter("step");
        try {
            order.forward(t);
            String hint = lateWidth() < inputSize() ? "the known columns are not part of it" : "";
            requireRows("step", t, "the input", x_t, lateWidth(), hint);
            forth(t, x_t);
            return memory().state[t + 1][0];
        } finally {
            user.exit();
        }
    }

    @Override
    public final State state(int t) {
        user.enter("state");
        try {
            StepMemory m = memory();
            order.requireState(t, lengths.steps());
            return m.state(t);
        } finally {
            user.exit();
        }
    }

    @Override
    public final void beginBack(State dLast) {
        user.enter("beginBack");
        try {
            dLast.require(name() + ".beginBack", stateNames, dtype(), lengths.batch(), stateSizes);
            order.beginBack();
            memory().beginBack(dLast);
        } finally {
            user.exit();
        }
    }

    @Override
    public final Vec stepBack(int t, Vec dh_t) {
        user.enter("stepBack");
        try {
            order.back(t);
            requireRows("stepBack", t, "dh", dh_t, outputSize(), "");
            memory().arriving(t)[0].add(dh_t);
            return back(t);
        } finally {
            user.exit();
        }
    }

    private void requireRows(String method, int t, String what, Vec rows, int size, String hint) {
        int B = lengths.batch();
        if (rows.length() != B * size) {
            String where = name() + "." + method + " " + t;
            throw ShapeException.of(where, what, rows.length() + " numbers", "B=" + B + " rows of " + size, hint);
        }
    }

    @Override
    public final State endBack() {
        user.enter("endBack");
        try {
            order.endBack();
            end();
            return memory().initialGradient();
        } finally {
            user.exit();
        }
    }

    final StepMemory memory() {
        if (memory == null) {
            throw new IllegalStateException(name() + ": asked for a step or the way back before forward or begin.");
        }
        return memory;
    }

    final Dtype dtype() {
        return weights.W_x().owner().dtype();
    }

    @Override
    public final String name() {
        return getClass().getSimpleName() + "(" + layout.name() + ")";
    }

    /** {@return the cell that this layer runs} */
    public final Cell cell() {
        return cell;
    }

    /** {@return the weights of this layer} */
    public final CellParameters weights() {
        return weights;
    }

    @Override
    public int inputSize() {
        return weights.inputSize();
    }

    @Override
    public final int outputSize() {
        return layout.h().size();
    }

    @Override
    public final Map<String, Integer> stateSizes() {
        return State.sizes(stateNames, stateSizes);
    }

    @Override
    public final List<CellState> cells() {
        return List.of(CellState.of(stateNames));
    }

    @Override
    public final State zeroState(int batch) {
        return State.zeros(stateNames, dtype(), batch, stateSizes);
    }

    @Override
    public final void close() {
        user.enter("close");
        try {
            memory = null; // the largest first, for a layer that is closed because memory has run out
            order.end();
            generation++;
            if (H != null) {
                H.close();
                H = null;
            }
            free();
        } finally {
            user.exit();
        }
    }

    /** Frees what the runner holds beside that; a second call does nothing. */
    abstract void free();
}
