// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.golden;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.Bidirectional;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.RunGrad;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Stack;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Our layers of a case, holding PyTorch's weights. */
final class TorchLayer implements AutoCloseable {
    static final int T = 4;
    static final int B = 3;
    static final int D = 3;
    static final int H = 4;

    private final Golden golden;
    private final TorchLayout layout;
    private final LayerFactory factory;
    private final Lengths lengths;
    private final List<Place> places = new ArrayList<>();
    private final Stack stack;
    private final Parameters parameters;

    /**
     * Where one layer and direction stands.
     *
     * @param theirs the end of PyTorch's names, e.g. {@code _l1_reverse}
     * @param ours the start of ours, e.g. {@code l1.bwd}
     */
    private record Place(String theirs, String ours) {}

    TorchLayer(Golden golden, TorchLayout layout, LayerFactory factory) {
        this.golden = golden;
        this.layout = layout;
        this.factory = factory;
        int[] real = Arrays.stream(golden.get("lengths")).mapToInt(n -> (int) n).toArray();
        lengths = Lengths.of(T, real);
        Parameters.Builder p = Parameters.builder();
        List<Recurrent> layers = new ArrayList<>();
        for (int i = 0; golden.has("weight_ih_l" + i); i++) {
            layers.add(layer(i, i == 0 ? D : layers.get(i - 1).outputSize(), p.scope("l" + i)));
        }
        stack = new Stack(layers);
        parameters = p.build(Dtype.DOUBLE, Rng.seeded(1));
        load();
    }

    private Recurrent layer(int i, int inputSize, Parameters.Builder p) {
        if (!golden.is("both")) {
            places.add(new Place("_l" + i, "l" + i));
            return factory.create(inputSize, H, p);
        }
        places.add(new Place("_l" + i, "l" + i + ".fwd"));
        places.add(new Place("_l" + i + "_reverse", "l" + i + ".bwd"));
        return new Bidirectional(
                factory.create(inputSize, H, p.scope("fwd")),
                factory.create(inputSize, H, p.scope("bwd")),
                Bidirectional.Merge.CONCAT);
    }

    private void load() {
        for (Place place : places) {
            Map<String, double[]> theirs = layout.parameters(golden, "", place.theirs);
            if (find(place, "b_h").isEmpty()) {
                TorchLayout.joinBiases(theirs);
            }
            theirs.forEach((name, numbers) -> parameter(place, name).set(numbers));
        }
    }

    private Optional<Parameter> find(Place place, String name) {
        return parameters.list().stream()
                .filter(p -> p.name().startsWith(place.ours + ".") && p.name().endsWith("." + name))
                .findFirst();
    }

    private Parameter parameter(Place place, String name) {
        return find(place, name).orElseThrow(() -> new AssertionError("no " + name + " in " + parameters));
    }

    Parameters parameters() {
        return parameters;
    }

    /** The number of outputs a step. */
    int outputSize() {
        return stack.outputSize();
    }

    Run forward() {
        Sequence x = Sequence.of(golden.tensor("x", T, B, D));
        return stack.forward(x, state("", "_0"), Pass.of(lengths));
    }

    RunGrad backward(Run run, Tensor dH, State dLast) {
        return stack.backward(run, Sequence.of(dH), dLast);
    }

    /** PyTorch's states [layers·directions,B,·] as one of ours, e.g. from h_0 and c_0. */
    State state(String prefix, String suffix) {
        State state = stack.zeroState(B);
        for (int i = 0; i < places.size(); i++) {
            for (String part : parts()) {
                Tensor ours = state.part(places.get(i).ours + "." + part);
                int size = ours.data().length();
                double[] theirs = golden.get(prefix + part + suffix);
                ours.data().copy(0, Vec.wrap(theirs), i * size, size);
            }
        }
        return state;
    }

    /** One part of our states as PyTorch's [layers·directions,B,·]. */
    double[] flat(State state, String part) {
        return places.stream()
                .flatMapToDouble(place ->
                        Arrays.stream(state.part(place.ours + "." + part).data().toDoubles()))
                .toArray();
    }

    /** The parts of a state. */
    List<String> parts() {
        return stack.zeroState(1).scope(places.get(0).ours).names();
    }

    /** Calls with each of our parameters and what stands for it on the other side under a prefix. */
    void compare(String prefix, BiConsumer<Parameter, double[]> check) {
        for (Place place : places) {
            layout.parameters(golden, prefix, place.theirs).forEach((name, theirs) -> {
                Optional<Parameter> ours = name.equals("b_h") ? find(place, name) : Optional.of(parameter(place, name));
                check.accept(ours.orElseGet(() -> parameter(place, "b")), theirs);
            });
        }
    }

    /**
     * Sets to zero what stands at padded steps of an array [T,B,·], where PyTorch has zeros and ours repeats the last
     * state.
     */
    double[] real(double[] array) {
        int size = array.length / (T * B);
        for (int t = 0; t < T; t++) {
            for (int b = 0; b < B; b++) {
                if (lengths.padded(t, b)) {
                    Arrays.fill(array, (t * B + b) * size, (t * B + b + 1) * size, 0);
                }
            }
        }
        return array;
    }

    @Override
    public void close() {
        stack.close();
    }
}
