// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.CellParameters;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.PointwiseCell;
import io.github.unroll4j.models.cell.State;
import java.util.ArrayList;
import java.util.List;

/** Everything that a {@link HoistedLayer} needs for up to T steps of B rows, allocated once and reused. */
final class LayerBuffers implements AutoCloseable {
    private final CellSpec spec;
    private final int units;
    private final int capacity;
    final int batch;
    final int n;
    int steps;

    final Slabs slabs;
    final Kernel kernel;
    final StepRecorder recorder;
    /** The recurrent product of the step at hand. */
    final RecurrentProduct recurrent;
    /** dzh of all steps (dz, for a summed cell). */
    final GateBlocks gateGradients;
    /** h before step t at index t, native: [B,H] each. */
    final NativeMatrix[] h;

    /** Biases repeated for every row, one array a gate, of a summed cell b + b_h; the gradient sums are kept in the same form. */
    final Vec[] bias;

    final Vec[] recurrentBias;
    private final Vec[] dBias;
    private final Vec[] dRecurrentBias;
    private final NativeArray states;
    private Slab outputs;
    private NativeMatrix previousOutputs;

    LayerBuffers(PointwiseCell cell, Parameter W_h, int capacity, int batch) {
        Dtype dtype = W_h.owner().dtype();
        spec = cell.spec();
        units = cell.hidden();
        this.capacity = capacity;
        this.batch = batch;
        n = batch * units;
        int gates = spec.blocks().size();
        slabs = new Slabs(spec, dtype, capacity, n);
        kernel = Kernel.of(cell, dtype, slabs, batch);
        recorder = new StepRecorder(spec, slabs, batch, units);
        recurrent = new RecurrentProduct(W_h, gates, batch);
        gateGradients = new GateBlocks(dtype, capacity, batch, gates, units);
        states = NativeArray.allocate(dtype, (long) (capacity + 1) * n);
        h = new NativeMatrix[capacity + 1];
        for (int t = 0; t <= capacity; t++) {
            h[t] = states.matrix((long) t * n, batch, units);
        }
        outputs = new Slab(states.matrix(n, capacity * batch, units), capacity, batch);
        previousOutputs = states.matrix(0, capacity * batch, units).t();
        steps = capacity;
        boolean apart = spec.affine() == CellSpec.Affine.APART_WITH_RECURRENT_BIAS;
        bias = repeated(dtype, gates);
        dBias = repeated(dtype, gates);
        recurrentBias = repeated(dtype, apart ? gates : 0);
        dRecurrentBias = repeated(dtype, apart ? gates : 0);
    }

    private Vec[] repeated(Dtype dtype, int count) {
        Vec[] arrays = new Vec[count];
        for (int i = 0; i < count; i++) {
            arrays[i] = Vec.zeros(dtype, n);
        }
        return arrays;
    }

    boolean fits(int T, int B) {
        return T <= capacity && B == batch;
    }

    void resize(int T) {
        if (T != steps) {
            steps = T;
            gateGradients.resize(T);
            outputs = new Slab(states.matrix(n, steps * batch, units), steps, batch);
            previousOutputs = states.matrix(0, steps * batch, units).t();
        }
    }

    /** Takes the initial state and this call's biases and per-unit parameters. */
    void load(State s0, CellParameters weights) {
        for (int i = 0; i < spec.state().size(); i++) {
            slabs.state[0][i].copy(0, s0.parts().get(i).data(), 0, n);
        }
        h[0].put(slabs.state[0][0], 0);
        clear(bias);
        clear(recurrentBias);
        addRepeated(weights.b(), bias);
        weights.b_h().ifPresent(b -> addRepeated(b, spec.apart() ? recurrentBias : bias));
        clear(slabs.p);
        for (int i = 0; i < slabs.p.length; i++) {
            addRepeated(weights.pointwise().get(i), new Vec[] {slabs.p[i]});
        }
    }

    void beginBackward(State dLast) {
        for (Vec[] preActivations : new Vec[][] {slabs.zx, slabs.zh}) {
            for (Vec array :
                    preActivations) { // those of the last step only: a cell that reads them shall not get away with it
                array.fill(0, n, Double.NaN);
            }
        }
        for (int i = 0; i < spec.state().size(); i++) {
            slabs.dState[steps & 1][i].copy(0, dLast.parts().get(i).data(), 0, n);
        }
        clear(dBias);
        clear(dRecurrentBias);
        clear(slabs.dp);
    }

    /** Keeps the gate gradients of a step for the products after the loop, and sums them for the biases. */
    void takeGateGradients(int t) {
        for (int g = 0; g < slabs.dzx.length; g++) {
            dBias[g].add(0, slabs.dzx[g], 0, n);
            gateGradients.put(t, g, slabs.dzh[g]);
            if (dRecurrentBias.length > 0) {
                dRecurrentBias[g].add(0, slabs.dzh[g], 0, n);
            }
        }
    }

    /** After the loop: the gradients of the biases and of the per-unit parameters, summed over the rows. */
    void addPointGradients(CellParameters weights) {
        sumRows(dBias, weights.b());
        weights.b_h().ifPresent(b -> sumRows(spec.apart() ? dRecurrentBias : dBias, b));
        for (int i = 0; i < slabs.dp.length; i++) {
            sumRows(new Vec[] {slabs.dp[i]}, weights.pointwise().get(i));
        }
    }

    private static void clear(Vec[] arrays) {
        for (Vec array : arrays) {
            array.clear();
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

    /** All outputs, [T·B,H]: the state slab without its first entry. */
    Slab outputs() {
        return outputs;
    }

    /** All previous outputs transposed, [H,T·B]: the state slab without its last entry. */
    NativeMatrix previousOutputs() {
        return previousOutputs;
    }

    State stateAfter(int t) {
        return state(slabs.state[t]);
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
        gateGradients.close();
        states.close();
    }
}
