// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;
import io.github.unroll4j.models.testing.Inside;
import java.util.function.BiConsumer;

/** A right cell with another backward pass around its own. */
record RewiredCell(Cell right, BiConsumer<Cell, Inside> back) implements Cell {

    @Override
    public Layout layout() {
        return right.layout();
    }

    @Override
    public void forward(Step s) {
        right.forward(s);
    }

    @Override
    public void backward(Step s) {
        back.accept(right, new Inside(layout(), s));
    }
}
