// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.internal.Softmax;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Lengths;
import java.util.OptionalInt;

/**
 * Global attention and local-m: a softmax over the real positions, or over those of a window; (4) of {@link Attention}.
 *
 * <pre>
 * (4)  α_s = softmax_s(e)        over s in [0, S_b), or in [p-D, p+D] ∩ [0, S_b) with p = min(position, S_b-1)
 * (4') de = α ⊙ (dα - ⟨dα, α⟩)
 * </pre>
 */
final class SoftmaxFocus implements Focusing {
    private final Softmax softmax = new Softmax();
    private final OptionalInt radius;
    private boolean[] admitted = {};
    private int rows;
    private int positions;
    private Lengths lengths = Lengths.full(1, 1);

    SoftmaxFocus(OptionalInt radius) {
        this.radius = radius;
    }

    @Override
    public void begin(Memory memory, int steps) {
        lengths = memory.lengths();
        rows = memory.batch();
        positions = memory.positions();
        if (admitted.length != rows * positions) {
            admitted = new boolean[rows * positions];
        }
    }

    @Override
    public void forward(int t, int position, Vec query, Vec e, Vec alpha) {
        for (int b = 0; b < rows; b++) {
            int length = lengths.of(b);
            int centre = Math.min(position, length - 1);
            for (int s = 0; s < positions; s++) {
                boolean near = radius.isEmpty() || Math.abs(s - centre) <= radius.getAsInt();
                admitted[b * positions + s] = near && s < length;
            }
        }
        softmax.maskedRows(alpha.set(e), 0, admitted, rows, positions); // (4)
    }

    @Override
    public void backward(int t, Vec alpha, Vec dAlpha, Vec de, Vec dQuery) {
        de.set(dAlpha);
        for (int b = 0; b < rows; b++) {
            Softmax.backwardRow(de, b * positions, alpha, b * positions, positions); // (4')
        }
    }
}
