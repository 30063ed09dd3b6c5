// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Tensor;

/** {@link Residual}, plainly, with or without a fault. */
final class PlainResidual extends PlainWrapper {
    enum Fault {
        NONE,
        /** dX is the layer's own gradient only. */
        GRADIENT_LOST,
        /** The input is added at padded steps too. */
        PADDING_ADDED
    }

    private final Fault fault;

    PlainResidual(Recurrent layer, Fault fault) {
        super(layer);
        this.fault = fault;
    }

    @Override
    Tensor forward(Tensor X, Inside inside, Pass pass) {
        return sum(inside.of(X), X);
    }

    @Override
    Tensor backward(Tensor dH, Inside inside) {
        Tensor dX = inside.of(dH);
        return fault == Fault.GRADIENT_LOST ? dX : sum(dX, dH);
    }

    private Tensor sum(Tensor all, Tensor real) {
        int D = all.size(2);
        for (int row = 0; row < all.size(0) * all.size(1); row++) {
            if (!padded(row) || fault == Fault.PADDING_ADDED) {
                all.data().add(row * D, real.data(), row * D, D);
            }
        }
        return all;
    }
}
