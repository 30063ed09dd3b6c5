// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A residual connection around a layer: what goes in is added to what comes out.
 *
 * <p>He, Zhang, Ren and Sun (2016), "Deep residual learning for image recognition"; between stacked LSTMs, Wu et al. (2016),
 * "Google's neural machine translation system", section 3.1.
 *
 * <pre>
 * (1)  F = layer(X)
 * (2)  H_t = F_t + X_t          [T,B,D], so the layer gives rows of the size that it takes
 *
 * (2') dF_t = dH_t,  dX_t = dH_t
 * (1') dX_t gains the layer's own gradient
 * </pre>
 *
 * <p>The state is the layer's, F and not H, and so are the names in a trace. At a padded step there is no input to add: H_t = F_t.
 */
public final class Residual implements Recurrent {
    private final Recurrent layer;
    private final HeapRows rows = new HeapRows();
    private final SlabBuffer H;
    private final SlabBuffer dX;
    private Lengths lengths = Lengths.full(1, 1);
    private @Nullable Run inner;
    private long generation;

    /**
     * A connection around a layer.
     *
     * @param layer closed with this one
     * @throws IllegalArgumentException if the layer takes and gives rows of different size
     */
    public Residual(Recurrent layer) {
        if (layer.inputSize() != layer.outputSize()) {
            throw new IllegalArgumentException("Residual: " + layer.name() + " takes rows of " + layer.inputSize()
                    + " and gives rows of " + layer.outputSize() + ", expected equal sizes, since the two are added.");
        }
        this.layer = layer;
        H = new SlabBuffer(layer.outputSize());
        dX = new SlabBuffer(layer.inputSize());
    }

    @Override
    public String name() {
        return "Residual(" + layer.name() + ")";
    }

    @Override
    public int inputSize() {
        return layer.inputSize();
    }

    @Override
    public int outputSize() {
        return layer.outputSize();
    }

    @Override
    public Map<String, Integer> stateSizes() {
        return layer.stateSizes();
    }

    @Override
    public State zeroState(int batch) {
        return layer.zeroState(batch);
    }

    @Override
    public Run forward(Sequence x, State s0, Pass pass) {
        if (x instanceof Sequence.Ids) {
            throw new IllegalArgumentException(name()
                    + ".forward: the input is token ids, expected numbers [T,B,D], since it is added to the outputs; put an"
                    + " Embedding below.");
        }
        long run = ++generation;
        Run f = layer.forward(x, s0, pass); // (1)
        inner = f;
        lengths = pass.lengths();
        return new Run(this, sum(f.H(), x, H), f::state, () -> generation == run); // (2)
    }

    @Override
    public RunGrad backward(Run run, Sequence dH, State dLast) {
        run.requireLatestOf(this);
        if (inner == null) {
            throw new IllegalStateException(name() + ".backward: called before forward.");
        }
        RunGrad grad = layer.backward(inner, dH, dLast); // (2') dF, (1')
        return new RunGrad(sum(grad.dX(), dH, dX), grad.dS0()); // (2') dX
    }

    /** Adds the rows of the real steps. */
    private Slab sum(Slab all, Sequence real, SlabBuffer into) {
        Vec added = rows.of(real);
        int B = lengths.batch();
        int D = into.width();
        Vec total = into.heap(added.dtype(), lengths.steps(), B);
        all.rows().get(total, 0);
        for (int t = 0; t < lengths.steps(); t++) {
            for (int b = 0; b < B; b++) {
                if (!lengths.padded(t, b)) {
                    total.add((t * B + b) * D, added, (t * B + b) * D, D);
                }
            }
        }
        return into.put();
    }

    @Override
    public void close() {
        layer.close();
        H.close();
        dX.close();
        generation++;
    }
}
