// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.Attention;
import io.github.unroll4j.models.attention.Memory;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.internal.OneThread;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.sequence.Stepwise;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The decoder of Bahdanau, Cho and Bengio (2015): attention before the recurrent step, whose gates all see the context.
 *
 * <pre>
 * (1)  c_i = attention(s_{i-1})                        over the annotations
 * (2)  s_i = layers([E y_{i-1} ; c_i], s_{i-1})
 * (3)  features = maxout readout of s_{i-1}, E y_{i-1}, c_i, all steps at once; or s_i itself,
 *      as in the notebook
 * </pre>
 *
 * <p>E y [B,E]; s [B,H] the output of the layers, and before the first step the h of the top layer's initial state; c
 * [B,M]. The state is that of the layers, and {@code attention.s}, which is s: a layer such as {@code Residual} gives
 * another output than the h of its state. The gradient of s_{i-1} comes from the readout of step i, or without a
 * readout from the features of step i-1, from the attention of step i, and through the layers.
 */
final class BahdanauDecoder implements Decoder {
    private final Stepwise layers;
    private final Attention attention;
    private final @Nullable MaxoutReadout readout;
    private final int H;
    private final int M;
    private final DecoderInput input;
    private final Slab states;
    private final Slab contexts;
    private @Nullable Work work;
    private final OneThread user = new OneThread(() -> "BahdanauDecoder");

    /**
     * Declares the decoder's own weights.
     *
     * @param layers the recurrent layers, taking rows of E+M; closed with this decoder
     * @param attention reads states of H and annotations of M; closed with this decoder
     * @param annotation size M of an annotation
     * @param maxout size l of the maxout readout, 0 for features that are the state
     * @param p where to declare
     */
    BahdanauDecoder(Stepwise layers, Attention attention, int annotation, int maxout, Parameters.Builder p) {
        this.layers = layers;
        this.attention = attention;
        H = layers.outputSize();
        M = annotation;
        attention.requireSizes("BahdanauDecoder", H, M);
        int E = layers.inputSize() - M;
        readout = maxout == 0 ? null : new MaxoutReadout(new MaxoutReadout.Sizes(H, E, M, maxout), p);
        input = new DecoderInput(layers, E, M);
        states = new Slab(H);
        contexts = new Slab(M);
    }

    @Override
    public int featureSize() {
        return readout == null ? H : readout.size();
    }

    @Override
    public State start(State layersStart, Tensor summary) {
        State s = new State(List.of("s"), List.of(top(layersStart)));
        return State.join(List.of("layers", "attention"), List.of(layersStart, s));
    }

    @Override
    public void read(Memory memory, int steps) {
        user.enter("read");
        try {
            attention.read(memory, steps);
        } finally {
            user.exit();
        }
    }

    @Override
    public void select(int... rows) {
        user.enter("select");
        try {
            attention.select(rows);
        } finally {
            user.exit();
        }
    }

    @Override
    public Slab forward(Slab Y, State s0, int position, Pass pass) {
        user.enter("forward");
        try {
            Dtype dtype = Y.dtype();
            int B = Y.batch();
            int T = pass.lengths().longest();
            Work w = begin(dtype, B);
            w.steps = T;
            states.resize(dtype, Y.steps(), B).clear();
            if (readout != null) {
                contexts.resize(dtype, Y.steps(), B).clear();
            }
            input.begin(Y, s0.scope("layers"), pass.scope("decoder"));
            w.s.copy(0, s0.part("attention.s").data(), 0, B * H);
            for (int i = 0; i < T; i++) {
                Vec c = attention.forward(i, position + i, w.s); // (1)
                if (readout != null) {
                    contexts.put(i, c);
                    states.put(i, w.s);
                }
                w.s.copy(0, input.step(i, c), 0, B * H); // (2)
                if (readout == null) {
                    states.put(i, w.s);
                }
            }
            return readout == null ? states : readout.forward(states, Y, contexts); // (3)
        } finally {
            user.exit();
        }
    }

    /** The h of the top layer. */
    private Tensor top(State s) {
        List<Recurrent.CellState> cells = layers.cells();
        return s.part(cells.get(cells.size() - 1).h().get(0));
    }

    @Override
    public State last() {
        Work w = work();
        State s = State.zeros(List.of("s"), w.s.dtype(), w.batch, H);
        s.h().data().copy(0, w.s, 0, w.s.length());
        return State.join(List.of("layers", "attention"), List.of(layers.state(w.steps), s));
    }

    @Override
    public Optional<Vec> alpha(int t) {
        return Optional.of(attention.alpha(t));
    }

    @Override
    public Grad backward(Sequence dFeatures) {
        user.enter("backward");
        try {
            Work w = work();
            int B = w.batch;
            // (3') all steps at once, of s_{i-1}, E y_{i-1} and c_i
            MaxoutReadout.Grad d = readout == null ? null : readout.backward(dFeatures);
            Slab dStates = d != null
                    ? d.ds()
                    : states.requireGradient("BahdanauDecoder.backward", "dFeatures", "F", dFeatures);
            w.ds.clear();
            layers.beginBack(layers.zeroState(B));
            for (int i = w.steps - 1; i >= 0; i--) {
                if (d == null) {
                    dStates.addTo(i, w.ds, w.scratchS); // (3') s_i is the features
                }
                // (2') dc_i; the share of s_{i-1} through the cell stays in the layers
                w.dc.copy(0, input.stepBack(i, w.ds), 0, B * M);
                w.ds.clear();
                if (d != null) {
                    d.dc().addTo(i, w.dc, w.scratchC); // (3')
                    dStates.addTo(i, w.ds, w.scratchS); // (3') of s_{i-1}
                }
                attention.backward(i, w.dc, w.ds); // (1')
            }
            attention.end();
            State dS0 = layers.endBack();
            top(dS0).data().add(0, w.ds, 0, B * H); // s before the first step is that h
            Slab dY = input.gradient(); // (2')
            if (d != null) {
                dY.addTo(d.dy().change()); // (3')
                dY = d.dy();
            }
            return new Grad(dY, dS0, Optional.empty());
        } finally {
            user.exit();
        }
    }

    private Work begin(Dtype dtype, int B) {
        Work w = work;
        if (w == null || w.batch != B) {
            w = new Work(dtype, B);
            work = w;
        }
        return w;
    }

    private Work work() {
        if (work == null) {
            throw new IllegalStateException("BahdanauDecoder: used before forward.");
        }
        return work;
    }

    @Override
    public void close() {
        user.enter("close");
        try {
            layers.close();
            attention.close();
            if (readout != null) {
                readout.close();
            }
            input.close();
            states.close();
            contexts.close();
            work = null;
        } finally {
            user.exit();
        }
    }

    /** Rows of one step. */
    private final class Work {
        final int batch;
        final Vec s;
        final Vec ds;
        final Vec dc;
        final Vec scratchS;
        final Vec scratchC;
        int steps;

        Work(Dtype dtype, int B) {
            batch = B;
            s = Vec.zeros(dtype, B * H);
            ds = Vec.zeros(dtype, B * H);
            dc = Vec.zeros(dtype, B * M);
            scratchS = Vec.zeros(dtype, B * H);
            scratchC = Vec.zeros(dtype, B * M);
        }
    }
}
