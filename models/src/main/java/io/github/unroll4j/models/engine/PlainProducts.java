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
 * The products of the recurrent path in the plain loop: h_prev W_h, and those that a cell makes inside its step. Each
 * is made on the spot, {@code dU += xᵀ dy} at each step too.
 */
final class PlainProducts implements StepMemory.Products {
    private final RecurrentDropout dropout;
    private final PlainMap W_h;
    private final List<PlainMap> inside = new ArrayList<>();
    /** What each product inside the step was given at each step. */
    private final List<List<Vec>> operands = new ArrayList<>();

    PlainProducts(Layout layout, CellParameters weights, RecurrentNoise noise) {
        dropout = new RecurrentDropout(noise.dropout());
        W_h = new PlainMap(weights.W_h(), layout.recurrentBlocks(), dropout, noise.weightDrop());
        for (Layout.Product U : layout.products()) {
            RecurrentDropout mask = U.recurrent() ? dropout : new RecurrentDropout(0);
            double weightDrop = U.recurrent() ? noise.weightDrop() : 0;
            inside.add(new PlainMap(weights.products().get(U.index()), 1, mask, weightDrop));
            operands.add(new ArrayList<>());
        }
    }

    /** Draws the masks of a pass: of h_prev, of W_h, of the weights inside. */
    void begin(Noise noise, Vec h0) {
        dropout.begin(noise, h0);
        W_h.begin(noise);
        inside.forEach(map -> map.begin(noise));
        operands.forEach(List::clear);
    }

    /** The map of h_prev. */
    PlainMap W_h() {
        return W_h;
    }

    @Override
    public void forward(int t, int product, Vec x, Vec y, boolean add) {
        operands.get(product).add(t, x.copy());
        Vec xU = add ? y.copy() : y;
        inside.get(product).forward(x, new Vec[] {xU});
        if (add) {
            y.add(xU);
        }
    }

    @Override
    public void backward(int t, int product, Vec dy, Vec dx) {
        dx.set(inside.get(product).backward(operands.get(product).get(t), new Vec[] {dy}));
    }

    void end() {
        W_h.end();
        inside.forEach(PlainMap::end);
    }
}
