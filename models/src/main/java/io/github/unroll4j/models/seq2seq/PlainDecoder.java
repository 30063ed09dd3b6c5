// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.Memory;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.RunGrad;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A decoder without attention: all that it knows of the source is its initial state (Sutskever, Vinyals and Le, 2014), or that and
 * a summary c of the source at every step (Cho et al., 2014).
 *
 * <pre>
 * (1)  h_t = layers(E y_{t-1}, h_{t-1})            or layers([E y_{t-1} ; c], h_{t-1})
 * (2)  features = h_t                             or, with c, the maxout readout of h_t, E y_{t-1}, c
 * </pre>
 *
 * <p>No input waits for a step before it, so that all steps run hoisted. With c the state is that of the layers and {@code
 * summary.c} [B,C], which stays what it is.
 */
public final class PlainDecoder implements Decoder {
    private final Recurrent layers;
    private final Options options;
    private final @Nullable MaxoutReadout readout;
    private final HeapSlab y;
    private final HeapSlab x;
    private final HeapSlab context;
    private final HeapSlab dx;
    private final HeapSlab dY;
    private @Nullable Run run;
    private @Nullable Tensor c;

    /**
     * Sizes.
     *
     * @param embedding size E of an embedded token
     * @param summary size C of the summary that every step sees, 0 for none
     * @param maxout size l of the maxout readout, 0 for features that are the state; needs a summary
     */
    public record Options(int embedding, int summary, int maxout) {
        /** Checks that a readout has a summary to read. */
        public Options {
            if (maxout > 0 && summary == 0) {
                throw new IllegalArgumentException("PlainDecoder: a maxout readout of " + maxout
                        + " was asked for without a summary at every step, which it reads.");
            }
        }
    }

    /**
     * Declares the decoder's own weights.
     *
     * @param layers the recurrent layers, taking rows of E+C; closed with this decoder
     * @param options sizes
     * @param p where to declare
     */
    public PlainDecoder(Recurrent layers, Options options, Parameters.Builder p) {
        this.layers = layers;
        this.options = options;
        int E = options.embedding();
        int C = options.summary();
        if (layers.inputSize() != E + C) {
            throw new IllegalArgumentException("PlainDecoder: the layers take rows of " + layers.inputSize()
                    + ", expected E+C = " + E + "+" + C + ".");
        }
        readout = options.maxout() == 0
                ? null
                : new MaxoutReadout(new MaxoutReadout.Sizes(layers.outputSize(), E, C, options.maxout()), p);
        y = new HeapSlab(E);
        x = new HeapSlab(E + C);
        context = new HeapSlab(C);
        dx = new HeapSlab(E + C);
        dY = new HeapSlab(E);
    }

    @Override
    public int featureSize() {
        return readout == null ? layers.outputSize() : readout.size();
    }

    @Override
    public State start(State layersStart, Tensor summary) {
        if (options.summary() == 0) {
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
    public Slab forward(Slab Y, State s0, int position, Pass pass) {
        if (options.summary() == 0) {
            run = layers.forward(Y, s0, pass.scope("decoder")); // (1)
            return run.H(); // (2)
        }
        c = s0.part("summary.c");
        Slab C = join(Y, c);
        run = layers.forward(x.push(), s0.scope("layers"), pass.scope("decoder")); // (1)
        return readout == null ? run.H() : readout.forward(run.H(), Y, C); // (2)
    }

    /** The inputs [E y_{t-1} ; c] into x, and c at every step as a slab of its own. */
    private Slab join(Slab Y, Tensor summary) {
        Dtype dtype = summary.dtype();
        int B = Y.batch();
        int C = options.summary();
        int E = options.embedding();
        context.room(dtype, Y.steps(), B);
        x.room(dtype, Y.steps(), B);
        Vec tokens = y.pull(dtype, Y).heap();
        for (int row = 0; row < Y.steps() * B; row++) {
            context.heap().copy(row * C, summary.data(), row % B * C, C);
            x.heap().copy(row * (E + C), tokens, row * E, E);
            x.heap().copy(row * (E + C) + E, summary.data(), row % B * C, C);
        }
        return context.push();
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
        State zero = layers.zeroState(run().H().batch());
        Tensor summary = c;
        if (summary == null) {
            RunGrad grad = layers.backward(run(), dFeatures, zero); // (2'), (1')
            return new Grad(grad.dX(), grad.dS0(), Optional.empty());
        }
        MaxoutReadout.Grad d = readout == null ? null : readout.backward(dFeatures); // (2')
        RunGrad grad = layers.backward(run(), d == null ? dFeatures : d.ds(), zero); // (1')
        Dtype dtype = summary.dtype();
        int E = options.embedding();
        int C = options.summary();
        Tensor dc = Tensor.zeros(dtype, summary.shape());
        Vec all = dx.pull(dtype, grad.dX()).heap();
        // each is the sum of two shares: dE y_{t-1} and, over all t, dc = Σ_t, from the input (1') and from the readout
        // (2'), which there may not be
        Vec dToken = (d == null ? dY.room(dtype, dFeatures.steps(), dFeatures.batch()) : dY.pull(dtype, d.dy())).heap();
        for (int row = 0; row < dFeatures.steps() * dFeatures.batch(); row++) {
            if (d == null) {
                dToken.copy(row * E, all, row * (E + C), E);
            } else {
                dToken.add(row * E, all, row * (E + C), E);
            }
            dc.data().add(row % dFeatures.batch() * C, all, row * (E + C) + E, C);
        }
        if (d != null) {
            addSteps(d.dc(), dc);
        }
        return new Grad(dY.push(), grad.dS0(), Optional.of(dc));
    }

    /** Adds the rows of all steps. The slab of contexts serves again, now that the readout has gone back over them. */
    private void addSteps(Slab dContext, Tensor dc) {
        int C = options.summary();
        Vec all = context.pull(dc.dtype(), dContext).heap();
        for (int row = 0; row < dContext.steps() * dContext.batch(); row++) {
            dc.data().add(row % dContext.batch() * C, all, row * C, C);
        }
    }

    @Override
    public void close() {
        layers.close();
        if (readout != null) {
            readout.close();
        }
        y.close();
        x.close();
        context.close();
        dx.close();
        dY.close();
        run = null;
    }
}
