// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.internal.OneThread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Layers on top of each other, of any mix: the outputs of one are the inputs of the next, without a copy.
 *
 * @since 0.1.0
 */
public final class Stack implements Stepwise {
    private final List<Recurrent> layers;
    private final List<String> prefixes = new ArrayList<>();
    /** The names of each layer's state, and of that of the stack. */
    private final List<List<String>> names = new ArrayList<>();

    private final List<String> all;
    private final List<Run> runs = new ArrayList<>();
    private final States states = new StatesOfLayers();
    private Split latest = new Split(null, List.of());
    private long generation;
    private final OneThread user = new OneThread(this::name);

    /**
     * A stack.
     *
     * @param layers bottom first; each one's output size is the next one's input size
     * @throws IllegalArgumentException if there is none, two do not fit, or one stands there twice
     */
    public Stack(List<? extends Recurrent> layers) {
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("Stack: there is no layer, expected at least one.");
        }
        for (int i = 1; i < layers.size(); i++) {
            if (layers.get(i).inputSize() != layers.get(i - 1).outputSize()) {
                throw new IllegalArgumentException(
                        "Stack: layer " + i + " takes rows of " + layers.get(i).inputSize() + ", the layer below gives "
                                + layers.get(i - 1).outputSize() + ".");
            }
        }
        this.layers = List.copyOf(layers);
        for (int i = 0; i < layers.size(); i++) {
            if (this.layers.indexOf(layers.get(i)) < i) {
                throw new IllegalArgumentException(
                        "Stack: layer " + i + " is the same object as layer " + this.layers.indexOf(layers.get(i))
                                + ", expected one a place; a layer holds one run at a time.");
            }
            prefixes.add("l" + i);
            names.add(List.copyOf(layers.get(i).stateSizes().keySet()));
        }
        all = List.copyOf(stateSizes().keySet());
    }

    @Override
    public String name() {
        return "Stack" + layers.stream().map(Recurrent::name).toList();
    }

    @Override
    public int inputSize() {
        return layers.get(0).inputSize();
    }

    @Override
    public int outputSize() {
        return layers.get(layers.size() - 1).outputSize();
    }

    @Override
    public Map<String, Integer> stateSizes() {
        return State.joinSizes(
                prefixes, layers.stream().map(Recurrent::stateSizes).toList());
    }

    @Override
    public List<CellState> cells() {
        List<CellState> all = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            String prefix = prefixes.get(i);
            layers.get(i).cells().forEach(cell -> all.add(cell.in(prefix)));
        }
        return all;
    }

    @Override
    public State zeroState(int batch) {
        return State.join(prefixes, layers.stream().map(l -> l.zeroState(batch)).toList());
    }

    @Override
    public Run forward(Sequence x, State s0, Pass pass) {
        Objects.requireNonNull(x, "x");
        Objects.requireNonNull(s0, "s0");
        Objects.requireNonNull(pass, "pass");
        user.enter("forward");
        try {
            long run = ++generation;
            List<State> parts = split(s0);
            runs.clear();
            Sequence input = x;
            for (int i = 0; i < layers.size(); i++) {
                runs.add(layers.get(i).forward(input, parts.get(i), pass.scope(prefixes.get(i))));
                input = runs.get(i).H();
            }
            return new Run(this, runs.get(layers.size() - 1).H(), states, () -> generation == run);
        } finally {
            user.exit();
        }
    }

    /** A state by layer; that of the latest one is kept, for a caller who writes one state over and over. */
    private List<State> split(State whole) {
        if (whole != latest.whole) {
            latest = new Split(whole, cut(whole));
        }
        return latest.parts;
    }

    // Names are put together once, not for every window: that is felt where one takes 80 µs.
    private List<State> cut(State whole) {
        if (!whole.names().equals(all)) {
            return cutByName(whole);
        }
        List<State> states = new ArrayList<>();
        int at = 0;
        for (List<String> own : names) {
            states.add(new State(own, whole.parts().subList(at, at + own.size())));
            at += own.size();
        }
        return states;
    }

    /** For parts in another order; each layer looks at its own. */
    private List<State> cutByName(State whole) {
        List<State> states = prefixes.stream().map(whole::scope).toList();
        if (states.stream().mapToInt(state -> state.names().size()).sum()
                < whole.names().size()) {
            String found = "parts " + whole.names();
            throw ShapeException.of(
                    name(), "the state", found, "parts of " + prefixes, "it comes from a model with more layers");
        }
        return states;
    }

    private State join(List<State> states) {
        List<Tensor> parts = new ArrayList<>();
        for (State state : states) {
            parts.addAll(state.parts());
        }
        return new State(all, parts);
    }

    private record Split(@Nullable State whole, List<State> parts) {}

    private final class StatesOfLayers implements States {
        @Override
        public State state(int t) {
            List<State> states = new ArrayList<>();
            for (Run run : runs) {
                states.add(run.state(t));
            }
            return join(states);
        }

        @Override
        public void stateInto(int t, State target) {
            List<State> parts = split(target);
            for (int i = 0; i < parts.size(); i++) {
                runs.get(i).stateInto(t, parts.get(i));
            }
        }
    }

    @Override
    public Run.Grad backward(Run run, Sequence dH, State dLast) {
        Objects.requireNonNull(dH, "dH");
        Objects.requireNonNull(dLast, "dLast");
        user.enter("backward");
        try {
            run.requireLatestOf(this);
            List<State> dS0 = new ArrayList<>();
            Sequence d = dH;
            List<State> last = cut(dLast);
            for (int i = layers.size() - 1; ; i--) {
                Run.Grad grad = layers.get(i).backward(runs.get(i), d, last.get(i));
                dS0.add(0, grad.dS0());
                if (i == 0) {
                    return grad.withState(join(dS0));
                }
                d = grad.dX();
            }
        } finally {
            user.exit();
        }
    }

    @Override
    public List<Recurrent> inside() {
        return layers;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if one of the layers cannot be run step by step
     */
    @Override
    public void begin(State s0, Pass pass) {
        Objects.requireNonNull(s0, "s0");
        Objects.requireNonNull(pass, "pass");
        stepwise(0).begin(split(s0).get(0), pass.scope(prefixes.get(0)));
        beginAbove(s0, pass);
    }

    private void beginAbove(State s0, Pass pass) {
        generation++;
        List<State> states = split(s0);
        for (int i = 1; i < layers.size(); i++) {
            stepwise(i).begin(states.get(i), pass.scope(prefixes.get(i)));
        }
    }

    /** Those of the bottom layer, if it has any. */
    @Override
    public Optional<KnownColumns> knownColumns() {
        return stepwise(0).knownColumns().map(bottom -> new KnownColumns() {
            @Override
            public void begin(Slab known, State s0, Pass pass) {
                bottom.begin(known, split(s0).get(0), pass.scope(prefixes.get(0)));
                beginAbove(s0, pass);
            }

            @Override
            public Slab gradient() {
                return bottom.gradient();
            }
        });
    }

    private Stepwise stepwise(int i) {
        if (layers.get(i) instanceof Stepwise layer) {
            return layer;
        }
        throw new IllegalStateException(name() + ": layer " + i + ", "
                + layers.get(i).name() + ", cannot be run step by step; it needs the whole sequence.");
    }

    @Override
    public Vec step(int t, Vec x_t) {
        Vec x = x_t;
        for (int i = 0; i < layers.size(); i++) {
            x = stepwise(i).step(t, x);
        }
        return x;
    }

    @Override
    public State state(int t) {
        List<State> states = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            states.add(stepwise(i).state(t));
        }
        return join(states);
    }

    @Override
    public void beginBack(State dLast) {
        for (int i = 0; i < layers.size(); i++) {
            stepwise(i).beginBack(dLast.scope(prefixes.get(i)));
        }
    }

    @Override
    public Vec stepBack(int t, Vec dh_t) {
        Vec d = dh_t;
        for (int i = layers.size() - 1; i >= 0; i--) {
            d = stepwise(i).stepBack(t, d);
        }
        return d;
    }

    @Override
    public State endBack() {
        List<State> dS0 = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            dS0.add(stepwise(i).endBack());
        }
        return join(dS0);
    }

    @Override
    public void close() {
        user.enter("close");
        try {
            for (int i = 0; i < layers.size(); i++) { // allocates nothing: memory may have run out
                layers.get(i).close();
            }
            generation++;
        } finally {
            user.exit();
        }
    }
}
