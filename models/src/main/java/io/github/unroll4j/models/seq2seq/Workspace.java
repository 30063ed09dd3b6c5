// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.Memory;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.internal.Diverged;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.Targets;
import io.github.unroll4j.text.PairBatch;

/** What one call of a model computes with: all of its parts and their buffers, over weights that may be shared. */
final class Workspace implements AutoCloseable {
    private final Seq2SeqConfig config;
    private final Assembly parts;
    private final Linear head;
    private final Memory memory;
    private final DecoderSteps steps;

    /**
     * Declares the parts of a model.
     *
     * @param config what it is made of
     * @param sourceSize number of source tokens
     * @param targetSize number of target tokens
     * @param made what the names in the configuration stand for
     * @param p where to declare
     */
    Workspace(Seq2SeqConfig config, int sourceSize, int targetSize, Seq2SeqParts made, Parameters.Builder p) {
        this.config = config;
        parts = new Assembly(config, sourceSize, targetSize, made, p);
        head = new Linear("head", parts.decoder.featureSize(), targetSize, p);
        memory = new Memory(config.options().dtype(), parts.encoder.width());
        steps = new DecoderSteps(this);
    }

    Seq2SeqConfig config() {
        return config;
    }

    /** The size M of an annotation. */
    int annotation() {
        return parts.encoder.width();
    }

    Decoder decoder() {
        return parts.decoder;
    }

    /** The map from features to logits. */
    Linear head() {
        return head;
    }

    /** The decoder step by step. */
    DecoderSteps steps() {
        return steps;
    }

    /** What the latest {@link #encode} left. */
    Memory memory() {
        return memory;
    }

    /**
     * Encodes sources: what the decoder is to read, in {@link #memory}, and the state it starts from.
     *
     * @param ids [S,B]
     * @param pass lengths, trace and noise
     * @return the state of a fresh start
     */
    State encode(Sequence.Ids ids, Pass pass) {
        Run run = parts.encoder.forward(ids, pass);
        memory.load(run.H(), pass.lengths());
        State last = run.last();
        return parts.decoder.start(parts.bridge.forward(last), parts.encoder.summary(last));
    }

    /** Features of target tokens; row t of the result predicts the token after t. */
    Slab decode(Sequence.Ids inputs, State s0, int position, Pass pass) {
        Slab Y = parts.targetDropout.forward(parts.targetTable.forward(inputs, pass), pass);
        return parts.featureDropout.forward(parts.decoder.forward(Y, s0, position, pass), pass);
    }

    /** The logits of all target tokens, each after the true ones before it. */
    private Vec forward(PairBatch batch, Noise noise) {
        int B = batch.batch();
        int T = batch.targetSteps();
        Lengths sources = Lengths.of(batch.sourceSteps(), batch.sourceLengths());
        Lengths targets = Lengths.of(T, batch.targetLengths());
        State s0 = encode(
                Sequence.ids(batch.source(), batch.sourceSteps(), B),
                Pass.of(sources).with(noise));
        parts.decoder.read(memory, T);
        return head.forward(decode(
                Sequence.ids(batch.inputs(), T, B), s0, 0, Pass.of(targets).with(noise)));
    }

    /** What a batch is to predict. */
    static Targets targets(PairBatch batch) {
        return Targets.of(batch.targets(), batch.targetLengths());
    }

    /** Forward and backward over a batch, or a part of one whose targets are {@code whole}; adds to the gradients. */
    Loss learn(PairBatch batch, SoftmaxCrossEntropy loss, Noise noise, Targets whole) {
        Vec logits = forward(batch, noise);
        Loss value = loss.lossAndGradient(logits, targets(batch).partOf(whole));
        Slab dFeatures = parts.featureDropout.backward(head.backward(logits));
        Decoder.Grad grad = parts.decoder.backward(dFeatures);
        parts.targetTable.backward(parts.targetDropout.backward(grad.dY()));
        State dLast = parts.bridge.backward(grad.dLayers());
        grad.dSummary().ifPresent(dc -> parts.encoder.addSummaryGradient(dLast, dc));
        Tensor dH = memory.gradient(batch.sourceSteps());
        parts.encoder.backward(Sequence.of(dH), dLast);
        return value;
    }

    /** ln p of token t of row b at {@code t·B + b}; 0 at padding. All targets count: none may be left out. */
    double[] score(PairBatch batch) {
        Lengths lengths = Lengths.of(batch.targetSteps(), batch.targetLengths());
        Sequence.ids(batch.targets(), batch.targetSteps(), batch.batch())
                .requireBelow("Seq2Seq.score, targets", head.b().size(), lengths);
        SoftmaxCrossEntropy sum = new SoftmaxCrossEntropy(head.b().size(), Reduction.SUM);
        double[] logProbabilities = new double[batch.targets().length];
        Loss loss = sum.scoreInto(logProbabilities, forward(batch, Noise.off()), targets(batch));
        Diverged.requireFinite("Seq2Seq.score", "the loss", loss.nats());
        return logProbabilities;
    }

    /** Frees native memory; a second call does nothing. */
    @Override
    public void close() {
        parts.encoder.close();
        parts.targetTable.close();
        parts.bridge.close();
        parts.decoder.close();
        parts.targetDropout.close();
        parts.featureDropout.close();
        head.close();
        memory.close();
    }
}
