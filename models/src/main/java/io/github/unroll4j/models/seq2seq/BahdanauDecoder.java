// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.Attention;
import io.github.unroll4j.models.attention.Memory;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.sequence.Stepwise;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The decoder of Bahdanau, Cho and Bengio (2015): attention before the recurrent step, whose gates all see the context.
 *
 * <pre>
 * (1)  c_i = attention(s_{i-1})                        over the annotations
 * (2)  s_i = layers([E y_{i-1} ; c_i], s_{i-1})
 * (3)  features = maxout readout of s_{i-1}, E y_{i-1}, c_i, as in the paper, all steps at once; or s_i itself, as in the notebook
 * </pre>
 *
 * <p>E y [B,E]; s [B,H] the output of the layers, and before the first step the h of the top layer; c [B,M]. The gradient of s_{i-1}
 * comes from the readout of step i, or without a readout from the features of step i-1, from the attention of step i, and through the
 * layers.
 */
public final class BahdanauDecoder implements Decoder {
    private final Stepwise layers;
    private final Attention attention;
    private final @Nullable MaxoutReadout readout;
    private final int E;
    private final int H;
    private final int M;
    private final HeapSlab y;
    private final HeapSlab states;
    private final HeapSlab contexts;
    private @Nullable Work work;

    /**
     * Declares the decoder's own weights.
     *
     * @param layers the recurrent layers, taking rows of E+M; closed with this decoder
     * @param attention reads states of H and annotations of M; closed with this decoder
     * @param options sizes
     * @param p where to declare
     */
    public BahdanauDecoder(Stepwise layers, Attention attention, Options options, Parameters.Builder p) {
        this.layers = layers;
        this.attention = attention;
        E = options.embedding();
        H = layers.outputSize();
        M = options.annotation();
        attention.requireSizes("BahdanauDecoder", H, M);
        if (layers.inputSize() != E + M) {
            throw new IllegalArgumentException("BahdanauDecoder: the layers take rows of " + layers.inputSize()
                    + ", expected E+M = " + E + "+" + M + ".");
        }
        readout =
                options.maxout() == 0 ? null : new MaxoutReadout(new MaxoutReadout.Sizes(H, E, M, options.maxout()), p);
        y = new HeapSlab(E);
        states = new HeapSlab(H);
        contexts = new HeapSlab(M);
    }

    /**
     * Sizes.
     *
     * @param embedding size E of an embedded token
     * @param annotation size M of an annotation
     * @param maxout size l of the maxout readout, 0 for features that are the state
     */
    public record Options(int embedding, int annotation, int maxout) {}

    @Override
    public int featureSize() {
        return readout == null ? H : readout.size();
    }

    @Override
    public State start(State layersStart, Tensor summary) {
        return layersStart;
    }

    @Override
    public void read(Memory memory, int steps) {
        attention.read(memory, steps);
    }

    @Override
    public Slab forward(Slab Y, State s0, int number, Pass pass) {
        Dtype dtype = Y.rows().dtype();
        int B = Y.batch();
        int T = pass.lengths().longest();
        Work w = begin(dtype, B);
        w.steps = T;
        y.pull(dtype, Y);
        states.begin(dtype, Y.steps(), B);
        contexts.begin(dtype, Y.steps(), B);
        layers.begin(s0, pass.scope("decoder"));
        w.s.copy(0, top(s0).data(), 0, B * H);
        for (int i = 0; i < T; i++) {
            Vec c = attention.forward(i, number + i, w.s); // (1)
            y.get(i, w.y);
            Columns.put(w.x, E + M, 0, w.y, E);
            Columns.put(w.x, E + M, E, c, M);
            contexts.put(i, c);
            if (readout != null) {
                states.put(i, w.s);
            }
            w.s.copy(0, layers.step(i, w.x), 0, B * H); // (2)
            if (readout == null) {
                states.put(i, w.s);
            }
        }
        return readout == null ? states.push() : readout.forward(states.push(), y.push(), contexts.push()); // (3)
    }

    /** The h of the top layer: the first part of the last layer's state. */
    private static Tensor top(State s) {
        int last = s.names().size() - 1;
        String name = s.names().get(last);
        int dot = name.lastIndexOf('.');
        return dot < 0 ? s.h() : s.scope(name.substring(0, dot)).h();
    }

    @Override
    public State last() {
        return layers.state(work().steps);
    }

    @Override
    public Optional<Vec> alpha(int t) {
        return Optional.of(attention.alpha(t));
    }

    @Override
    public Grad backward(Sequence dFeatures) {
        Work w = work();
        Dtype dtype = w.s.dtype();
        int B = w.batch;
        takeFeatureGradients(dtype, dFeatures, w);
        w.ds.clear();
        layers.beginBack(layers.zeroState(B));
        for (int i = w.steps - 1; i >= 0; i--) {
            if (readout == null) {
                w.dStates.addTo(i, w.ds); // (3')
            }
            Vec dx = layers.stepBack(i, w.ds); // (2')
            w.dY.get(i, w.y);
            Columns.add(w.y, E, dx, E + M, 0);
            w.dY.put(i, w.y);
            w.dContexts.get(i, w.dc);
            Columns.add(w.dc, M, dx, E + M, E);
            w.ds.clear();
            attention.backward(i, w.dc, w.ds); // (1')
            if (readout != null) {
                w.dStates.addTo(i, w.ds); // (3')
            }
        }
        attention.end();
        State dS0 = layers.endBack();
        top(dS0).data().add(0, w.ds, 0, B * H);
        return new Grad(w.dY.push(), dS0, Optional.empty());
    }

    // (3') all steps at once: through the readout of s_{i-1}, E y_{i-1} and c_i; without one, of s_i alone
    private void takeFeatureGradients(Dtype dtype, Sequence dFeatures, Work w) {
        int T = dFeatures.steps();
        if (readout == null) {
            w.dStates.pull(dtype, dFeatures);
            w.dY.begin(dtype, T, w.batch);
            w.dContexts.begin(dtype, T, w.batch);
            return;
        }
        Slab[] d = readout.backward(dFeatures);
        w.dStates.pull(dtype, d[0]);
        w.dY.pull(dtype, d[1]);
        w.dContexts.pull(dtype, d[2]);
    }

    private Work begin(Dtype dtype, int B) {
        Work w = work;
        if (w == null || w.batch != B) {
            if (w != null) {
                w.close();
            }
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
        layers.close();
        attention.close();
        if (readout != null) {
            readout.close();
        }
        y.close();
        states.close();
        contexts.close();
        if (work != null) {
            work.close();
            work = null;
        }
    }

    /** Rows of one step, and the gradients of all. */
    private final class Work implements AutoCloseable {
        final int batch;
        final Vec y;
        final Vec x;
        final Vec s;
        final Vec ds;
        final Vec dc;
        final HeapSlab dStates = new HeapSlab(H);
        final HeapSlab dY = new HeapSlab(E);
        final HeapSlab dContexts = new HeapSlab(M);
        int steps;

        Work(Dtype dtype, int B) {
            batch = B;
            y = Vec.zeros(dtype, B * E);
            x = Vec.zeros(dtype, B * (E + M));
            s = Vec.zeros(dtype, B * H);
            ds = Vec.zeros(dtype, B * H);
            dc = Vec.zeros(dtype, B * M);
        }

        @Override
        public void close() {
            dStates.close();
            dY.close();
            dContexts.close();
        }
    }
}
