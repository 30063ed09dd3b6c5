// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.Memory;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import java.util.Objects;
import java.util.Optional;

/**
 * From the embedded tokens of a target, read from left to right, to one row of features a step, from which the next
 * token is predicted. Row t of Y is the embedding of y_{t-1}, the token before the one that step t predicts; row 0 is
 * that of {@code <SOS>}.
 *
 * <p>In training one pass runs over all T tokens; in decoding a pass of one step goes on from the state that the one
 * before left. State goes in and comes out by value. For one thread at a
 * time; a second one is refused with a sentence.
 *
 * @since 0.1.0
 */
public interface Decoder extends AutoCloseable {
    /** {@return the size of a row of features F} */
    int featureSize();

    /**
     * The state of a fresh start.
     *
     * @param layers initial state of the recurrent layers, from a bridge
     * @param summary h of the last state of the encoder's top layer, [B,C], for a decoder that reads it at every step
     * @return the decoder's own state
     */
    State start(State layers, Tensor summary);

    /**
     * Takes a memory for the passes that follow; makes what does not depend on the target once.
     *
     * @param memory loaded annotations, borrowed
     * @param steps most steps of one pass
     */
    void read(Memory memory, int steps);

    /**
     * Goes on with some rows of the memory that is being read, each as often as it is named; what does not depend on
     * the target is taken along. For passes of one step without a way back.
     *
     * @param rows chosen ones
     */
    void select(int... rows);

    /**
     * Runs over T tokens.
     *
     * @param Y embedded tokens [T,B,E], row t that of y_{t-1}; borrowed until backward. At padding too they must be
     *     finite, as those of {@code Embedding}, which are zeros there, since a readout multiplies them by the gradient
     *     0
     * @param s0 state before them
     * @param position position of the first of them in the whole target, 0 in training
     * @param pass lengths, trace and noise
     * @return features [T,B,F], borrowed until the next forward; at padding numbers that say nothing
     */
    Slab forward(Slab Y, State s0, int position, Pass pass);

    /**
     * The state after the latest pass.
     *
     * @return a copy
     */
    State last();

    /**
     * Where a step of the latest pass looked.
     *
     * @param t the step
     * @return weights [B,S], borrowed until the next forward; empty for a decoder without attention
     */
    Optional<Vec> alpha(int t);

    /**
     * Goes back over the latest pass, which began at position 0; adds to the gradients of the parameters and of the
     * memory.
     *
     * @param dFeatures gradient of the features, [T,B,F], zeros at padding
     * @return gradients of the inputs
     * @throws io.github.unroll4j.core.tensor.ShapeException if the latest features have another shape
     */
    Grad backward(Sequence dFeatures);

    /**
     * What backward returns.
     *
     * @param dY gradient of the embedded tokens [T,B,E], borrowed until the next forward or backward
     * @param dLayers gradient of the initial state of the layers
     * @param dSummary gradient of the summary, where it was read
     */
    record Grad(Slab dY, State dLayers, Optional<Tensor> dSummary) {
        /**
         * Requires what is not optional.
         *
         * @param dY {@link #dY()}
         * @param dLayers {@link #dLayers()}
         * @param dSummary {@link #dSummary()}
         */
        public Grad {
            Objects.requireNonNull(dY, "dY");
            Objects.requireNonNull(dLayers, "dLayers");
            Objects.requireNonNull(dSummary, "dSummary");
        }
    }

    /** Frees native memory; a second call does nothing. */
    @Override
    void close();
}
