// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Dropout.Mask;
import java.util.Objects;

/**
 * Dropout of rows [T,B,W] on their way from one part of a model to the next; {@link Dropout} is a layer with it.
 *
 * <pre>
 * (M)  Y_t = m_t ⊙ X_t           m_t 0 with probability rate, otherwise 1/(1-rate)
 * (M') dX_t = m_t ⊙ dY_t
 * </pre>
 *
 * <p>Masks are drawn in the order of the real rows. Padding passes as it is, and nothing is drawn for it. Without
 * noise, or at rate 0, the rows themselves pass: nothing is copied, nothing drawn.
 *
 * @since 0.1.0
 */
public final class RowDropout implements AutoCloseable {
    private final double rate;
    private final Mask mask;
    private final int width;
    private final Slab forward;
    private final Slab backward;
    private Vec m = Vec.zeros(Dtype.FLOAT, 0);
    private Vec step = m;
    private Lengths lengths = Lengths.full(1, 1);
    private boolean on;

    /**
     * Dropout of rows.
     *
     * @param where what it is part of, for messages
     * @param rate probability of dropping, at least 0 and below 1
     * @param mask how long a mask lasts
     * @param width size of a row W
     */
    public RowDropout(String where, double rate, Mask mask, int width) {
        Objects.requireNonNull(mask, "mask");
        this.rate = Noise.requireRate(where, "rate", rate);
        this.mask = mask;
        this.width = width;
        forward = new Slab(width);
        backward = new Slab(width);
    }

    /** Begins a pass: draws its masks if it has noise. */
    void begin(Pass pass, Dtype dtype) {
        on = pass.noise().isOn() && rate > 0;
        lengths = pass.lengths();
        if (!on) {
            return;
        }
        int B = lengths.batch();
        int rows = (mask == Mask.PER_STEP ? lengths.steps() : 1) * B;
        if (m.length() < rows * width || m.dtype() != dtype) {
            m = Vec.zeros(dtype, Tensor.elements(rows, width));
        }
        for (int row = 0; row < rows; row++) {
            if (!lengths.padded(row / B, row % B)) {
                pass.noise().dropout(row % B, m, row * width, width, rate);
            }
        }
    }

    /** Whether the pass has masks. */
    boolean isOn() {
        return on;
    }

    /**
     * Draws the masks of a pass and drops.
     *
     * @param X (Input) [T,B,W]
     * @param pass lengths, and noise for the masks
     * @return Y, borrowed until the next forward; X itself without noise
     */
    public Slab forward(Slab X, Pass pass) {
        begin(pass, X.dtype());
        return on ? masked(X, forward) : X; // (M)
    }

    /**
     * The gradient through the masks of the latest forward.
     *
     * @param dY (Input) [T,B,W]
     * @return dX, borrowed until the next backward; dY itself without noise
     */
    public Slab backward(Slab dY) {
        Objects.requireNonNull(dY, "dY");
        return on ? masked(dY, backward) : dY; // (M')
    }

    private Slab masked(Slab numbers, Slab into) {
        int B = lengths.batch();
        Vec y = into.resize(numbers.dtype(), lengths.steps(), B).write();
        numbers.get(y);
        for (int t = 0; t < lengths.steps(); t++) {
            multiply(y, t * B, t);
        }
        return into;
    }

    /** Masks the rows of step t, of which the first is row {@code first}. */
    private void multiply(Vec y, int first, int t) {
        int B = lengths.batch();
        for (int b = 0; b < B; b++) {
            if (!lengths.padded(t, b)) {
                y.multiply((first + b) * width, m, (mask == Mask.PER_STEP ? t * B + b : b) * width, width);
            }
        }
    }

    /** The rows [B,W] of one step, masked, forward or back; borrowed until the next. */
    Vec step(int t, Vec rows) {
        if (!on) {
            return rows;
        }
        int n = lengths.batch() * width;
        if (step.length() != n || step.dtype() != rows.dtype()) {
            step = Vec.zeros(rows.dtype(), n);
        }
        step.copy(0, rows, 0, n);
        multiply(step, 0, t);
        return step;
    }

    /** Frees native memory; a second call does nothing. */
    @Override
    public void close() {
        forward.close();
        backward.close();
    }
}
