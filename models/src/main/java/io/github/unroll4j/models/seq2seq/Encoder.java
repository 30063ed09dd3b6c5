// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.layer.Embedding;
import io.github.unroll4j.models.sequence.Dropout;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RowDropout;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import org.jspecify.annotations.Nullable;

/**
 * From the tokens of a batch of sources to an annotation for each, and the state after the last.
 *
 * <pre>
 * (1)  X = E x                   x the source, or each row of it from its end
 * (2)  H, last = layers(X, 0)    h̄_s = H_s are the annotations
 * </pre>
 *
 * <p>A source can be read backwards, as Sutskever, Vinyals and Le (2014) did: each row reversed within its own length.
 * Annotation s is then that of the s-th token from the end. A source without tokens has no annotation, so that
 * attention over it gives a context of zeros, and its last state is zeros.
 */
public final class Encoder implements AutoCloseable {
    private final Embedding embedding;
    private final Recurrent layers;
    private final boolean reversed;
    private final RowDropout none = new RowDropout("Encoder", 0, Dropout.Mask.PER_STEP, 1);
    private @Nullable Run run;

    /**
     * An encoder.
     *
     * @param embedding of the source tokens; closed with this encoder
     * @param layers over its vectors; closed with this encoder
     * @param reversed whether each source is read from its end
     */
    public Encoder(Embedding embedding, Recurrent layers, boolean reversed) {
        if (layers.inputSize() != embedding.size()) {
            throw new IllegalArgumentException("Encoder: the layers take rows of " + layers.inputSize()
                    + ", the embedding gives " + embedding.size() + ".");
        }
        this.embedding = embedding;
        this.layers = layers;
        this.reversed = reversed;
    }

    /** The recurrent layers. */
    public Recurrent layers() {
        return layers;
    }

    /** The size M of an annotation. */
    public int width() {
        return layers.outputSize();
    }

    /** Whether each source is read from its end. */
    public boolean reversed() {
        return reversed;
    }

    /**
     * Reads a batch of sources.
     *
     * @param source ids [S,B]
     * @param pass lengths, trace and noise
     * @return the annotations and the states
     */
    public Run forward(Sequence.Ids source, Pass pass) {
        return forward(source, pass, none);
    }

    /** As above, with dropout of the embedded tokens. */
    Run forward(Sequence.Ids source, Pass pass, RowDropout dropout) {
        Sequence.Ids read = reversed ? reverse(source, pass.lengths()) : source;
        State zero = layers.zeroState(source.batch());
        Slab X = dropout.forward(embedding.forward(read, pass), pass); // (1)
        Run now = layers.forward(X, zero, pass.scope("encoder")); // (2)
        run = now;
        return now;
    }

    private static Sequence.Ids reverse(Sequence.Ids source, Lengths lengths) {
        int B = source.batch();
        int[] ids = source.ids().clone();
        for (int b = 0; b < B; b++) {
            for (int s = 0; s < lengths.of(b); s++) {
                ids[s * B + b] = source.ids()[(lengths.of(b) - 1 - s) * B + b];
            }
        }
        return Sequence.ids(ids, source.steps(), B);
    }

    /**
     * Goes back over the latest forward; adds to the gradients of the parameters.
     *
     * @param dH gradient of the annotations, [S,B,M]
     * @param dLast gradient of the last state
     */
    public void backward(Sequence dH, State dLast) {
        backward(dH, dLast, none);
    }

    /** As above, back through the dropout that the latest forward was given. */
    void backward(Sequence dH, State dLast, RowDropout dropout) {
        if (run == null) {
            throw new IllegalStateException("Encoder.backward: called before forward.");
        }
        Slab dX = layers.backward(run, dH, dLast).dX(); // (2')
        embedding.backward(dropout.backward(dX)); // (1')
    }

    @Override
    public void close() {
        embedding.close();
        layers.close();
        run = null;
    }
}
