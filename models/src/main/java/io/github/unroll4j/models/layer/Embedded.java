// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.layer;

import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.internal.OneThread;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A recurrent layer, or a stack of them, over an {@link Embedding}: takes token ids, so that what takes one {@link
 * Recurrent} over ids takes words with vectors too.
 *
 * <p>State, outputs and trace are those of the layer inside, under the same names.
 *
 * @since 0.1.0
 */
public final class Embedded implements Recurrent {
    private final Embedding embedding;
    private final Recurrent layer;
    private @Nullable Run inner;
    private long generation;
    private final OneThread user = new OneThread(this::name);

    /**
     * Puts an embedding in front of a layer.
     *
     * @param embedding table [V,E]; closed with this
     * @param layer takes rows of size E; closed with this
     * @throws io.github.unroll4j.core.tensor.ShapeException if the layer takes rows of another size
     */
    public Embedded(Embedding embedding, Recurrent layer) {
        if (layer.inputSize() != embedding.size()) {
            throw ShapeException.of(
                    "Embedded(" + layer.name() + ")",
                    "the layer's input size",
                    Integer.toString(layer.inputSize()),
                    "E=" + embedding.size() + " of " + embedding.W(),
                    "the layer was declared for the size of the vocabulary");
        }
        this.embedding = embedding;
        this.layer = layer;
    }

    /** {@return the table} */
    public Embedding embedding() {
        return embedding;
    }

    /** {@return the layer over it} */
    public Recurrent layer() {
        return layer;
    }

    @Override
    public String name() {
        return "Embedded(" + layer.name() + ")";
    }

    /** The number of ids V. */
    @Override
    public int inputSize() {
        return embedding.vocabulary();
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
    public List<CellState> cells() {
        return layer.cells();
    }

    @Override
    public State zeroState(int batch) {
        return layer.zeroState(batch);
    }

    /** {@inheritDoc} Token ids only. */
    @Override
    public Run forward(Sequence x, State s0, Pass pass) {
        Objects.requireNonNull(x, "x");
        Objects.requireNonNull(s0, "s0");
        Objects.requireNonNull(pass, "pass");
        user.enter("forward");
        try {
            if (!(x instanceof Sequence.Ids ids)) {
                throw new IllegalArgumentException(
                        name()
                                + ".forward: X is numbers, expected token ids; give numbers to the layer without an embedding.");
            }
            long run = ++generation;
            Run below = layer.forward(embedding.forward(ids, pass), s0, pass);
            inner = below;
            return new Run(this, below.H(), below, () -> generation == run);
        } finally {
            user.exit();
        }
    }

    @Override
    public Run.Grad backward(Run run, Sequence dH, State dLast) {
        Objects.requireNonNull(dH, "dH");
        Objects.requireNonNull(dLast, "dLast");
        user.enter("backward");
        try {
            run.requireLatestOf(this);
            Run below = inner;
            if (below == null) {
                throw new IllegalStateException(name() + ".backward: called before forward.");
            }
            Run.Grad grad = layer.backward(below, dH, dLast);
            embedding.backward(grad.dX());
            return new Run.Grad(null, grad.dS0());
        } finally {
            user.exit();
        }
    }

    @Override
    public void close() {
        user.enter("close");
        try {
            embedding.close();
            layer.close();
            generation++;
        } finally {
            user.exit();
        }
    }
}
