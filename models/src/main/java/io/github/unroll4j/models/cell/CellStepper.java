// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.DoubleVec;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Runs a {@link PointwiseCell} one step at a time, as the textbook does: both affine maps, then the cell's equations.
 *
 * <p>The plain reading of the contract that the engine is held to; also what a decoder steps. Computes the equations in
 * double whatever the type of the weights. Uses the same {@link CellParameters} as the engine.
 */
public final class CellStepper implements StepCell<CellStepper.Cache> {
    private final PointwiseCell cell;
    private final CellSpec spec;
    private final CellParameters weights;
    private final StepAffine inputMap;
    private final StepAffine recurrentMap;

    /**
     * What backward needs of one step.
     *
     * @param x_t input [B,D]
     * @param prev state before
     * @param arrays the cell's own view of the step
     */
    public record Cache(Tensor x_t, State prev, DoubleStep.Arrays arrays) {}

    /**
     * A stepper over declared weights.
     *
     * @param cell the equations
     * @param weights its weights
     */
    public CellStepper(PointwiseCell cell, CellParameters weights) {
        this.cell = cell;
        this.weights = weights;
        spec = cell.spec();
        inputMap = new StepAffine(weights.W_x(), weights.b());
        recurrentMap =
                weights.b_h().map(b -> new StepAffine(weights.W_h(), b)).orElseGet(() -> new StepAffine(weights.W_h()));
    }

    /**
     * Declares weights and makes a stepper over them.
     *
     * @param cell the equations
     * @param inputSize size of an input row D
     * @param p where to declare
     */
    public CellStepper(PointwiseCell cell, int inputSize, Parameters.Builder p) {
        this(cell, new CellParameters(cell, inputSize, p));
    }

    @Override
    public String name() {
        return "CellStepper(" + spec.name() + ")";
    }

    @Override
    public int inputSize() {
        return weights.inputSize();
    }

    @Override
    public int hidden() {
        return cell.hidden();
    }

    @Override
    public List<String> stateParts() {
        return spec.state();
    }

    @Override
    public Parameters parameters() {
        return weights.b().owner();
    }

    @Override
    public Step<Cache> forward(Tensor x_t, State prev) {
        int B = x_t.size(0);
        Tensor zx = inputMap.forward(x_t);
        Tensor zh = recurrentMap.forward(prev.h());
        if (!spec.apart()) {
            zx.data().add(0, zh.data(), 0, zx.data().length());
        }
        DoubleStep.Arrays a = arrays(B, gates(zx), gates(zh), prev);
        cell.forward(new DoubleStep(spec, B, cell.hidden(), a));
        return new Step<>(state(a.next(), B), new Cache(x_t, prev, a));
    }

    @Override
    public StepGrad backward(State dNext, Cache cache) {
        int B = cache.x_t().size(0);
        DoubleStep.Arrays f = cache.arrays();
        DoubleStep.Arrays a = new DoubleStep.Arrays(
                gone(f.zx()),
                gone(f.zh()),
                f.prev(),
                f.next(),
                f.saved(),
                f.p(),
                parts(dNext),
                zeros(f.prev().length, B),
                zeros(f.zx().length, B),
                zeros(f.zh().length, B),
                zeros(f.p().length, B));
        cell.backward(new DoubleStep(spec, B, cell.hidden(), a));
        Tensor dzx = rows(a.dzx(), B);
        Tensor dzh = spec.apart() ? rows(a.dzh(), B) : dzx;
        Tensor dh = recurrentMap.backward(cache.prev().h(), dzh);
        State dPrev = state(a.dPrev(), B);
        dPrev.h().data().add(0, dh.data(), 0, dh.data().length());
        for (int i = 0; i < a.dp().length; i++) {
            addRows(a.dp()[i], weights.pointwise().get(i), B);
        }
        return new StepGrad(inputMap.backward(cache.x_t(), dzx), dPrev);
    }

    private DoubleStep.Arrays arrays(int B, double[][] zx, double[][] zh, State prev) {
        int parts = spec.state().size();
        double[][] none = {};
        double[][] p = zeros(weights.pointwise().size(), B);
        for (int i = 0; i < p.length; i++) {
            double[] values = weights.pointwise().get(i).valuesCopy();
            for (int k = 0; k < p[i].length; k++) {
                p[i][k] = values[k % values.length];
            }
        }
        return new DoubleStep.Arrays(
                zx, zh, parts(prev), zeros(parts, B), zeros(spec.saved().size(), B), p, none, none, none, none, none);
    }

    // The engine does not keep the pre-activations; a cell that reads them in backward shall fail here too.
    private static double[][] gone(double[][] preActivations) {
        return Arrays.stream(preActivations)
                .map(z ->
                        DoubleStream.generate(() -> Double.NaN).limit(z.length).toArray())
                .toArray(double[][]::new);
    }

    private double[][] zeros(int count, int B) {
        return new double[count][B * cell.hidden()];
    }

    private static double[][] parts(State state) {
        return state.parts().stream().map(t -> t.data().toDoubles()).toArray(double[][]::new);
    }

    /** From rows [B, G·H] to one array [B,H] a gate. */
    private double[][] gates(Tensor z) {
        int H = cell.hidden();
        int B = z.size(0);
        double[][] gates = zeros(spec.blocks().size(), B);
        for (int b = 0; b < B; b++) {
            for (int g = 0; g < gates.length; g++) {
                for (int j = 0; j < H; j++) {
                    gates[g][b * H + j] = z.at(b, g * H + j);
                }
            }
        }
        return gates;
    }

    /** From one array [B,H] a gate to rows [B, G·H]. */
    private Tensor rows(double[][] gates, int B) {
        int H = cell.hidden();
        Tensor z = Tensor.zeros(dtype(), B, gates.length * H);
        for (int b = 0; b < B; b++) {
            for (int g = 0; g < gates.length; g++) {
                for (int j = 0; j < H; j++) {
                    z.data().set((b * gates.length + g) * H + j, gates[g][b * H + j]);
                }
            }
        }
        return z;
    }

    private State state(double[][] parts, int B) {
        List<Tensor> tensors = new ArrayList<>();
        for (double[] part : parts) {
            Tensor tensor = Tensor.zeros(dtype(), B, cell.hidden());
            for (int k = 0; k < part.length; k++) {
                tensor.data().set(k, part[k]);
            }
            tensors.add(tensor);
        }
        return new State(spec.state(), tensors);
    }

    private void addRows(double[] dp, Parameter parameter, int B) {
        int H = cell.hidden();
        Tensor sum = Tensor.of(new DoubleVec(new double[H]), H);
        for (int k = 0; k < B * H; k++) {
            sum.data().set(k % H, sum.data().get(k % H) + dp[k]);
        }
        for (int j = 0; j < H; j++) {
            int at = parameter.offset() + j;
            parameter
                    .gradients()
                    .set(at, parameter.gradients().get(at) + sum.data().get(j));
        }
    }

    private Dtype dtype() {
        return weights.b().owner().dtype();
    }

    @Override
    public void close() {
        inputMap.close();
        recurrentMap.close();
    }
}
