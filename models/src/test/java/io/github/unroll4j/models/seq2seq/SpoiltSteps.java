// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Stepwise;
import java.util.List;
import java.util.Map;

/** Right layers; what goes back to their input is spoilt, in some columns of one step. */
record SpoiltSteps(Stepwise right, int step, int from, int to, double factor) implements Stepwise {
    @Override
    public String name() {
        return right.name();
    }

    @Override
    public int inputSize() {
        return right.inputSize();
    }

    @Override
    public int outputSize() {
        return right.outputSize();
    }

    @Override
    public Map<String, Integer> stateSizes() {
        return right.stateSizes();
    }

    @Override
    public List<CellState> cells() {
        return right.cells();
    }

    @Override
    public State zeroState(int batch) {
        return right.zeroState(batch);
    }

    @Override
    public Run forward(Sequence x, State s0, Pass pass) {
        return right.forward(x, s0, pass);
    }

    @Override
    public Run.Grad backward(Run run, Sequence dH, State dLast) {
        return right.backward(run, dH, dLast);
    }

    @Override
    public void begin(State s0, Pass pass) {
        right.begin(s0, pass);
    }

    @Override
    public Vec step(int t, Vec x_t) {
        return right.step(t, x_t);
    }

    @Override
    public State state(int t) {
        return right.state(t);
    }

    @Override
    public void beginBack(State dLast) {
        right.beginBack(dLast);
    }

    @Override
    public Vec stepBack(int t, Vec dh_t) {
        Vec dx = right.stepBack(t, dh_t).copy();
        for (int at = 0; t == step && at < dx.length(); at += inputSize()) {
            dx.scale(at + from, to - from, factor);
        }
        return dx;
    }

    @Override
    public State endBack() {
        return right.endBack();
    }

    @Override
    public void close() {
        right.close();
    }
}
