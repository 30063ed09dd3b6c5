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
import java.util.LinkedHashMap;
import java.util.List;
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
    /** Added to the annotations and to the first state, so that there is something whose gradient is theirs. */
    private final Tensor annotations;

    private final State start;
    private Tensor dAnnotations;
    private State dStart;
    private Plant plant = new Plant() {};

    /** An error to plant in what goes back. */
    interface Plant {
        /** In what leaves the decoder. */
        default Decoder.Grad decoder(Decoder.Grad right) {
            return right;
        }

        /** In what reaches the annotations. */
        default void annotations(Tensor d) {}

        /** In what reaches the encoder's last state. */
        default void encoder(State d) {}

        /** In what the parameters got. */
        default void parameters(Parameters p) {}
    }

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
            Recurrent decoderLayers,
            Lengths source,
            Lengths target) {
        Parameters.Builder p = Parameters.builder();
        Recurrent layers = encoderLayers.create(E, p.scope("encoder"));
        encoder = new Encoder(new Embedding("source", V, E, 0, p), layers, true, 0);
        this.target = new Embedding("target", V, E, 0, p);
        decoder = decoders.create(layers.outputSize(), p.scope("decoder"));
        Rng rng = Rng.seeded(11);
        bridge = new Bridge(kind, layers, decoderLayers, p);
        parameters = p.build(Dtype.DOUBLE, rng);
        LayerCase.shake(parameters, rng);
        awayFromUniformAttention();
        memory = new Memory(Dtype.DOUBLE, layers.outputSize());
        sourceLengths = source;
        targetLengths = target;
        this.source = ids(source, rng);
        words = ids(target, rng);
        annotations = Numbers.random(Dtype.DOUBLE, rng, source.steps(), source.batch(), layers.outputSize());
        dAnnotations = annotations.copy();
        Map<String, Integer> state = decoderLayers.stateSizes();
        int[] sizes = state.values().stream().mapToInt(n -> n).toArray();
        start = Numbers.randomise(State.zeros(List.copyOf(state.keySet()), Dtype.DOUBLE, source.batch(), sizes), rng);
        dStart = start.zerosLike();
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

    /** The same rig with a planted error. */
    DecoderRig with(Plant error) {
        plant = error;
        return this;
    }

    /** All parameters, the annotations, and the parts of the first state. */
    GradientCheck gradientCheck() {
        GradientCheck check = GradientCheck.of(this::loss, this::backward)
                .parameters(parameters)
                .input("annotations", annotations, () -> dAnnotations);
        start.names().forEach(part -> check.input("s0." + part, start.part(part), () -> dStart.part(part)));
        return check;
    }

    /** Every gradient, by name. */
    Map<String, double[]> gradients() {
        parameters.zeroGradients();
        backward(1);
        Map<String, double[]> all = new LinkedHashMap<>();
        parameters.list().forEach(p -> all.put(p.name(), p.gradientCopy()));
        all.put("annotations", dAnnotations.data().toDoubles());
        dStart.names()
                .forEach(part -> all.put("s0." + part, dStart.part(part).data().toDoubles()));
        return all;
    }

    private Slab forward() {
        Run run = encoder.forward(source, Pass.of(sourceLengths));
        Tensor H = run.H().toTensor();
        H.data().add(0, annotations.data(), 0, H.data().length());
        memory.load(Sequence.of(H), sourceLengths);
        decoder.read(memory, targetLengths.steps());
        State last = run.last();
        State first = bridge.forward(last);
        for (String part : first.names()) {
            first.part(part)
                    .data()
                    .add(0, start.part(part).data(), 0, start.part(part).data().length());
        }
        Pass pass = Pass.of(targetLengths);
        return decoder.forward(target.forward(words, pass), decoder.start(first, encoder.summary(last)), 0, pass);
    }

    /** Goes back over a forward of its own with some gradient of the features, which is a number everywhere. */
    void backward(Dtype dtype, int... shape) {
        forward();
        decoder.backward(Sequence.of(Tensor.zeros(dtype, shape)));
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
        Decoder.Grad grad = plant.decoder(decoder.backward(Sequence.of(d)));
        target.backward(grad.dY());
        dStart = grad.dLayers();
        State dLast = bridge.backward(dStart);
        grad.dSummary().ifPresent(dc -> encoder.addSummaryGradient(dLast, dc));
        plant.encoder(dLast);
        dAnnotations = memory.gradient(sourceLengths.steps());
        plant.annotations(dAnnotations);
        encoder.backward(Sequence.of(dAnnotations), dLast);
        plant.parameters(parameters);
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
