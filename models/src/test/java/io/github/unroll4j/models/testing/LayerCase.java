// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What goes into one layer forward and backward: L = ⟨H, dH⟩ + ⟨s_T, dLast⟩.
 *
 * @param x input
 * @param s0 initial state
 * @param lengths real steps of each row
 * @param dH gradient of the outputs
 * @param dLast gradient of the last state
 * @param noise makes the noise of each pass anew, so that every pass draws the same masks
 */
public record LayerCase(Sequence x, State s0, Lengths lengths, Tensor dH, State dLast, Supplier<Noise> noise) {

    /** Without noise. */
    public LayerCase(Sequence x, State s0, Lengths lengths, Tensor dH, State dLast) {
        this(x, s0, lengths, dH, dLast, Noise::off);
    }

    /** The same with noise: equal masks in every pass. */
    public LayerCase withNoise(long seed) {
        return new LayerCase(x, s0, lengths, dH, dLast, () -> Noise.of(Rng.seeded(seed)));
    }

    /** The same without noise. */
    public LayerCase withoutNoise() {
        return new LayerCase(x, s0, lengths, dH, dLast);
    }

    /** Lengths and noise for one forward. */
    public Pass pass() {
        return Pass.of(lengths).with(noise.get());
    }

    /** Random numbers for a layer, input and all. */
    public static LayerCase random(Recurrent layer, Dtype dtype, Lengths lengths, Rng rng) {
        Tensor X = Numbers.random(dtype, rng, lengths.steps(), lengths.batch(), layer.inputSize());
        return random(layer, dtype, Sequence.of(X), lengths, rng);
    }

    /** Random numbers for a layer and a given input. */
    public static LayerCase random(Recurrent layer, Dtype dtype, Sequence x, Lengths lengths, Rng rng) {
        return new LayerCase(
                x,
                Numbers.randomise(layer.zeroState(x.batch()), rng),
                lengths,
                Numbers.random(dtype, rng, x.steps(), x.batch(), layer.outputSize()),
                Numbers.randomise(layer.zeroState(x.batch()), rng));
    }

    /** Random ids below the layer's input size. */
    public static Sequence randomIds(Recurrent layer, Lengths lengths, Rng rng) {
        int[] ids = new int[lengths.steps() * lengths.batch()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = rng.nextInt(layer.inputSize());
        }
        return Sequence.ids(ids, lengths.steps(), lengths.batch());
    }

    /** Moves every value off its start, so that biases and gains are not round numbers by accident. */
    public static void shake(Parameters parameters, Rng rng) {
        for (int i = 0; i < parameters.count(); i++) {
            parameters.values().set(i, parameters.values().get(i) + 0.3 * rng.nextGaussian());
        }
        parameters.changed();
    }

    /** L. */
    public double loss(Recurrent layer) {
        Run run = layer.forward(x, s0, pass());
        return Numbers.dot(run.H().toTensor(), dH) + Numbers.dot(run.last(), dLast);
    }

    /** Every output, every state, every gradient, by name. */
    public Map<String, double[]> outcome(Recurrent layer, Parameters parameters) {
        parameters.zeroGradients();
        Map<String, double[]> all = new LinkedHashMap<>();
        Run run = layer.forward(x, s0, pass());
        all.put("H", run.H().toTensor().data().toDoubles());
        for (int t = 0; t <= x.steps(); t++) {
            put(all, "state after " + t + ": ", run.state(t));
        }
        Run.Grad grad = layer.backward(run, Sequence.of(dH), dLast);
        if (!(x instanceof Sequence.Ids)) {
            all.put("dX", grad.dX().toTensor().data().toDoubles());
        }
        put(all, "gradient of s0: ", grad.dS0());
        for (Parameter p : parameters.list()) {
            all.put("gradient of " + p.name(), p.gradientCopy());
        }
        return all;
    }

    static void put(Map<String, double[]> all, String prefix, State state) {
        for (int i = 0; i < state.names().size(); i++) {
            all.put(prefix + state.names().get(i), state.parts().get(i).data().toDoubles());
        }
    }
}
