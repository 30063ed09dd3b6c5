// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Lengths;

/**
 * The rows of a step that are padding. A padded row passes its state on as it is, and its gradient back the same way.
 * The cell meanwhile sees a gradient of zeros there, so that no parameter gets anything from padding.
 */
final class Padding {
    private final int[] sizes;
    /** Rows of the arriving gradient while the cell sees zeros in their place. */
    private final Vec[] held;

    private Lengths lengths = Lengths.full(1, 1);

    /**
     * For a state.
     *
     * @param sizes size of a row of each part
     * @param held room for one state
     */
    Padding(int[] sizes, Vec[] held) {
        this.sizes = sizes;
        this.held = held;
    }

    /** Begins a pass. */
    void begin(Lengths of) {
        lengths = of;
    }

    /** {@code next = prev} where step t is padding. */
    void passThrough(int t, Vec[] next, Vec[] prev) {
        copy(t, next, prev);
    }

    /** Puts the gradient of padded rows aside, zeros in their place. */
    void hide(int t, Vec[] arriving) {
        copy(t, held, arriving);
        for (int b = 0; !lengths.isFull() && b < lengths.batch(); b++) {
            for (int i = 0; lengths.padded(t, b) && i < sizes.length; i++) {
                arriving[i].fill(b * sizes[i], sizes[i], 0);
            }
        }
    }

    /** Puts it back, and passes it on to the step before. */
    void restore(int t, Vec[] arriving, Vec[] leaving) {
        copy(t, arriving, held);
        copy(t, leaving, held);
    }

    private void copy(int t, Vec[] target, Vec[] source) {
        for (int b = 0; !lengths.isFull() && b < lengths.batch(); b++) {
            for (int i = 0; lengths.padded(t, b) && i < sizes.length; i++) {
                target[i].copy(b * sizes[i], source[i], b * sizes[i], sizes[i]);
            }
        }
    }
}
