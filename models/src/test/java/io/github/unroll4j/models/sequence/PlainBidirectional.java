// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.Bidirectional.Merge;
import io.github.unroll4j.models.testing.Numbers;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@link Bidirectional}, plainly over tensors, with or without a fault. */
final class PlainBidirectional implements Recurrent {
    enum Fault {
        NONE,
        /** Rows are reversed over all T steps, so that padding comes first. */
        LENGTHS_IGNORED,
        /** dX is the forward direction's only. */
        GRADIENT_OF_BACKWARD_LOST,
        /** dX is the backward direction's only. */
        GRADIENT_OF_FORWARD_LOST,
        /** The backward direction's dX is added as it comes, reversed. */
        GRADIENT_NOT_TURNED,
        /** The gradient of a mean is not halved. */
        MEAN_WITHOUT_A_HALF,
        /** Each direction's initial state gets nothing from the last state of the other's. */
        STATES_SWAPPED
    }

    private static final List<String> DIRECTIONS = List.of("fwd", "bwd");

    private final Recurrent forward;
    private final Recurrent backward;
    private final Merge merge;
    private final Fault fault;
    private final Slab H;
    private final Slab dX;
    private Lengths lengths = Lengths.full(1, 1);
    private @Nullable Run one;
    private @Nullable Run two;

    PlainBidirectional(Recurrent forward, Recurrent backward, Merge merge, Fault fault) {
        this.forward = forward;
        this.backward = backward;
        this.merge = merge;
        this.fault = fault;
        H = new Slab(outputSize());
        dX = new Slab(inputSize());
    }

    @Override
    public Run forward(Sequence x, State s0, Pass pass) {
        lengths = pass.lengths();
        Tensor X = Numbers.of(x);
        Run f = forward.forward(Sequence.of(X), s0.scope("fwd"), pass);
        Run r = backward.forward(Sequence.of(turned(X)), s0.scope("bwd"), pass);
        one = f;
        two = r;
        Tensor F = f.H().toTensor();
        Tensor R = turned(r.H().toTensor());
        Tensor out = Tensor.zeros(X.dtype(), X.size(0), X.size(1), outputSize());
        for (int row = 0; row < X.size(0) * X.size(1); row++) {
            for (int k = 0; k < outputSize(); k++) {
                out.data().set(row * outputSize() + k, merged(row, k, F, R));
            }
        }
        Slab all = PlainWrapper.slab(out, H);
        return new Run(this, all, t -> State.join(DIRECTIONS, List.of(f.state(t), r.state(t))), () -> true);
    }

    private double merged(int row, int k, Tensor F, Tensor R) {
        if (merge == Merge.CONCAT) {
            int n = F.size(2);
            return k < n ? F.data().get(row * n + k) : R.data().get(row * R.size(2) + k - n);
        }
        double sum = F.data().get(row * F.size(2) + k) + R.data().get(row * R.size(2) + k);
        return merge == Merge.MEAN ? sum / 2 : sum;
    }

    @Override
    public Run.Grad backward(Run run, Sequence dH, State dLast) {
        Tensor d = Numbers.of(dH);
        Tensor dF = part(d, forward.outputSize(), 0);
        Tensor dR = turned(part(d, backward.outputSize(), outputSize() - backward.outputSize()));
        Run.Grad f = forward.backward(Objects.requireNonNull(one), Sequence.of(dF), dLast.scope("fwd"));
        Run.Grad r = backward.backward(Objects.requireNonNull(two), Sequence.of(dR), dLast.scope("bwd"));
        Tensor sum = f.dX().toTensor();
        Tensor reversed = r.dX().toTensor();
        Tensor other = fault == Fault.GRADIENT_NOT_TURNED ? reversed : turned(reversed);
        sum.data().scale(0, sum.data().length(), fault == Fault.GRADIENT_OF_FORWARD_LOST ? 0 : 1);
        if (fault != Fault.GRADIENT_OF_BACKWARD_LOST) {
            sum.data().add(0, other.data(), 0, sum.data().length());
        }
        List<State> dS0 = fault == Fault.STATES_SWAPPED ? List.of(r.dS0(), f.dS0()) : List.of(f.dS0(), r.dS0());
        return new Run.Grad(PlainWrapper.slab(sum, dX), State.join(DIRECTIONS, dS0));
    }

    private Tensor part(Tensor d, int width, int from) {
        Tensor part = Tensor.zeros(d.dtype(), d.size(0), d.size(1), width);
        for (int row = 0; row < d.size(0) * d.size(1); row++) {
            part.data().copy(row * width, d.data(), row * d.size(2) + from, width);
        }
        boolean half = merge == Merge.MEAN && fault != Fault.MEAN_WITHOUT_A_HALF;
        part.data().scale(0, part.data().length(), half ? 0.5 : 1);
        return part;
    }

    private Tensor turned(Tensor X) {
        Tensor turned = X.copy();
        int D = X.size(2);
        for (int b = 0; b < X.size(1); b++) {
            int n = fault == Fault.LENGTHS_IGNORED ? X.size(0) : lengths.of(b);
            for (int t = 0; t < n; t++) {
                turned.data().copy((t * X.size(1) + b) * D, X.data(), ((n - 1 - t) * X.size(1) + b) * D, D);
            }
        }
        return turned;
    }

    @Override
    public String name() {
        return "PlainBidirectional";
    }

    @Override
    public int inputSize() {
        return forward.inputSize();
    }

    @Override
    public int outputSize() {
        return forward.outputSize() + (merge == Merge.CONCAT ? backward.outputSize() : 0);
    }

    @Override
    public Map<String, Integer> stateSizes() {
        return State.joinSizes(DIRECTIONS, List.of(forward.stateSizes(), backward.stateSizes()));
    }

    @Override
    public List<CellState> cells() {
        return List.of(CellState.of(stateSizes().keySet())); // nobody builds on it here
    }

    @Override
    public State zeroState(int batch) {
        return State.join(DIRECTIONS, List.of(forward.zeroState(batch), backward.zeroState(batch)));
    }

    @Override
    public void close() {
        forward.close();
        backward.close();
        H.close();
        dX.close();
    }
}
