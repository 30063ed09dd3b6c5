// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.attention.Memory;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.layer.Embedding;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Numbers;
import java.util.Map;

/** Encoder, bridge and decoder over random ids, with L = ⟨features, R⟩ for random R: every gradient passes through. */
final class DecoderRig implements AutoCloseable {
    static final int E = 3;
    private static final int V = 6;

    private final Encoder encoder;
    private final Embedding target;
    private final Bridge bridge;
    private final Decoder decoder;
    private final Memory memory;
    private final Parameters parameters;
    private final Lengths sourceLengths;
    private final Lengths targetLengths;
    private final Sequence.Ids source;
    private final Sequence.Ids words;
    private final Tensor R;

    /** Makes the recurrent layers of the encoder. */
    interface Layers {
        Recurrent create(int inputSize, Parameters.Builder p);
    }

    /** Makes a decoder for embedded tokens of E and annotations of M. */
    interface Decoders {
        Decoder create(int annotation, Parameters.Builder p);
    }

    DecoderRig(
            Layers encoderLayers,
            Decoders decoders,
            Bridge.Options kind,
            Map<String, Integer> decoderLayers,
            Lengths source,
            Lengths target) {
        Parameters.Builder p = Parameters.builder();
        Recurrent layers = encoderLayers.create(E, p.scope("encoder"));
        encoder = new Encoder(new Embedding("source", V, E, 0, p), layers, true);
        this.target = new Embedding("target", V, E, 0, p);
        decoder = decoders.create(layers.outputSize(), p.scope("decoder"));
        Rng rng = Rng.seeded(11);
        bridge = new Bridge(kind, layers.stateSizes(), decoderLayers, p);
        parameters = p.build(Dtype.DOUBLE, rng);
        LayerCase.shake(parameters, rng);
        awayFromUniformAttention();
        memory = new Memory(Dtype.DOUBLE, layers.outputSize());
        sourceLengths = source;
        targetLengths = target;
        this.source = ids(source, rng);
        words = ids(target, rng);
        R = Numbers.random(Dtype.DOUBLE, rng, target.steps(), target.batch(), decoder.featureSize());
        for (int t = 0; t < target.steps(); t++) { // the loss leaves padding out
            for (int b = 0; b < target.batch(); b++) {
                if (target.padded(t, b)) {
                    R.data().fill((t * target.batch() + b) * R.size(2), R.size(2), 0);
                }
            }
        }
    }

    /** Where attention is flat, the gradients of its score vanish in the rounding of the loss. */
    private void awayFromUniformAttention() {
        for (Parameter p : parameters.list()) {
            if (p.name().startsWith("decoder.additive")
                    || p.name().startsWith("source")
                    || p.name().startsWith("target")) {
                parameters.values().scale(p.offset(), p.size(), 2.5);
            }
        }
        parameters.changed();
    }

    private static Sequence.Ids ids(Lengths lengths, Rng rng) {
        int[] ids = new int[lengths.steps() * lengths.batch()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = rng.nextInt(V);
        }
        return Sequence.ids(ids, lengths.steps(), lengths.batch());
    }

    GradientCheck gradientCheck() {
        return GradientCheck.of(this::loss, this::backward).parameters(parameters);
    }

    private Slab forward() {
        Run run = encoder.forward(source, Pass.of(sourceLengths));
        memory.load(run.H(), sourceLengths);
        decoder.read(memory, targetLengths.steps());
        State last = run.last();
        State s0 = decoder.start(bridge.forward(last), last.h());
        Pass pass = Pass.of(targetLengths);
        return decoder.forward(target.forward(words, pass), s0, 0, pass);
    }

    double[] features() {
        return forward().toTensor().data().toDoubles();
    }

    private double loss() {
        double[] features = features();
        double sum = 0;
        for (int i = 0; i < features.length; i++) {
            sum += features[i] * R.data().get(i);
        }
        return sum;
    }

    private void backward(double upstream) {
        forward();
        Tensor d = R.copy();
        d.data().scale(0, d.data().length(), upstream);
        Decoder.Grad grad = decoder.backward(Sequence.of(d));
        target.backward(grad.dY());
        State dLast = bridge.backward(grad.dLayers());
        grad.dSummary()
                .ifPresent(dc -> dLast.h().data().add(0, dc.data(), 0, dc.data().length()));
        encoder.backward(Sequence.of(memory.gradient(sourceLengths.steps())), dLast);
    }

    @Override
    public void close() {
        encoder.close();
        target.close();
        bridge.close();
        decoder.close();
        memory.close();
    }
}
