// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * One layer with random weights, input, initial state and upstream gradient: L = ⟨H, R⟩ + ⟨s_T, Q⟩ for random R and Q.
 */
final class CellRig implements AutoCloseable {
    private final Recurrent layer;
    private final Parameters parameters;
    private final State s0;
    private final State Q;
    private final int shown;
    private Lengths lengths;
    private Tensor X;
    private Tensor R;
    private Tensor dX;
    private State dS0;

    CellRig(LayerFactory factory, int hidden, int D, Dtype dtype, int T, Lengths lengths, long seed) {
        this.lengths = lengths;
        shown = T;
        Parameters.Builder p = Parameters.builder();
        layer = factory.create(D, hidden, p);
        Rng rng = Rng.seeded(seed);
        parameters = p.build(dtype, rng);
        shake(parameters, rng);
        int B = lengths.batch();
        X = random(dtype, rng, T, B, D);
        s0 = layer.zeroState(B);
        s0.parts().forEach(part -> randomise(part, rng));
        R = random(dtype, rng, T, B, layer.outputSize());
        Q = layer.zeroState(B);
        Q.parts().forEach(part -> randomise(part, rng));
        dX = X.copy();
        dS0 = s0.copy();
    }

    /** Moves biases and gains off their round starting values, so that nothing vanishes by accident. */
    static void shake(Parameters parameters, Rng rng) {
        parameters.write(values -> {
            for (int i = 0; i < values.length(); i++) {
                values.set(i, values.get(i) + 0.3 * rng.nextGaussian());
            }
        });
    }

    /**
     * The gradient check of a fresh start. Not of the state: where all is zero, a norm has curvatures beyond
     * differences.
     */
    GradientCheck gradientCheckFromZeros() {
        s0.parts().forEach(part -> part.data().clear());
        return gradientCheckWithoutState();
    }

    private GradientCheck gradientCheckWithoutState() {
        return GradientCheck.of(this::loss, this::backward)
                .parameters(parameters)
                .input("x", X, () -> dX);
    }

    GradientCheck gradientCheck() {
        GradientCheck check = gradientCheckWithoutState();
        for (int i = 0; i < s0.names().size(); i++) {
            int part = i;
            check.input(
                    s0.names().get(i) + "0",
                    s0.parts().get(i),
                    () -> dS0.parts().get(part));
        }
        return check;
    }

    private Run forward() {
        return layer.forward(Sequence.of(X), s0, Pass.of(lengths));
    }

    private double loss() {
        Run run = forward();
        double sum = dot(run.H().toTensor(), R);
        State last = run.last();
        for (int i = 0; i < last.parts().size(); i++) {
            sum += dot(last.parts().get(i), Q.parts().get(i));
        }
        return sum;
    }

    private void backward(double upstream) {
        backward(forward(), upstream);
    }

    private void backward(Run run, double upstream) {
        Tensor dH = R.copy();
        dH.data().scale(0, dH.data().length(), upstream);
        State dLast = Q.copy();
        dLast.parts().forEach(part -> part.data().scale(0, part.data().length(), upstream));
        Run.Grad grad = layer.backward(run, Sequence.of(dH), dLast);
        dX = grad.dX().toTensor();
        dS0 = grad.dS0();
    }

    /**
     * Outputs, last state, and the gradients of the parameters, the input and the initial state, without steps
     * appended.
     */
    double[] everything() {
        double[] forward = outputs();
        return all(Arrays.stream(forward), Arrays.stream(gradients(forward())));
    }

    /** The gradients of two backward passes over one forward pass. */
    double[][] gradientsTwice() {
        Run run = forward();
        return new double[][] {gradients(run), gradients(run)};
    }

    private double[] gradients(Run run) {
        parameters.zeroGradients();
        backward(run, 1);
        return all(Arrays.stream(parameters.gradients().toDoubles()), numbers(steps(dX, 0, shown)), numbers(dS0));
    }

    /** The parameters whose gradient is zero throughout, where nothing is zero by accident. */
    List<String> idleParameters() {
        gradients(forward());
        return parameters.list().stream()
                .filter(p -> p.size() > 0 && p.gradients().sumOfSquares(p.offset(), p.size()) == 0)
                .map(Parameter::name)
                .toList();
    }

    double[] outputs() {
        Run run = forward();
        return all(numbers(steps(run.H().toTensor(), 0, shown)), numbers(run.last()));
    }

    /** Outputs and states before and after a backward pass over them. */
    double[][] keptOverBackward() {
        Run run = forward();
        double[] before = numbers(run);
        backward(run, 1);
        return new double[][] {before, numbers(run)};
    }

    private double[] numbers(Run run) {
        DoubleStream all = numbers(run.H().toTensor());
        for (int t = 0; t <= X.size(0); t++) {
            all = DoubleStream.concat(all, numbers(run.state(t)));
        }
        return all.toArray();
    }

    /** {@link #everything} of passes of some steps each: the state is carried forward, its gradient back. */
    double[] everythingInParts(int steps) {
        int parts = X.size(0) / steps;
        State[] states = new State[parts + 1];
        states[0] = s0;
        DoubleStream outputs = DoubleStream.empty();
        for (int i = 0; i < parts; i++) {
            Run run = layer.forward(Sequence.of(steps(X, i * steps, steps)), states[i]);
            outputs = DoubleStream.concat(outputs, numbers(run.H().toTensor()));
            states[i + 1] = run.last();
        }
        parameters.zeroGradients();
        State d = Q.copy();
        double[] dInputs = {};
        for (int i = parts - 1; i >= 0; i--) {
            Run run = layer.forward(Sequence.of(steps(X, i * steps, steps)), states[i]);
            Run.Grad grad = layer.backward(run, Sequence.of(steps(R, i * steps, steps)), d);
            dInputs = all(numbers(grad.dX().toTensor()), Arrays.stream(dInputs));
            d = grad.dS0();
        }
        return all(
                outputs,
                numbers(states[parts]),
                Arrays.stream(parameters.gradients().toDoubles()),
                Arrays.stream(dInputs),
                numbers(d));
    }

    /** {@link #everything} of one pass for each row, put together again. */
    double[] everythingRowByRow() {
        int B = X.size(1);
        Tensor H = R.copy();
        Tensor dInput = X.copy();
        State last = s0.copy();
        State dInitial = s0.copy();
        parameters.zeroGradients();
        for (int b = 0; b < B; b++) {
            Run run = layer.forward(Sequence.of(row(X, b)), s0.rows(b));
            setRow(H, b, run.H().toTensor());
            State lastOfRow = run.last();
            Run.Grad grad = layer.backward(run, Sequence.of(row(R, b)), Q.rows(b));
            setRow(dInput, b, grad.dX().toTensor());
            for (int i = 0; i < last.parts().size(); i++) {
                setRow(last.parts().get(i), b, lastOfRow.parts().get(i));
                setRow(dInitial.parts().get(i), b, grad.dS0().parts().get(i));
            }
        }
        return all(
                numbers(H),
                numbers(last),
                Arrays.stream(parameters.gradients().toDoubles()),
                numbers(dInput),
                numbers(dInitial));
    }

    private static Tensor row(Tensor all, int b) {
        int width = all.size(2);
        Tensor row = Tensor.zeros(all.dtype(), all.size(0), 1, width);
        for (int t = 0; t < all.size(0); t++) {
            row.data().copy(t * width, all.data(), (t * all.size(1) + b) * width, width);
        }
        return row;
    }

    /** Writes row b of [.,B,W] or [B,W]; the row has no other. */
    private static void setRow(Tensor all, int b, Tensor row) {
        int width = all.size(all.rank() - 1);
        int batch = all.size(all.rank() - 2);
        for (int t = 0; t * width < row.data().length(); t++) {
            all.data().copy((t * batch + b) * width, row.data(), t * width, width);
        }
    }

    double[] outputsWithRowsReversed() {
        State reversed = s0.copy();
        reversed.parts().forEach(CellRig::reverseRows);
        Run run = layer.forward(Sequence.of(reverseRows(X.copy())), reversed, Pass.of(lengths));
        State last = run.last();
        last.parts().forEach(CellRig::reverseRows);
        return all(numbers(reverseRows(run.H().toTensor())), numbers(last));
    }

    void fillPaddingWith(double value) {
        int D = X.size(2);
        for (int t = 0; t < X.size(0); t++) {
            for (int b = 0; b < X.size(1); b++) {
                if (lengths.padded(t, b)) {
                    X.data().fill((t * X.size(1) + b) * D, D, value);
                }
            }
        }
    }

    /** Makes the pass longer by steps that are padding in every row and have no part in the loss. */
    void appendPadding(int steps, double value) {
        int T = X.size(0) + steps;
        int[] each = new int[lengths.batch()];
        Arrays.setAll(each, lengths::of);
        lengths = Lengths.of(T, each);
        X = longer(X, T, value);
        R = longer(R, T, 0);
    }

    /** The input gradient of the steps that were appended. */
    double[] appendedGradients() {
        gradients(forward());
        return numbers(steps(dX, shown, X.size(0) - shown)).toArray();
    }

    /** The last state and the gradients of the parameters. */
    double[] lastAndParameterGradients() {
        Run run = forward();
        double[] last = numbers(run.last()).toArray();
        gradients(run);
        return all(Arrays.stream(last), Arrays.stream(parameters.gradients().toDoubles()));
    }

    /** The initial state, and a zero for every parameter. */
    double[] initialAndZeros() {
        return all(numbers(s0), Arrays.stream(new double[parameters.count()]));
    }

    private static Tensor longer(Tensor tensor, int T, double value) {
        Tensor all = Tensor.zeros(tensor.dtype(), T, tensor.size(1), tensor.size(2));
        all.data().fill(0, all.data().length(), value);
        all.data().copy(0, tensor.data(), 0, tensor.data().length());
        return all;
    }

    private static Tensor steps(Tensor X, int from, int count) {
        Tensor part = Tensor.zeros(X.dtype(), count, X.size(1), X.size(2));
        part.data().copy(0, X.data(), from * X.size(1) * X.size(2), part.data().length());
        return part;
    }

    /** Reverses the order of the rows in place; the rows are the axis before the last. */
    private static Tensor reverseRows(Tensor tensor) {
        int[] shape = tensor.shape();
        int width = shape[shape.length - 1];
        int rows = shape[shape.length - 2];
        Tensor copy = tensor.copy();
        for (int i = 0; i < tensor.data().length() / width; i++) {
            int block = i / rows * rows;
            tensor.data().copy((block + rows - 1 - i % rows) * width, copy.data(), i * width, width);
        }
        return tensor;
    }

    /** Some rows of numbers as one. */
    static double[] all(DoubleStream... parts) {
        return Stream.of(parts).flatMapToDouble(part -> part).toArray();
    }

    static DoubleStream numbers(Tensor tensor) {
        return Arrays.stream(tensor.data().toDoubles());
    }

    private static DoubleStream numbers(State state) {
        return state.parts().stream().flatMapToDouble(CellRig::numbers);
    }

    static double dot(Tensor a, Tensor b) {
        double sum = 0;
        for (int i = 0; i < a.data().length(); i++) {
            sum += a.data().get(i) * b.data().get(i);
        }
        return sum;
    }

    static Tensor random(Dtype dtype, Rng rng, int... shape) {
        return randomise(Tensor.zeros(dtype, shape), rng);
    }

    private static Tensor randomise(Tensor tensor, Rng rng) {
        for (int i = 0; i < tensor.data().length(); i++) {
            tensor.data().set(i, rng.nextGaussian());
        }
        return tensor;
    }

    @Override
    public void close() {
        layer.close();
    }
}
