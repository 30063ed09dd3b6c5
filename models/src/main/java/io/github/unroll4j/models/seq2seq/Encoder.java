// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.tensor.Tensor;
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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From the tokens of a batch of sources to an annotation for each, and the state after the last.
 *
 * <pre>
 * (1)  X = E x                   x the source, or each row of it from its end
 * (2)  H, last = layers(X, 0)    h̄_s = H_s are the annotations
 * (3)  c = h of the top layer's last state; of one that reads both ways [→h ; ←h]
 * </pre>
 *
 * <p>A source can be read backwards, as Sutskever, Vinyals and Le (2014) did: each row reversed within its own length.
 * Annotation s is then that of the s-th token from the end. A source without tokens has no annotation, so that
 * attention over it gives a context of zeros, and its last state is zeros.
 *
 * <p>The summary c [B,C] is the layer's output at the last real step, and of {@code Bidirectional} at the last step of
 * each direction, except where a layer gives another output than its h: of {@code Residual} it is F, without what went
 * in.
 */
final class Encoder implements AutoCloseable {
    private final Embedding embedding;
    private final Recurrent layers;
    private final boolean reversed;
    private final RowDropout dropout;
    private @Nullable Run run;

    /**
     * An encoder.
     *
     * @param embedding of the source tokens; closed with this encoder
     * @param layers over its vectors; closed with this encoder
     * @param reversed whether each source is read from its end
     * @param rate of dropout of the embedded tokens
     */
    Encoder(Embedding embedding, Recurrent layers, boolean reversed, double rate) {
        if (layers.inputSize() != embedding.size()) {
            throw new IllegalArgumentException("Encoder: the layers take rows of " + layers.inputSize()
                    + ", the embedding gives " + embedding.size() + ".");
        }
        this.embedding = embedding;
        this.layers = layers;
        this.reversed = reversed;
        dropout = new RowDropout("Seq2Seq", rate, Dropout.Mask.PER_STEP, embedding.size());
    }

    /** The size M of an annotation. */
    int width() {
        return layers.outputSize();
    }

    /**
     * Reads a batch of sources.
     *
     * @param source ids [S,B]
     * @param pass lengths, trace and noise
     * @return the annotations and the states
     */
    Run forward(Sequence.Ids source, Pass pass) {
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
    void backward(Sequence dH, State dLast) {
        if (run == null) {
            throw new IllegalStateException("Encoder.backward: called before forward.");
        }
        Slab dX = layers.backward(run, dH, dLast).dX(); // (2')
        embedding.backward(dropout.backward(dX)); // (1')
    }

    /** The summary of an encoder's last state, a new tensor [B,C]. */
    Tensor summary(State last) {
        List<Tensor> parts = top(last);
        int C = parts.stream().mapToInt(t -> t.size(1)).sum();
        Tensor summary = Tensor.zeros(last.h().dtype(), last.h().size(0), C);
        int at = 0;
        for (Tensor part : parts) { // (3)
            Columns.put(summary.data(), C, at, part.data(), part.size(1));
            at += part.size(1);
        }
        return summary;
    }

    /** Adds the gradient of the summary to that of the state. */
    void addSummaryGradient(State dLast, Tensor dSummary) {
        int at = 0;
        for (Tensor part : top(dLast)) { // (3')
            Columns.add(part.data(), part.size(1), dSummary.data(), dSummary.size(1), at);
            at += part.size(1);
        }
    }

    private List<Tensor> top(State state) {
        List<Recurrent.CellState> cells = layers.cells();
        return cells.get(cells.size() - 1).h().stream().map(state::part).toList();
    }

    @Override
    public void close() {
        embedding.close();
        layers.close();
        dropout.close();
        run = null;
    }
}
