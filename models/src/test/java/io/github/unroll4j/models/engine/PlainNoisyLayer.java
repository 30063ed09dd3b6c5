// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.CellParameters;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.testing.Numbers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A cell over time with the regularisers of the recurrent path, one number at a time, nothing hoisted; its backward
 * pass has the fault that is asked for.
 *
 * <p>k = m ⊙ h_prev, W_M = M ⊙ W_h, zx = x_t W_x + b, zh = k W_M + b_h, s̃ = cell(zx, zh, s_prev), s = d ⊙ s_prev +
 * (1-d) ⊙ s̃, with the masks of {@link PlainMasks}. A recurrent product inside the step is (m ⊙ x) (M ⊙ U), any other x
 * U.
 */
final class PlainNoisyLayer implements Recurrent {
    /** What can be wrong with the masks on the way back. */
    enum Fault {
        NONE,
        /** dh_prev, and dx of a recurrent product, take what comes back as it is, without m. */
        DROPOUT_FORGOTTEN,
        /** dW_h from h_prev in place of k, dU from x in place of m ⊙ x. */
        WEIGHT_GRADIENT_OF_THE_WHOLE_H,
        /** dk from W_h in place of W_M, dx from U in place of M ⊙ U. */
        WEIGHTS_THAT_WERE_NOT_USED,
        /** dW_h and dU without M. */
        WEIGHT_GRADIENT_NOT_MASKED,
        /** ds_prev without d ⊙ ds. */
        ZONEOUT_CARRY_LOST,
        /** The cell gets ds in place of (1-d) ⊙ ds. */
        ZONEOUT_GRADIENT_WHOLE,
        /** The mask of the last step at all of them. */
        ZONEOUT_MASK_OF_ANOTHER_STEP,
        /** The mask of h for every part. */
        ZONEOUT_MASK_OF_ANOTHER_PART
    }

    private final Cell cell;
    private final Layout layout;
    private final CellParameters weights;
    private final RecurrentNoise rates;
    private final Fault fault;
    private final int H;
    private final int D;
    private int T;
    private int B;
    private Lengths lengths = Lengths.full(1, 1);
    private double[] X = {};
    private PlainMasks masks = new PlainMasks(new double[0], new double[0], List.of(), new double[0][][]);
    private double[][][] state = {};
    private final List<At> steps = new ArrayList<>();
    private @Nullable NativeArray outputs;
    private @Nullable NativeArray inputGradient;

    PlainNoisyLayer(Cell cell, int inputSize, RecurrentNoise rates, Fault fault, Parameters.Builder p) {
        this.cell = cell;
        this.rates = rates;
        this.fault = fault;
        layout = cell.layout();
        weights = new CellParameters(layout, inputSize, p);
        D = inputSize;
        H = layout.hidden();
    }

    @Override
    public Run forward(Sequence x, State s0, Pass pass) {
        T = x.steps();
        B = x.batch();
        lengths = pass.lengths();
        X = Numbers.of(x).data().toDoubles();
        masks = PlainMasks.draw(pass, rates, layout);
        state = new double[T + 1][][];
        state[0] = parts(s0);
        steps.clear();
        for (int t = 0; t < T; t++) {
            step(t);
        }
        int n = B * outputSize();
        close(outputs);
        outputs = NativeArray.allocate(Dtype.DOUBLE, (long) T * n);
        NativeMatrix rows = outputs.matrix(0, T * B, outputSize());
        Vec numbers = Vec.zeros(Dtype.DOUBLE, T * n);
        for (int i = 0; i < numbers.length(); i++) {
            numbers.set(i, state[i / n + 1][0][i % n]);
        }
        rows.put(numbers, 0);
        return new Run(this, new Slab(rows, T, B), t -> state(state[t]), () -> true);
    }

    private void step(int t) {
        At s = new At();
        steps.add(s);
        for (Layout.Part part : layout.state()) {
            s.prev(part).set(Vec.of(Dtype.DOUBLE, state[t][part.index()]));
        }
        for (Layout.Unit unit : layout.units()) {
            for (int k = 0; k < B * H; k++) {
                s.p(unit).set(k, value(weights.units().get(unit.index()), k % H));
            }
        }
        for (Layout.Block block : layout.blocks()) {
            for (int k = 0; k < B * H; k++) {
                preActivation(t, s, block, k);
            }
        }
        cell.forward(s);
        state[t + 1] = new double[layout.state().size()][];
        for (Layout.Part part : layout.state()) {
            double[] before = state[t][part.index()];
            double[] d = masks.d()[t][part.index()];
            double[] after = before.clone();
            for (int k = 0; k < after.length; k++) {
                if (!lengths.padded(t, k / part.size())) {
                    after[k] = d[k] * before[k] + (1 - d[k]) * s.next(part).get(k);
                }
            }
            state[t + 1][part.index()] = after;
        }
    }

    private void preActivation(int t, At s, Layout.Block block, int k) {
        int b = k / H;
        int column = block.index() * H + k % H;
        double zx = bias(weights.b(), column);
        for (int j = 0; j < D && !lengths.padded(t, b); j++) {
            zx += X[(t * B + b) * D + j] * value(weights.W_x(), at(weights.W_x(), j, column));
        }
        double zh = block.recurrent() || !layout.isApart() ? bias(weights.b_h(), column) : 0;
        for (int i = 0; block.recurrent() && i < outputSize(); i++) {
            int unit = b * outputSize() + i;
            int of = at(weights.W_h(), i, column);
            zh += masks.m()[unit] * state[t][0][unit] * masks.M()[of] * value(weights.W_h(), of);
        }
        if (!layout.isApart()) {
            s.z(block).set(k, zx + zh);
        } else {
            s.zx(block).set(k, zx);
            if (block.recurrent()) {
                s.zh(block).set(k, zh);
            }
        }
    }

    private static double bias(Optional<Parameter> b, int column) {
        return b.map(parameter -> value(parameter, column)).orElse(0.0);
    }

    @Override
    public Run.Grad backward(Run run, Sequence dH, State dLast) {
        double[] upstream = Numbers.of(dH).data().toDoubles();
        int n = B * outputSize();
        Vec dX = Vec.zeros(Dtype.DOUBLE, T * B * D);
        double[][] ds = parts(dLast);
        for (int t = T - 1; t >= 0; t--) {
            for (int k = 0; k < n; k++) {
                ds[0][k] += upstream[t * n + k];
            }
            ds = stepBack(t, ds, dX);
        }
        close(inputGradient);
        inputGradient = NativeArray.allocate(Dtype.DOUBLE, (long) T * B * D);
        NativeMatrix rows = inputGradient.matrix(0, T * B, D);
        rows.put(dX, 0);
        return new Run.Grad(new Slab(rows, T, B), state(ds));
    }

    private double[][] stepBack(int t, double[][] ds, Vec dX) {
        At s = steps.get(t);
        s.beginBack();
        double[][] dPrev = new double[ds.length][];
        for (Layout.Part part : layout.state()) {
            int i = part.index();
            double[] zone = masks.d()[fault == Fault.ZONEOUT_MASK_OF_ANOTHER_STEP ? lengths.longest() - 1 : t][
                    fault == Fault.ZONEOUT_MASK_OF_ANOTHER_PART ? 0 : i];
            dPrev[i] = new double[ds[i].length];
            for (int k = 0; k < ds[i].length; k++) {
                boolean padded = lengths.padded(t, k / part.size());
                double share = fault == Fault.ZONEOUT_GRADIENT_WHOLE ? 1 : 1 - zone[k];
                s.dNext(part).set(k, padded ? 0 : share * ds[i][k]);
                dPrev[i][k] = padded ? ds[i][k] : fault == Fault.ZONEOUT_CARRY_LOST ? 0 : zone[k] * ds[i][k];
            }
        }
        cell.backward(s);
        for (Layout.Part part : layout.state()) {
            double[] leaving = dPrev[part.index()];
            for (int k = 0; k < leaving.length; k++) {
                leaving[k] +=
                        lengths.padded(t, k / part.size()) ? 0 : s.dPrev(part).get(k);
            }
        }
        for (int k = 0; k < B * H; k++) {
            if (!lengths.padded(t, k / H)) {
                for (Layout.Block block : layout.blocks()) {
                    preActivationBack(t, s, block, k, dPrev[0], dX);
                }
                for (Layout.Unit unit : layout.units()) {
                    add(weights.units().get(unit.index()), k % H, s.dp(unit).get(k));
                }
            }
        }
        return dPrev;
    }

    private void preActivationBack(int t, At s, Layout.Block block, int k, double[] dh_prev, Vec dX) {
        int b = k / H;
        int column = block.index() * H + k % H;
        double dzx = (layout.isApart() ? s.dzx(block) : s.dz(block)).get(k);
        double dzh = layout.isApart() && block.recurrent() ? s.dzh(block).get(k) : dzx;
        weights.b().ifPresent(bias -> add(bias, column, dzx));
        if (block.recurrent() || !layout.isApart()) {
            weights.b_h().ifPresent(bias -> add(bias, column, dzh));
        }
        for (int j = 0; j < D; j++) {
            int x = (t * B + b) * D + j;
            int of = at(weights.W_x(), j, column);
            add(weights.W_x(), of, X[x] * dzx);
            dX.set(x, dX.get(x) + dzx * value(weights.W_x(), of));
        }
        for (int i = 0; block.recurrent() && i < outputSize(); i++) {
            int unit = b * outputSize() + i;
            int of = at(weights.W_h(), i, column);
            dh_prev[unit] += throughProduct(weights.W_h(), masks.M(), of, state[t][0][unit], masks.m()[unit], dzh);
        }
    }

    /** Of y += (m x) (M U), one number each: adds to dU, gives what y gives back to x; with the faults. */
    private double throughProduct(Parameter U, double[] M, int of, double x, double m, double dy) {
        double seen = fault == Fault.WEIGHT_GRADIENT_OF_THE_WHOLE_H ? x : m * x;
        add(U, of, (fault == Fault.WEIGHT_GRADIENT_NOT_MASKED ? 1 : M[of]) * seen * dy);
        double dk = dy * (fault == Fault.WEIGHTS_THAT_WERE_NOT_USED ? 1 : M[of]) * value(U, of);
        return fault == Fault.DROPOUT_FORGOTTEN ? dk : m * dk;
    }

    /** A step whose products are sums. */
    private final class At extends PlainStep {
        private final Map<Layout.Product, Vec> operands = new HashMap<>();

        At() {
            super(layout, B);
        }

        @Override
        public void product(Layout.Product U, Vec x, Vec y) {
            Vec xU = y.copy();
            xU.clear();
            addProduct(U, x, xU);
            y.set(xU);
        }

        @Override
        public void addProduct(Layout.Product U, Vec x, Vec y) {
            operands.put(U, x.copy());
            each(
                    U,
                    (i, j, of) -> y.set(
                            j,
                            y.get(j)
                                    + mask(U, i)
                                            * x.get(i)
                                            * masks.products().get(U.index())[of]
                                            * value(weights(U), of)));
        }

        @Override
        public void productBack(Layout.Product U, Vec dy, Vec dx) {
            Vec x = Objects.requireNonNull(operands.get(U));
            Vec from = dy.copy();
            dx.clear();
            each(
                    U,
                    (i, j, of) -> dx.set(
                            i,
                            dx.get(i)
                                    + throughProduct(
                                            weights(U),
                                            masks.products().get(U.index()),
                                            of,
                                            x.get(i),
                                            mask(U, i),
                                            from.get(j))));
        }

        private double mask(Layout.Product U, int i) {
            return U.recurrent() ? masks.m()[i] : 1;
        }

        private Parameter weights(Layout.Product U) {
            return weights.products().get(U.index());
        }

        /** Number i of x, j of y and the weight between them, for every row. */
        private void each(Layout.Product U, Weight weight) {
            for (int i = 0; i < B * U.inputSize(); i++) {
                for (int j = 0; j < U.size(); j++) {
                    int row = i / U.inputSize();
                    weight.visit(i, row * U.size() + j, at(weights(U), i % U.inputSize(), j));
                }
            }
        }
    }

    /** One weight of a product. */
    @FunctionalInterface
    private interface Weight {
        void visit(int i, int j, int of);
    }

    private static double[][] parts(State s) {
        return s.parts().stream().map(part -> part.data().toDoubles()).toArray(double[][]::new);
    }

    private State state(double[][] parts) {
        List<Tensor> tensors = new ArrayList<>();
        for (double[] part : parts) {
            tensors.add(Tensor.of(Vec.of(Dtype.DOUBLE, part), B, part.length / B));
        }
        return new State(layout.stateNames(), tensors);
    }

    private static int at(Parameter matrix, int row, int column) {
        return row * matrix.size(1) + column;
    }

    private static double value(Parameter p, int k) {
        return p.values().get(p.offset() + k);
    }

    private static void add(Parameter p, int k, double g) {
        p.gradients().set(p.offset() + k, p.gradients().get(p.offset() + k) + g);
    }

    @Override
    public String name() {
        return "PlainNoisyLayer(" + layout.name() + ")";
    }

    @Override
    public int inputSize() {
        return D;
    }

    @Override
    public int outputSize() {
        return layout.h().size();
    }

    @Override
    public Map<String, Integer> stateSizes() {
        return State.sizes(layout.stateNames(), layout.stateSizes());
    }

    @Override
    public List<CellState> cells() {
        return List.of(CellState.of(stateSizes().keySet())); // nobody builds on it here
    }

    @Override
    public State zeroState(int batch) {
        return State.zeros(layout.stateNames(), Dtype.DOUBLE, batch, layout.stateSizes());
    }

    @Override
    public void close() {
        close(outputs);
        close(inputGradient);
    }

    private static void close(@Nullable NativeArray memory) {
        if (memory != null) {
            memory.close();
        }
    }
}
