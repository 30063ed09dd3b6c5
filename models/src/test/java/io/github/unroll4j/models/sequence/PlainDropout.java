// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;

/** {@link Dropout} before a layer, plainly, with or without a fault. */
final class PlainDropout extends PlainWrapper {
    enum Fault {
        NONE,
        /** The gradient of the input is not multiplied by the mask. */
        GRADIENT_NOT_MASKED,
        /** The gradient of the input is multiplied by other masks than the input was. */
        DRAWN_ANEW,
        /** Masks are drawn for padded steps too. */
        DRAWN_FOR_PADDING,
        /**
         * A number that is kept is not divided by the probability of keeping it; right by itself, but not what is
         * promised.
         */
        NOT_SCALED
    }

    private static final double RATE = 0.4;

    private final Dropout.Mask mask;
    private final Fault fault;
    private Noise noise = Noise.off();
    private Vec m = Vec.zeros(Dtype.DOUBLE, 0);

    PlainDropout(Recurrent layer, Dropout.Mask mask, Fault fault) {
        super(layer);
        this.mask = mask;
        this.fault = fault;
    }

    @Override
    Tensor forward(Tensor X, Inside inside, Pass pass) {
        noise = pass.noise();
        return inside.of(noise.isOn() ? masked(X, true) : X);
    }

    @Override
    Tensor backward(Tensor dH, Inside inside) {
        Tensor dX = inside.of(dH);
        return noise.isOn() && fault != Fault.GRADIENT_NOT_MASKED ? masked(dX, fault == Fault.DRAWN_ANEW) : dX;
    }

    private Tensor masked(Tensor numbers, boolean draw) {
        int D = numbers.size(2);
        Tensor product = numbers.copy();
        if (draw) {
            m = Vec.zeros(numbers.dtype(), numbers.data().length());
        }
        for (int row = 0; row < numbers.size(0) * numbers.size(1); row++) {
            boolean first = mask == Dropout.Mask.PER_STEP || row < batch();
            if (draw && first && (!padded(row) || fault == Fault.DRAWN_FOR_PADDING)) {
                noise.dropout(row % batch(), m, row * D, D, RATE);
                m.scale(row * D, D, fault == Fault.NOT_SCALED ? 1 - RATE : 1);
            }
            if (padded(row)) {
                product.data().fill(row * D, D, 0);
            } else {
                product.data().multiply(row * D, m, (first ? row : row % batch()) * D, D);
            }
        }
        return product;
    }
}
