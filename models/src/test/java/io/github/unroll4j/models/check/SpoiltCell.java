// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;
import io.github.unroll4j.models.testing.Inside;
import java.util.function.Consumer;

/** A right cell whose arrays are spoilt after each step. */
record SpoiltCell(Cell right, Consumer<Inside> afterForward, Consumer<Inside> afterBackward) implements Cell {

    static SpoiltCell backward(Cell right, Consumer<Inside> afterBackward) {
        return new SpoiltCell(right, s -> {}, afterBackward);
    }

    @Override
    public Layout layout() {
        return right.layout();
    }

    @Override
    public void forward(Step s) {
        right.forward(s);
        afterForward.accept(new Inside(layout(), s));
    }

    @Override
    public void backward(Step s) {
        right.backward(s);
        afterBackward.accept(new Inside(layout(), s));
    }
}
