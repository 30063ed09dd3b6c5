// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.internal.OneThread;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A layer around another: its state, and most of its answers, are those of the layer inside. */
abstract sealed class Around implements Stepwise permits Dropout, Residual {
    final Recurrent layer;
    private @Nullable Run inner;
    private long generation;
    private final OneThread user = new OneThread(this::name);

    Around(Recurrent layer) {
        this.layer = layer;
    }

    /** Makes every run so far one that is over; a pass begins, or the layer is closed. */
    final void outdate() {
        generation++;
    }

    /** The run of this layer, until the next {@link #outdate}, from that of the layer inside. */
    final Run ran(Run inside, Slab H) {
        long run = generation;
        inner = inside;
        return new Run(this, H, inside, () -> generation == run);
    }

    /** The latest run of the layer inside, for the way back from a run of this one. */
    final Run inner(Run run) {
        run.requireLatestOf(this);
        if (inner == null) {
            throw new IllegalStateException(name() + ".backward: called before forward.");
        }
        return inner;
    }

    /** The layer inside, to be run step by step. */
    final Stepwise stepwise() {
        return Stepwise.require(layer);
    }

    @Override
    public final int inputSize() {
        return layer.inputSize();
    }

    @Override
    public final int outputSize() {
        return layer.outputSize();
    }

    @Override
    public final Map<String, Integer> stateSizes() {
        return layer.stateSizes();
    }

    @Override
    public final List<CellState> cells() {
        return layer.cells();
    }

    @Override
    public final State zeroState(int batch) {
        return layer.zeroState(batch);
    }

    @Override
    public final List<Recurrent> inside() {
        return List.of(layer);
    }

    @Override
    public final State state(int t) {
        return stepwise().state(t);
    }

    @Override
    public final void beginBack(State dLast) {
        stepwise().beginBack(dLast);
    }

    @Override
    public final State endBack() {
        return stepwise().endBack();
    }

    @Override
    public final Run forward(Sequence x, State s0, Pass pass) {
        user.enter("forward");
        try {
            return run(x, s0, pass);
        } finally {
            user.exit();
        }
    }

    @Override
    public final Run.Grad backward(Run run, Sequence dH, State dLast) {
        Objects.requireNonNull(dH, "dH");
        Objects.requireNonNull(dLast, "dLast");
        user.enter("backward");
        try {
            return runBack(run, dH, dLast);
        } finally {
            user.exit();
        }
    }

    @Override
    public final void close() {
        user.enter("close");
        try {
            layer.close();
            free();
            outdate();
        } finally {
            user.exit();
        }
    }

    /** Runs over all steps. */
    abstract Run run(Sequence x, State s0, Pass pass);

    /** Runs back over them. */
    abstract Run.Grad runBack(Run run, Sequence dH, State dLast);

    /** Frees what this layer holds beside the one inside; a second call does nothing. */
    abstract void free();
}
