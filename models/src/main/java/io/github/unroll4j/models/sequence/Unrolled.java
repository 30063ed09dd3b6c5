// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Step;
import io.github.unroll4j.models.cell.StepCell;
import io.github.unroll4j.models.cell.StepGrad;
import io.github.unroll4j.models.cell.Trace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Backpropagation through time as the plain loop that it is, for any {@link StepCell}.
 *
 * <pre>
 * (1)  s_{t+1}, cache_t = cell(x_t, s_t)                     for t = 0 … T-1
 * (1') ds_t, dx_t = cell'(ds_{t+1} + dH_t, cache_t)          for t = T-1 … 0
 * </pre>
 *
 * <p>s_t is the state before step t, and the output H_t is the h part of s_{t+1}; so dH_t is added to the h part of ds_{t+1}.
 *
 * <p>Werbos (1990), "Backpropagation through time: what it does and how to do it". The gradient of a state has two
 * sources: the loss at t, through dH_t, and everything after t, through the state that came back.
 *
 * <p>The whole sequence and the steps one by one of {@link Stepwise} are the same loop.
 *
 * @param <C> the cell's cache
 */
public final class Unrolled<C> implements Stepwise {
    private final StepCell<C> cell;
    private final StepOrder order;
    private final List<C> caches = new ArrayList<>();
    private final List<State> states = new ArrayList<>();
    private Lengths lengths = Lengths.full(1, 1);
    private Trace trace = Trace.off();
    /** ds_{t+1}, the gradient of the state after the step that goes back next. */
    private @Nullable State ds;

    private long generation;
    private @Nullable NativeArray outputs;
    private @Nullable NativeArray inputGradient;

    /**
     * A layer over a cell.
     *
     * @param cell the cell; closed with this layer
     */
    public Unrolled(StepCell<C> cell) {
        this.cell = cell;
        order = new StepOrder(name());
    }

    @Override
    public Run forward(Sequence x, State s0, Pass pass) {
        s0.require(name() + ".forward", cell.stateParts(), dtype(), x.batch(), cell.stateSizes());
        Inputs.require(this, x, pass.lengths(), dtype());
        order.end();
        long run = open(s0, pass);
        for (int t = 0; t < x.steps(); t++) {
            step(t, Inputs.at(x, t, lengths, cell.inputSize(), dtype()));
        }
        return new Run(this, outputs(x), t -> states.get(t).copy(), () -> generation == run);
    }

    private long open(State s0, Pass pass) {
        lengths = pass.lengths();
        trace = pass.trace();
        if (trace.isOn()) {
            trace.begin(name());
        }
        caches.clear();
        states.clear();
        states.add(s0.copy());
        return ++generation;
    }

    private void step(int t, Tensor x_t) {
        State prev = states.get(t);
        Step<C> step = cell.forward(x_t, prev); // (1)
        caches.add(step.cache());
        states.add(lengths.isFull() ? step.next() : whereReal(t, step.next(), prev));
        if (trace.isOn()) {
            record(t, step.inside().get(), states.get(t + 1));
        }
    }

    @Override
    public RunGrad backward(Run run, Sequence dH, State dLast) {
        run.requireLatestOf(this);
        int T = caches.size();
        int B = lengths.batch();
        int D = cell.inputSize();
        Tensor dX = Tensor.zeros(dtype(), T, B, D);
        Tensor scratch = Tensor.zeros(dtype(), B, cell.outputSize()); // dH_t on the heap
        OutputGradient dOut = new OutputGradient(name(), dH, new int[] {T, B, cell.outputSize()}, dtype());
        dLast.require(name() + ".backward", cell.stateParts(), dtype(), B, cell.stateSizes());
        ds = dLast.copy();
        for (int t = T - 1; t >= 0; t--) {
            dOut.addStep(t, ds().h().data(), scratch.data()); // ds_{t+1} + dH_t
            dX.data().copy(t * B * D, stepBack(t), 0, B * D);
        }
        close(inputGradient);
        inputGradient = NativeArray.allocate(dtype(), (long) T * B * D);
        return new RunGrad(slab(inputGradient, dX), initialGradient());
    }

    /** From the gradient of the state after step t to that of the state before it, in its place, and of x_t. */
    private Vec stepBack(int t) {
        State dNext = ds();
        State live = lengths.isFull() ? dNext : whereReal(t, dNext, dNext.zerosLike());
        StepGrad grad = cell.backward(live, caches.get(t)); // (1')
        if (trace.isOn()) {
            recordGradients(t, grad.inside().get(), dNext);
        }
        ds = lengths.isFull() ? grad.dPrev() : whereReal(t, grad.dPrev(), dNext);
        return grad.dx_t().data();
    }

    private State ds() {
        if (ds == null) {
            throw new IllegalStateException(name() + ".stepBack: called before beginBack.");
        }
        return ds;
    }

    @Override
    public void begin(State s0, Pass pass) {
        int B = pass.lengths().batch();
        s0.require(name() + ".begin", cell.stateParts(), dtype(), B, cell.stateSizes());
        open(s0, pass);
        order.begin(lengths.longest());
    }

    @Override
    public Vec step(int t, Vec x_t) {
        order.forward(t);
        Inputs.requireStep(this, t, x_t, lengths.batch(), cell.inputSize());
        step(t, Inputs.at(x_t, t, lengths, cell.inputSize()));
        return states.get(t + 1).h().data();
    }

    @Override
    public State state(int t) {
        return states.get(t).copy();
    }

    @Override
    public void beginBack(State dLast) {
        dLast.require(name() + ".beginBack", cell.stateParts(), dtype(), lengths.batch(), cell.stateSizes());
        order.beginBack();
        ds = dLast.copy();
    }

    @Override
    public Vec stepBack(int t, Vec dh_t) {
        order.back(t);
        OutputGradient.requireStep(this, t, dh_t, lengths.batch());
        Vec dh = ds().h().data();
        dh.add(0, dh_t, 0, dh.length()); // ds_{t+1} + dH_t
        return stepBack(t);
    }

    @Override
    public State endBack() {
        order.endBack();
        return initialGradient();
    }

    private State initialGradient() {
        State dS0 = ds();
        ds = null;
        return dS0;
    }

    /** The state of each row: {@code real} where step t is real, {@code other} where it is padding. */
    private State whereReal(int t, State real, State other) {
        State mixed = real.copy();
        for (int b = 0; b < lengths.batch(); b++) {
            for (int i = 0; lengths.padded(t, b) && i < mixed.parts().size(); i++) {
                int H = mixed.parts().get(i).size(1);
                mixed.parts().get(i).data().copy(b * H, other.parts().get(i).data(), b * H, H);
            }
        }
        return mixed;
    }

    private void record(int t, Map<String, Tensor> inside, State next) {
        recordInside("", t, inside);
        write("", t, next);
    }

    // The gradient of a state is what arrived, unless the cell knows of more.
    private void recordGradients(int t, Map<String, Tensor> inside, State arrived) {
        Map<String, Tensor> rest = new LinkedHashMap<>(inside);
        List<Tensor> whole = new ArrayList<>();
        for (int i = 0; i < arrived.names().size(); i++) {
            Tensor told = rest.remove(arrived.names().get(i));
            whole.add(told == null ? arrived.parts().get(i) : told);
        }
        recordInside("d", t, rest);
        write("d", t, whereReal(t, new State(arrived.names(), whole), arrived));
    }

    // A padded row has no pre-activations and no gates: 0.
    private void recordInside(String prefix, int t, Map<String, Tensor> inside) {
        if (!inside.isEmpty()) {
            State all = new State(List.copyOf(inside.keySet()), List.copyOf(inside.values()));
            write(prefix, t, whereReal(t, all, all.zerosLike()));
        }
    }

    private void write(String prefix, int t, State arrays) {
        for (int i = 0; i < arrays.names().size(); i++) {
            Tensor array = arrays.parts().get(i);
            int[] shape = {lengths.steps(), lengths.batch(), array.size(1)};
            trace.record(prefix + arrays.names().get(i), t, shape, array.data());
        }
    }

    private Slab outputs(Sequence x) {
        int n = x.batch() * cell.outputSize();
        Tensor H = Tensor.zeros(dtype(), x.steps(), x.batch(), cell.outputSize());
        for (int t = 0; t < x.steps(); t++) {
            H.data().copy(t * n, states.get(t + 1).h().data(), 0, n);
        }
        close(outputs);
        outputs = NativeArray.allocate(dtype(), (long) x.steps() * n);
        return slab(outputs, H);
    }

    private static Slab slab(NativeArray memory, Tensor numbers) {
        NativeMatrix rows = memory.matrix(0, numbers.size(0) * numbers.size(1), numbers.size(2));
        rows.put(numbers.data(), 0);
        return new Slab(rows, numbers.size(0), numbers.size(1));
    }

    private Dtype dtype() {
        return cell.parameters().dtype();
    }

    @Override
    public String name() {
        return "Unrolled(" + cell.name() + ")";
    }

    @Override
    public int inputSize() {
        return cell.inputSize();
    }

    @Override
    public int outputSize() {
        return cell.outputSize();
    }

    @Override
    public Map<String, Integer> stateSizes() {
        return State.sizes(cell.stateParts(), cell.stateSizes());
    }

    @Override
    public State zeroState(int batch) {
        return State.zeros(cell.stateParts(), dtype(), batch, cell.stateSizes());
    }

    @Override
    public void close() {
        cell.close();
        close(outputs);
        close(inputGradient);
        order.end();
        generation++;
    }

    private static void close(@Nullable NativeArray memory) {
        if (memory != null) {
            memory.close();
        }
    }
}
