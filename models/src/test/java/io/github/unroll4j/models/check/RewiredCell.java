// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.PointwiseCell;
import java.util.function.BiConsumer;

/** A right cell with another backward pass around its own. */
record RewiredCell(PointwiseCell right, BiConsumer<PointwiseCell, DoubleStep> back) implements PointwiseCell {

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
    }

    @Override
    public void backward(DoubleStep s) {
        back.accept(right, s);
    }
}
