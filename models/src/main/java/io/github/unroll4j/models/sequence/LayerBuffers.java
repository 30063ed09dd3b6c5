// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.CellParameters;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.PointwiseCell;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Trace;
import java.util.ArrayList;
import java.util.List;

/** Everything that a {@link HoistedLayer} needs beside its input for up to T steps of B rows, allocated once and reused. */
final class LayerBuffers implements States, AutoCloseable {
    private final CellSpec spec;
    private final int units;
    private final int capacity;
    final int batch;
    final int n;
    /** T of the pass at hand, and how many of these steps are real in at least one row. */
    int steps;

    int real;

    final Slabs slabs;
    final Kernel kernel;
    final StepRecorder recorder;
    final RecurrentSide recurrent;
    final Zoneout zoneout;

    /** Biases repeated for every row, one array per block, of a summed cell b + b_h; their gradients are summed in the same form. */
    private final Vec[] bias;

    private final Vec[] recurrentBias;
    private final Vec[] dBias;
    private final Vec[] dRecurrentBias;

    LayerBuffers(PointwiseCell cell, Parameter W_h, RecurrentNoise noise, int capacity, int batch) {
        Dtype dtype = W_h.owner().dtype();
        spec = cell.spec();
        units = cell.hidden();
        this.capacity = capacity;
        this.batch = batch;
        n = batch * units;
        int blocks = spec.blocks().size();
        slabs = new Slabs(spec, dtype, capacity, n, Zoneout.isOn(noise, spec));
        kernel = Kernel.of(cell, dtype, slabs, batch);
        recorder = new StepRecorder(spec, slabs, kernel, units);
        recurrent = new RecurrentSide(W_h, blocks, noise, capacity, batch);
        zoneout = new Zoneout(noise, spec, slabs, dtype, n);
        steps = capacity;
        boolean apart = spec.affine() == CellSpec.Affine.APART_WITH_RECURRENT_BIAS;
        bias = Slabs.block(dtype, blocks, n);
        dBias = Slabs.block(dtype, blocks, n);
        recurrentBias = Slabs.block(dtype, apart ? blocks : 0, n);
        dRecurrentBias = Slabs.block(dtype, apart ? blocks : 0, n);
    }

    boolean fits(int T, int B) {
        return T <= capacity && B == batch;
    }

    /** Uses the first {@code steps} of the capacity from now on, of which the first {@code real} take part in products. */
    void resize(int steps, int real) {
        this.steps = steps;
        this.real = real;
        recurrent.resize(steps, real);
    }

    /** Takes the initial state and this call's biases and per-unit parameters. */
    void load(State s0, CellParameters weights) {
        for (int i = 0; i < spec.state().size(); i++) {
            slabs.state[0][i].copy(0, s0.parts().get(i).data(), 0, n);
        }
        recurrent.put(0, slabs.state[0][0]);
        repeat(weights.b(), bias);
        if (spec.apart()) {
            weights.b_h().ifPresent(b -> repeat(b, recurrentBias));
        } else {
            weights.b_h().ifPresent(b -> addRepeated(b, bias));
        }
        for (int i = 0; i < slabs.p.length; i++) {
            repeat(weights.unitParameters().get(i), new Vec[] {slabs.p[i]});
        }
    }

    void beginBackward(State dLast, Trace trace) {
        recorder.begin(trace);
        for (Vec[] preActivations : new Vec[][] {slabs.zx, slabs.zh}) {
            for (Vec array :
                    preActivations) { // those of the last step only: a cell that reads them shall not get away with it
                array.fill(0, n, Double.NaN);
            }
        }
        for (int i = 0; i < spec.state().size(); i++) {
            slabs.dState[real & 1][i].copy(0, dLast.parts().get(i).data(), 0, n);
        }
        Slabs.clear(dBias);
        Slabs.clear(dRecurrentBias);
        Slabs.clear(slabs.dp);
    }

    /** Adds the biases to the maps of a step, and the two maps for a cell that takes the sum. */
    void addBiases() {
        for (int g = 0; g < slabs.zx.length; g++) {
            slabs.zx[g].add(0, bias[g], 0, n);
            if (!spec.apart()) {
                slabs.zx[g].add(0, slabs.zh[g], 0, n);
            } else if (recurrentBias.length > 0) {
                slabs.zh[g].add(0, recurrentBias[g], 0, n);
            }
        }
    }

    /** Adds the gradients of a step's pre-activations to those of the biases, row by row. */
    void sumBiasGradients() {
        for (int g = 0; g < slabs.dzx.length; g++) {
            dBias[g].add(0, slabs.dzx[g], 0, n);
            if (dRecurrentBias.length > 0) {
                dRecurrentBias[g].add(0, slabs.dzh[g], 0, n);
            }
        }
    }

    /** After the loop: the gradients of the biases and of the per-unit parameters, summed over the rows. */
    void addBiasAndUnitGradients(CellParameters weights) {
        sumRows(dBias, weights.b());
        weights.b_h().ifPresent(b -> sumRows(spec.apart() ? dRecurrentBias : dBias, b));
        for (int i = 0; i < slabs.dp.length; i++) {
            sumRows(new Vec[] {slabs.dp[i]}, weights.unitParameters().get(i));
        }
    }

    private void repeat(Parameter parameter, Vec[] targets) {
        for (int g = 0; g < targets.length; g++) {
            for (int b = 0; b < batch; b++) {
                targets[g].copy(b * units, parameter.values(), parameter.offset() + g * units, units);
            }
        }
    }

    private void addRepeated(Parameter parameter, Vec[] targets) {
        for (int g = 0; g < targets.length; g++) {
            for (int b = 0; b < batch; b++) {
                targets[g].add(b * units, parameter.values(), parameter.offset() + g * units, units);
            }
        }
    }

    private void sumRows(Vec[] sums, Parameter parameter) {
        for (int g = 0; g < sums.length; g++) {
            for (int b = 0; b < batch; b++) {
                parameter.gradients().add(parameter.offset() + g * units, sums[g], b * units, units);
            }
        }
    }

    /** A copy of the state after some steps; padding leaves it as it is. */
    @Override
    public State state(int t) {
        return state(slabs.state[Math.min(t, real)]);
    }

    @Override
    public void stateInto(int t, State target) {
        Vec[] parts = slabs.state[Math.min(t, real)];
        for (int i = 0; i < parts.length; i++) {
            target.parts().get(i).data().copy(0, parts[i], 0, n);
        }
    }

    /** A copy of one state. */
    State state(Vec[] parts) {
        List<Tensor> copies = new ArrayList<>();
        for (Vec part : parts) {
            copies.add(Tensor.of(part.copy(), batch, units));
        }
        return new State(spec.state(), copies);
    }

    @Override
    public void close() {
        recurrent.close();
    }
}
