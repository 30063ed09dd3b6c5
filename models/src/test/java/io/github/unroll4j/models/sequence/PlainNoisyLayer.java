// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.CellParameters;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.PointwiseCell;
import io.github.unroll4j.models.cell.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cell over time with the regularisers of the recurrent path, one number at a time, nothing hoisted; its backward pass has
 * the fault that is asked for.
 *
 * <p>k = m ⊙ h_prev, U = M ⊙ W_h, zx = x_t W_x + b, zh = k U + b_h, s̃ = cell(zx, zh, s_prev), s = d ⊙ s_prev + (1-d) ⊙ s̃,
 * with the masks of {@link PlainMasks}.
 */
final class PlainNoisyLayer implements Recurrent {
    /** What can be wrong with the masks on the way back. */
    enum Fault {
        NONE,
        /** dh_prev takes dk as it is, without m. */
        DROPOUT_FORGOTTEN,
        /** dW_h from h_prev in place of k. */
        WEIGHT_GRADIENT_OF_THE_WHOLE_H,
        /** dk from W_h in place of U. */
        WEIGHTS_THAT_WERE_NOT_USED,
        /** dW_h without M. */
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

    private final PointwiseCell cell;
    private final CellSpec spec;
    private final CellParameters weights;
    private final RecurrentNoise rates;
    private final Fault fault;
    private final int H;
    private final int G;
    private final int D;
    private int T;
    private int B;
    private Lengths lengths = Lengths.full(1, 1);
    private double[] X = {};
    private double[] m = {};
    private double[] M = {};
    private double[][][] d = {};
    private double[][][] state = {};
    private double[][][] made = {};
    private DoubleStep.Arrays[] steps = {};
    private @Nullable NativeArray outputs;
    private @Nullable NativeArray inputGradient;

    PlainNoisyLayer(PointwiseCell cell, int inputSize, RecurrentNoise rates, Fault fault, Parameters.Builder p) {
        this.cell = cell;
        this.rates = rates;
        this.fault = fault;
        spec = cell.spec();
        weights = new CellParameters(cell, inputSize, p);
        D = inputSize;
        H = cell.hidden();
        G = spec.blocks().size();
    }

    @Override
    public Run forward(Sequence x, State s0, Pass pass) {
        T = x.steps();
        B = x.batch();
        lengths = pass.lengths();
        X = ((Sequence.Dense) x).X().data().toDoubles();
        PlainMasks masks = PlainMasks.draw(pass, rates, spec, H);
        m = masks.m();
        M = masks.M();
        d = masks.d();
        state = new double[T + 1][][];
        made = new double[T][][];
        steps = new DoubleStep.Arrays[T];
        state[0] = parts(s0);
        for (int t = 0; t < T; t++) {
            step(t);
        }
        close(outputs);
        outputs = NativeArray.allocate(Dtype.DOUBLE, (long) T * B * H);
        NativeMatrix rows = outputs.matrix(0, T * B, H);
        Vec numbers = Vec.zeros(Dtype.DOUBLE, T * B * H);
        for (int i = 0; i < numbers.length(); i++) {
            numbers.set(i, state[i / (B * H) + 1][0][i % (B * H)]);
        }
        rows.put(numbers, 0);
        return new Run(this, new Slab(rows, T, B), t -> state(state[t]), () -> true);
    }

    private void step(int t) {
        int parts = spec.state().size();
        double[][] zx = new double[G][B * H];
        double[][] zh = new double[G][B * H];
        for (int q = 0; q < G * B * H; q++) {
            int g = q / (B * H);
            int b = q / H % B;
            int column = g * H + q % H;
            double sum = weights.b_h().isPresent() ? value(weights.b_h().get(), column) : 0;
            for (int i = 0; i < H; i++) {
                sum += m[b * H + i] * state[t][0][b * H + i] * U(i, column);
            }
            zh[g][q % (B * H)] = sum;
            sum = value(weights.b(), column) + (spec.apart() ? 0 : sum);
            for (int k = 0; k < D && !lengths.padded(t, b); k++) {
                sum += X[(t * B + b) * D + k] * value(weights.W_x(), k * G * H + column);
            }
            zx[g][q % (B * H)] = sum;
        }
        made[t] = new double[parts][B * H];
        steps[t] = new DoubleStep.Arrays(
                zx,
                zh,
                state[t],
                made[t],
                new double[spec.saved().size()][B * H],
                perUnit(),
                new double[parts][B * H],
                new double[parts][B * H],
                new double[G][B * H],
                new double[G][B * H],
                new double[weights.unitParameters().size()][B * H]);
        cell.forward(new DoubleStep(spec, B, H, steps[t]));
        state[t + 1] = new double[parts][B * H];
        for (int i = 0; i < parts; i++) {
            for (int k = 0; k < B * H; k++) {
                double s = state[t][i][k];
                state[t + 1][i][k] = lengths.padded(t, k / H) ? s : d[t][i][k] * s + (1 - d[t][i][k]) * made[t][i][k];
            }
        }
    }

    @Override
    public RunGrad backward(Run run, Sequence dH, State dLast) {
        double[] upstream = ((Sequence.Dense) dH).X().data().toDoubles();
        Vec dX = Vec.zeros(Dtype.DOUBLE, T * B * D);
        double[][] ds = parts(dLast);
        for (int t = T - 1; t >= 0; t--) {
            for (int k = 0; k < B * H; k++) {
                ds[0][k] += upstream[t * B * H + k];
            }
            ds = stepBack(t, ds, dX);
        }
        close(inputGradient);
        inputGradient = NativeArray.allocate(Dtype.DOUBLE, (long) T * B * D);
        NativeMatrix rows = inputGradient.matrix(0, T * B, D);
        rows.put(dX, 0);
        return new RunGrad(new Slab(rows, T, B), state(ds));
    }

    private double[][] stepBack(int t, double[][] ds, Vec dX) {
        DoubleStep.Arrays a = steps[t];
        double[][] dPrev = new double[ds.length][B * H];
        for (int i = 0; i < ds.length; i++) {
            double[] zone = d[fault == Fault.ZONEOUT_MASK_OF_ANOTHER_STEP ? lengths.longest() - 1 : t][
                    fault == Fault.ZONEOUT_MASK_OF_ANOTHER_PART ? 0 : i];
            for (int k = 0; k < B * H; k++) {
                boolean padded = lengths.padded(t, k / H);
                double share = fault == Fault.ZONEOUT_GRADIENT_WHOLE ? 1 : 1 - zone[k];
                a.dNext()[i][k] = padded ? 0 : share * ds[i][k];
                a.dPrev()[i][k] = 0;
                dPrev[i][k] = padded ? ds[i][k] : fault == Fault.ZONEOUT_CARRY_LOST ? 0 : zone[k] * ds[i][k];
            }
        }
        for (double[] dp : a.dp()) {
            Arrays.fill(dp, 0);
        }
        cell.backward(new DoubleStep(spec, B, H, a));
        for (int k = 0; k < B * H; k++) {
            if (!lengths.padded(t, k / H)) {
                rowBack(t, k, a, dPrev, dX);
            }
        }
        return dPrev;
    }

    /** What one unit of one row gets and gives. */
    private void rowBack(int t, int k, DoubleStep.Arrays a, double[][] dPrev, Vec dX) {
        int b = k / H;
        for (int i = 0; i < dPrev.length; i++) {
            dPrev[i][k] += a.dPrev()[i][k];
        }
        for (int g = 0; g < G; g++) {
            int column = g * H + k % H;
            double dzx = a.dzx()[g][k];
            double dzh = spec.apart() ? a.dzh()[g][k] : dzx;
            add(weights.b(), column, dzx);
            weights.b_h().ifPresent(b_h -> add(b_h, column, dzh));
            for (int j = 0; j < D; j++) {
                int at = (t * B + b) * D + j;
                add(weights.W_x(), j * G * H + column, X[at] * dzx);
                dX.set(at, dX.get(at) + dzx * value(weights.W_x(), j * G * H + column));
            }
            for (int i = 0; i < H; i++) {
                int unit = b * H + i;
                double W = value(weights.W_h(), i * G * H + column);
                double dk = dzh * (fault == Fault.WEIGHTS_THAT_WERE_NOT_USED ? W : U(i, column));
                dPrev[0][unit] += fault == Fault.DROPOUT_FORGOTTEN ? dk : m[unit] * dk;
                double seen = state[t][0][unit] * (fault == Fault.WEIGHT_GRADIENT_OF_THE_WHOLE_H ? 1 : m[unit]);
                double mask = fault == Fault.WEIGHT_GRADIENT_NOT_MASKED ? 1 : M[i * G * H + column];
                add(weights.W_h(), i * G * H + column, mask * seen * dzh);
            }
        }
        for (int i = 0; i < a.dp().length; i++) {
            add(weights.unitParameters().get(i), k % H, a.dp()[i][k]);
        }
    }

    private double U(int row, int column) {
        return M[row * G * H + column] * value(weights.W_h(), row * G * H + column);
    }

    private double[][] perUnit() {
        double[][] p = new double[weights.unitParameters().size()][B * H];
        for (int i = 0; i < p.length; i++) {
            for (int k = 0; k < B * H; k++) {
                p[i][k] = value(weights.unitParameters().get(i), k % H);
            }
        }
        return p;
    }

    private static double[][] parts(State s) {
        return s.parts().stream().map(part -> part.data().toDoubles()).toArray(double[][]::new);
    }

    private State state(double[][] parts) {
        List<Tensor> tensors = new ArrayList<>();
        for (double[] part : parts) {
            tensors.add(Tensor.of(Vec.of(Dtype.DOUBLE, part), B, H));
        }
        return new State(spec.state(), tensors);
    }

    private static double value(Parameter p, int k) {
        return p.values().get(p.offset() + k);
    }

    private static void add(Parameter p, int k, double g) {
        p.gradients().set(p.offset() + k, p.gradients().get(p.offset() + k) + g);
    }

    @Override
    public String name() {
        return "PlainNoisyLayer(" + spec.name() + ")";
    }

    @Override
    public int inputSize() {
        return D;
    }

    @Override
    public int outputSize() {
        return H;
    }

    @Override
    public Map<String, Integer> stateSizes() {
        return State.sizes(spec.state(), H);
    }

    @Override
    public State zeroState(int batch) {
        return State.zeros(spec.state(), Dtype.DOUBLE, batch, H);
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
