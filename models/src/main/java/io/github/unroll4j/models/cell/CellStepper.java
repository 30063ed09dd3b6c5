// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.DoubleVec;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

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
    public int outputSize() {
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
        DoubleStep.Arrays a = arrays(B, blocks(zx), blocks(zh), prev);
        cell.forward(new DoubleStep(spec, B, cell.hidden(), a));
        return new Step<>(state(a.next(), B), new Cache(x_t, prev, a), () -> inside(a, B));
    }

    @Override
    public StepGrad backward(State dNext, Cache cache) {
        int B = cache.x_t().size(0);
        DoubleStep.Arrays a = pointwise(dNext, cache, null);
        Tensor dzx = rows(a.dzx(), B);
        Tensor dzh = spec.apart() ? rows(a.dzh(), B) : dzx;
        Tensor dh = recurrentMap.backward(cache.prev().h(), dzh);
        State dPrev = state(a.dPrev(), B);
        dPrev.h().data().add(0, dh.data(), 0, dh.data().length());
        for (int i = 0; i < a.dp().length; i++) {
            addRows(a.dp()[i], weights.unitParameters().get(i), B);
        }
        return new StepGrad(inputMap.backward(cache.x_t(), dzx), dPrev, () -> gradientsInside(dNext, cache));
    }

    /** The cell's equations back, which change nothing but what they return, so that a trace may ask for them once more. */
    private DoubleStep.Arrays pointwise(State dNext, Cache cache, DoubleStep.@Nullable Listener listener) {
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
        DoubleStep step = new DoubleStep(spec, B, cell.hidden(), a);
        step.listen(listener);
        cell.backward(step);
        return a;
    }

    private Map<String, Tensor> inside(DoubleStep.Arrays a, int B) {
        Map<String, Tensor> named = preActivations(a.zx(), a.zh(), B);
        name(spec.saved(), a.saved(), B, named);
        return named;
    }

    private Map<String, Tensor> gradientsInside(State dNext, Cache cache) {
        int B = cache.x_t().size(0);
        Map<String, Tensor> told = new LinkedHashMap<>();
        DoubleStep.Arrays a = pointwise(dNext, cache, new DoubleStep.Listener() {
            @Override
            public void saved(int index, double[] gradient) {
                told.put(spec.saved().get(index), tensor(gradient, B));
            }

            @Override
            public void next(int part, double[] gradient) {
                told.put(spec.state().get(part), tensor(gradient, B));
            }
        });
        Map<String, Tensor> named = preActivations(a.dzx(), a.dzh(), B);
        named.putAll(told);
        return named;
    }

    private Map<String, Tensor> preActivations(double[][] zx, double[][] zh, int B) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        List<String> blocks = spec.blocks();
        name(blocks.stream().map(spec.apart() ? "zx."::concat : "z."::concat).toList(), zx, B, named);
        if (spec.apart()) {
            name(blocks.stream().map("zh."::concat).toList(), zh, B, named);
        }
        return named;
    }

    private void name(List<String> names, double[][] arrays, int B, Map<String, Tensor> named) {
        for (int i = 0; i < names.size(); i++) {
            named.put(names.get(i), tensor(arrays[i], B));
        }
    }

    private DoubleStep.Arrays arrays(int B, double[][] zx, double[][] zh, State prev) {
        int parts = spec.state().size();
        double[][] none = {};
        double[][] p = zeros(weights.unitParameters().size(), B);
        for (int i = 0; i < p.length; i++) {
            double[] values = weights.unitParameters().get(i).valuesCopy();
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

    /** From rows [B, G·H] to one array [B,H] per block. */
    private double[][] blocks(Tensor z) {
        int H = cell.hidden();
        int B = z.size(0);
        double[][] blocks = zeros(spec.blocks().size(), B);
        for (int b = 0; b < B; b++) {
            for (int g = 0; g < blocks.length; g++) {
                for (int j = 0; j < H; j++) {
                    blocks[g][b * H + j] = z.at(b, g * H + j);
                }
            }
        }
        return blocks;
    }

    /** From one array [B,H] per block to rows [B, G·H]. */
    private Tensor rows(double[][] blocks, int B) {
        int H = cell.hidden();
        Tensor z = Tensor.zeros(dtype(), B, blocks.length * H);
        for (int b = 0; b < B; b++) {
            for (int g = 0; g < blocks.length; g++) {
                for (int j = 0; j < H; j++) {
                    z.data().set((b * blocks.length + g) * H + j, blocks[g][b * H + j]);
                }
            }
        }
        return z;
    }

    private State state(double[][] parts, int B) {
        List<Tensor> tensors = new ArrayList<>();
        for (double[] part : parts) {
            tensors.add(tensor(part, B));
        }
        return new State(spec.state(), tensors);
    }

    private Tensor tensor(double[] numbers, int B) {
        Tensor tensor = Tensor.zeros(dtype(), B, cell.hidden());
        for (int k = 0; k < numbers.length; k++) {
            tensor.data().set(k, numbers[k]);
        }
        return tensor;
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
