// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.models.cell.State;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A layer around another: its state, and most of its answers, are those of the layer inside. */
abstract sealed class Around implements Stepwise permits Dropout, Residual {
    final Recurrent layer;
    private @Nullable Run inner;
    private long generation;

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
}
