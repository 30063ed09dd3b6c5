// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.CellParameters;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import java.util.ArrayList;
import java.util.List;

/**
 * The products that a cell makes inside its step, in the plain loop: made on the spot, {@code dU += xᵀ dy} at each
 * step.
 */
final class PlainProducts implements StepMemory.Products {
    private final Layout layout;
    private final RecurrentDropout dropout;
    private final List<PlainMap> maps = new ArrayList<>();
    /** What each product was given at each step. */
    private final List<List<Vec>> operands = new ArrayList<>();

    PlainProducts(Layout layout, CellParameters weights, RecurrentNoise noise, RecurrentDropout dropout) {
        this.layout = layout;
        this.dropout = dropout;
        for (Layout.Product U : layout.products()) {
            maps.add(new PlainMap(weights.products().get(U.index()), 1, U.recurrent() ? noise.weightDrop() : 0));
            operands.add(new ArrayList<>());
        }
    }

    void begin(Noise noise) {
        maps.forEach(map -> map.begin(noise));
        operands.forEach(List::clear);
    }

    @Override
    public void forward(int t, int product, Vec x, Vec y, boolean add) {
        Vec seen = (layout.products().get(product).recurrent() ? dropout.drop(x) : x).copy();
        operands.get(product).add(t, seen);
        Vec xU = add ? y.copy() : y;
        maps.get(product).forward(seen, new Vec[] {xU});
        if (add) {
            y.add(xU);
        }
    }

    @Override
    public void backward(int t, int product, Vec dy, Vec dx) {
        dx.set(maps.get(product).backward(operands.get(product).get(t), new Vec[] {dy}));
        if (layout.products().get(product).recurrent()) {
            dropout.back(dx);
        }
    }

    void end() {
        maps.forEach(PlainMap::end);
    }
}
