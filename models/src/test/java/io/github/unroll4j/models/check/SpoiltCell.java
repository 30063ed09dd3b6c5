// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.PointwiseCell;
import java.util.function.Consumer;

/** A right cell whose arrays are spoilt after each step. */
record SpoiltCell(PointwiseCell right, Consumer<DoubleStep> afterForward, Consumer<DoubleStep> afterBackward)
        implements PointwiseCell {

    static SpoiltCell backward(PointwiseCell right, Consumer<DoubleStep> afterBackward) {
        return new SpoiltCell(right, s -> {}, afterBackward);
    }

    @Override
    public CellSpec spec() {
        return right.spec();
    }

    @Override
    public int hidden() {
        return right.hidden();
    }

    @Override
    public void forward(DoubleStep s) {
        right.forward(s);
        afterForward.accept(s);
    }

    @Override
    public void backward(DoubleStep s) {
        right.backward(s);
        afterBackward.accept(s);
    }
}
