// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.testing.Numbers;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A layer around another, written plainly over tensors: what is right to compare with, or wrong in one chosen way. */
abstract class PlainWrapper implements Recurrent {
    final Recurrent layer;
    private final Slab H;
    private final Slab dX;
    private @Nullable Run inner;
    private Lengths lengths = Lengths.full(1, 1);

    PlainWrapper(Recurrent layer) {
        this.layer = layer;
        H = new Slab(layer.outputSize());
        dX = new Slab(layer.inputSize());
    }

    /** The outputs, from the input and the pass. */
    abstract Tensor forward(Tensor X, Inside inside, Pass pass);

    /** The gradient of the input, from that of the outputs. */
    abstract Tensor backward(Tensor dH, Inside inside);

    /** The layer inside, or its backward pass. */
    @FunctionalInterface
    interface Inside {
        Tensor of(Tensor numbers);
    }

    final boolean padded(int row) {
        return lengths.padded(row / lengths.batch(), row % lengths.batch());
    }

    final int batch() {
        return lengths.batch();
    }

    @Override
    public final Run forward(Sequence x, State s0, Pass pass) {
        lengths = pass.lengths();
        Tensor out = forward(
                Numbers.of(x),
                X -> {
                    inner = layer.forward(Sequence.of(X), s0, pass);
                    return inner.H().toTensor();
                },
                pass);
        return new Run(this, slab(out, H), t -> Objects.requireNonNull(inner).state(t), () -> true);
    }

    @Override
    public final Run.Grad backward(Run run, Sequence dH, State dLast) {
        State[] dS0 = new State[1];
        Tensor d = backward(Numbers.of(dH), dF -> {
            Run.Grad grad = layer.backward(Objects.requireNonNull(inner), Sequence.of(dF), dLast);
            dS0[0] = grad.dS0();
            return grad.dX().toTensor();
        });
        return new Run.Grad(slab(d, dX), dS0[0]);
    }

    static Slab slab(Tensor numbers, Slab into) {
        into.resize(numbers.dtype(), numbers.size(0), numbers.size(1)).write();
        into.put(numbers.data());
        return into;
    }

    @Override
    public final String name() {
        return getClass().getSimpleName();
    }

    @Override
    public final int inputSize() {
        return layer.inputSize();
    }

    @Override
    public final int outputSize() {
        return layer.outputSize();
    }

    @Override
    public final Map<String, Integer> stateSizes() {
        return layer.stateSizes();
    }

    @Override
    public final List<CellState> cells() {
        return layer.cells();
    }

    @Override
    public final State zeroState(int batch) {
        return layer.zeroState(batch);
    }

    @Override
    public final void close() {
        layer.close();
        H.close();
        dX.close();
    }
}
