// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Step;
import io.github.unroll4j.models.cell.StepCell;
import io.github.unroll4j.models.cell.StepGrad;
import java.util.List;

/** A right step cell with another step back around its own. */
record RewiredStepCell<C>(StepCell<C> right, Back<C> back) implements StepCell<C> {

    /** The step back. */
    @FunctionalInterface
    interface Back<C> {
        StepGrad step(StepCell<C> right, State dNext, C cache);
    }

    @Override
    public StepGrad backward(State dNext, C cache) {
        return back.step(right, dNext, cache);
    }

    @Override
    public Step<C> forward(Tensor x_t, State prev) {
        return right.forward(x_t, prev);
    }

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
    public List<String> stateParts() {
        return right.stateParts();
    }

    @Override
    public int[] stateSizes() {
        return right.stateSizes();
    }

    @Override
    public Parameters parameters() {
        return right.parameters();
    }

    @Override
    public void close() {
        right.close();
    }
}
