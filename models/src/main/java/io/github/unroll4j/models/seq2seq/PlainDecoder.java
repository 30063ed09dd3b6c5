// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.Memory;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cells.ContextGruCell;
import io.github.unroll4j.models.internal.OneThread;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A decoder without attention: all that it knows of the source is its initial state (Sutskever, Vinyals and Le, 2014),
 * or that and a summary c of the source at every step (Cho et al., 2014).
 *
 * <pre>
 * (1)  h_t = layers(E y_{t-1}, h_{t-1})            or layers([E y_{t-1} ; c], h_{t-1})
 * (2)  features = h_t                             or, with c, the maxout readout of h_t, E y_{t-1}, c
 * </pre>
 *
 * <p>No input waits for a step before it, so that all steps run hoisted. With c the state is that of the layers and
 * {@code summary.c} [B,C], which stays what it is. Layers of a cell that holds c in its state, {@link ContextGruCell},
 * take E y_{t-1} alone, and c is what the bridge has put there.
 */
final class PlainDecoder implements Decoder {
    private final Recurrent layers;
    private final int E;
    private final int C;
    /** The part of the layers' state that holds c; null where c is a part of the input, or there is none. */
    private final @Nullable String held;

    private final @Nullable MaxoutReadout readout;
    private final Slab x;
    private final Slab context;
    private final Slab dY;
    private @Nullable Run run;
    private @Nullable Tensor c;
    private final OneThread user = new OneThread(() -> "PlainDecoder");

    /**
     * Declares the decoder's own weights.
     *
     * @param layers the recurrent layers, taking rows of E+C, or of E where they hold the summary themselves; closed
     *     with this decoder
     * @param summary size C of the summary that every step sees, 0 for none; of one that the layers hold any other
     * @param maxout size l of the maxout readout, which reads the summary; 0 for features that are the state
     * @param p where to declare
     */
    PlainDecoder(Recurrent layers, int summary, int maxout, Parameters.Builder p) {
        this.layers = layers;
        held = summary == 0 ? null : held(layers).orElse(null);
        E = held == null ? layers.inputSize() - summary : layers.inputSize();
        C = held == null ? summary : Objects.requireNonNull(layers.stateSizes().get(held));
        readout = maxout == 0 ? null : new MaxoutReadout(new MaxoutReadout.Sizes(layers.outputSize(), E, C, maxout), p);
        x = new Slab(E + C);
        context = new Slab(C);
        dY = new Slab(E);
    }

    /** The part of a state that holds a summary: that of the top layer, where its cell has one. */
    static Optional<String> held(Recurrent layers) {
        List<Recurrent.CellState> cells = layers.cells();
        return Optional.ofNullable(cells.get(cells.size() - 1).names().get(ContextGruCell.CONTEXT))
                .map(names -> names.get(0));
    }

    @Override
    public int featureSize() {
        return readout == null ? layers.outputSize() : readout.size();
    }

    @Override
    public State start(State layersStart, Tensor summary) {
        if (C == 0 || held != null) {
            return layersStart;
        }
        return State.join(
                List.of("layers", "summary"), List.of(layersStart, new State(List.of("c"), List.of(summary))));
    }

    @Override
    public void read(Memory memory, int steps) {
        // nothing of the source but what the state holds
    }

    @Override
    public void select(int... rows) {
        // all that a row reads is in its state
    }

    @Override
    public Slab forward(Slab Y, State s0, int position, Pass pass) {
        user.enter("forward");
        try {
            if (C == 0) {
                run = layers.forward(Y, s0, pass.scope("decoder")); // (1)
                return run.H(); // (2)
            }
            c = s0.part(held == null ? "summary.c" : held);
            join(Y, c);
            run = held == null
                    ? layers.forward(x, s0.scope("layers"), pass.scope("decoder")) // (1)
                    : layers.forward(Y, s0, pass.scope("decoder")); // (1)
            return readout == null ? run.H() : readout.forward(run.H(), Y, context); // (2)
        } finally {
            user.exit();
        }
    }

    /** c at every step into a slab of its own; where the state does not hold it the inputs [E y_{t-1} ; c] into x. */
    private void join(Slab Y, Tensor summary) {
        Dtype dtype = summary.dtype();
        int B = Y.batch();
        int rows = Y.steps() * B;
        Vec contexts = context.resize(dtype, Y.steps(), B).write();
        for (int row = 0; row < rows; row++) {
            contexts.copy(row * C, summary.data(), row % B * C, C);
        }
        if (held == null) {
            Vec tokens = Y.read();
            Vec joined = x.resize(dtype, Y.steps(), B).write();
            for (int row = 0; row < rows; row++) {
                joined.copy(row * (E + C), tokens, row * E, E);
                joined.copy(row * (E + C) + E, contexts, row * C, C);
            }
        }
    }

    private Run run() {
        if (run == null) {
            throw new IllegalStateException("PlainDecoder: used before forward.");
        }
        return run;
    }

    @Override
    public State last() {
        State s = run().last();
        return c == null ? s : start(s, c);
    }

    @Override
    public Optional<Vec> alpha(int t) {
        return Optional.empty();
    }

    @Override
    public Grad backward(Sequence dFeatures) {
        user.enter("backward");
        try {
            State zero = layers.zeroState(run().H().batch());
            Tensor summary = c;
            if (summary == null) {
                Run.Grad grad = layers.backward(run(), dFeatures, zero); // (2'), (1')
                return new Grad(grad.dX(), grad.dS0(), Optional.empty());
            }
            MaxoutReadout.Grad d = readout == null ? null : readout.backward(dFeatures); // (2')
            Run.Grad grad = layers.backward(run(), d == null ? dFeatures : d.ds(), zero); // (1')
            // each is the sum of two shares: dE y_{t-1} and, over all t, dc = Σ_t, from the input or the state (1') and
            // from the readout (2'), which there may not be
            Tensor dc = held == null
                    ? Tensor.zeros(summary.dtype(), summary.shape())
                    : grad.dS0().part(held);
            if (held == null) {
                addSteps(dc, grad.dX(), E);
            }
            if (d != null) {
                addSteps(dc, d.dc(), 0);
            }
            return new Grad(dTokens(grad.dX(), d), grad.dS0(), held == null ? Optional.of(dc) : Optional.empty());
        } finally {
            user.exit();
        }
    }

    /** Adds to dc its share of each step, C columns of the rows of a slab from {@code at} on. */
    private void addSteps(Tensor dc, Slab rows, int at) {
        Vec all = rows.read();
        int B = rows.batch();
        for (int row = 0; row < rows.steps() * B; row++) {
            dc.data().add(row % B * C, all, row * rows.width() + at, C);
        }
    }

    /** The first E columns of the input's gradient, added to what the readout gave where there is one. */
    private Slab dTokens(Slab ofInput, MaxoutReadout.@Nullable Grad d) {
        if (d == null && held != null) {
            return ofInput;
        }
        int width = held == null ? E + C : E;
        Vec all = ofInput.read();
        Slab result = d == null ? dY.resize(ofInput.dtype(), ofInput.steps(), ofInput.batch()) : d.dy();
        Vec dTokens = d == null ? result.write() : result.change();
        for (int row = 0; row < ofInput.steps() * ofInput.batch(); row++) {
            if (d == null) {
                dTokens.copy(row * E, all, row * width, E);
            } else {
                dTokens.add(row * E, all, row * width, E);
            }
        }
        return result;
    }

    @Override
    public void close() {
        user.enter("close");
        try {
            layers.close();
            if (readout != null) {
                readout.close();
            }
            x.close();
            context.close();
            dY.close();
            run = null;
        } finally {
            user.exit();
        }
    }
}
