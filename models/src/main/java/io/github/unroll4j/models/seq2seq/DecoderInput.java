// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.sequence.Stepwise;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A decoder's recurrent layers over inputs [E y_{t-1} ; x_t]: embedded tokens, known for all steps in training, beside
 * what waits for the step before, a context or an attentional vector.
 *
 * <p>Layers that have {@link Stepwise#knownColumns} multiply the tokens once for all steps; for others the two are put
 * side by side at each step, to the same result up to rounding.
 */
final class DecoderInput implements AutoCloseable {
    private final Stepwise layers;
    private final Stepwise.@Nullable KnownColumns known;
    private final int E;
    private final int X;
    private final Slab dY;
    private @Nullable Slab Y;
    private Vec y_t = Vec.zeros(Dtype.DOUBLE, 0);
    private Vec joined = y_t;
    private Vec dx_t = y_t;

    /**
     * The input of some layers.
     *
     * @param layers take rows of E+X; closed by their owner
     * @param E size of an embedded token
     * @param X size of what waits, 0 for nothing
     */
    DecoderInput(Stepwise layers, int E, int X) {
        this.layers = layers;
        this.E = E;
        this.X = X;
        known = layers.knownColumns().orElse(null);
        dY = new Slab(E);
    }

    /** Begins a pass over embedded tokens Y [T,B,E], borrowed until the last step. */
    void begin(Slab Y, State s0, Pass pass) {
        if (known != null) {
            known.begin(Y, s0, pass);
            return;
        }
        layers.begin(s0, pass);
        this.Y = Y;
        Dtype dtype = Y.dtype();
        int B = Y.batch();
        dY.resize(dtype, Y.steps(), B).clear();
        if (joined.length() != B * (E + X) || joined.dtype() != dtype) {
            y_t = Vec.zeros(dtype, B * E);
            joined = Vec.zeros(dtype, B * (E + X));
            dx_t = Vec.zeros(dtype, B * X);
        }
    }

    /**
     * One step of the layers.
     *
     * @param x_t (Input) [B,X], empty for X = 0
     */
    Vec step(int t, Vec x_t) {
        if (known != null) {
            return layers.step(t, x_t);
        }
        Objects.requireNonNull(Y).get(t, y_t);
        Columns.put(joined, E + X, 0, y_t, E);
        if (X > 0) {
            Columns.put(joined, E + X, E, x_t, X);
        }
        return layers.step(t, joined);
    }

    /** One step back: the gradient of x_t, [B,X], borrowed until the next. */
    Vec stepBack(int t, Vec dh_t) {
        Vec d = layers.stepBack(t, dh_t);
        if (known != null) {
            return d;
        }
        Columns.get(y_t, E, d, E + X, 0);
        dY.put(t, y_t);
        if (X > 0) {
            Columns.get(dx_t, X, d, E + X, E);
        }
        return dx_t;
    }

    /**
     * The gradient of the embedded tokens once the layers' way back has ended, [T,B,E], borrowed until the next pass.
     */
    Slab gradient() {
        return known != null ? known.gradient() : dY;
    }

    @Override
    public void close() {
        dY.close();
    }
}
