// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.Attention;
import io.github.unroll4j.models.attention.Memory;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.internal.OneThread;
import io.github.unroll4j.models.internal.StepMap;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.sequence.Stepwise;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The decoder of Luong, Pham and Manning (2015): attention after the recurrent step, and an attentional vector.
 *
 * <pre>
 * (1)  h_t = layers([E y_{t-1} ; h̃_{t-1}], h_{t-1})    with input feeding; layers(E y_{t-1}, h_{t-1}) without
 * (2)  c_t = attention(h_t)                            over the annotations
 * (3)  h̃_t = tanh([c_t ; h_t] W_c + b_c)               b_c only if asked for: the paper has none, the notebook has
 * </pre>
 *
 * <p>E y_{t-1} [B,E]; h_t [B,H]; c_t [B,M]; h̃_t [B,H], the features; W_c [M+H,H]. h̃ before the first step is zero.
 * The state is that of the layers, and {@code attention.h}, which is h̃. With input feeding the gradient of h̃_t comes
 * from the loss at t and, through the input of the layers, from everything after t.
 */
final class LuongDecoder implements Decoder {
    private final Stepwise layers;
    private final Attention attention;
    private final boolean feeding;
    private final StepMap map;
    private final @Nullable Parameter b_c;
    private final int H;
    private final int M;
    private final DecoderInput input;
    private final Slab features;
    private @Nullable Work work;
    private final OneThread user = new OneThread(() -> "LuongDecoder");

    /**
     * Declares the decoder's own weights.
     *
     * @param layers the recurrent layers, taking rows of E, or of E+H with input feeding; closed with this decoder
     * @param attention reads h_t and annotations of M; closed with this decoder
     * @param annotation size M of an annotation
     * @param kind says whether there is input feeding, and b_c
     * @param p where to declare
     */
    LuongDecoder(Stepwise layers, Attention attention, int annotation, AttentionKind.Luong kind, Parameters.Builder p) {
        this.layers = layers;
        this.attention = attention;
        H = layers.outputSize();
        M = annotation;
        attention.requireSizes("LuongDecoder", H, M);
        int fed = kind.inputFeeding() ? H : 0;
        map = new StepMap(p.add("W_c", "M+H,H", Init.glorotUniform(), M + H, H));
        b_c = kind.bias() ? p.add("b_c", "H", Init.zeros(), H) : null;
        input = new DecoderInput(layers, layers.inputSize() - fed, fed);
        feeding = kind.inputFeeding();
        features = new Slab(H);
    }

    @Override
    public int featureSize() {
        return H;
    }

    @Override
    public State start(State layersStart, Tensor summary) {
        State feed = State.zeros(List.of("h"), summary.dtype(), summary.size(0), H);
        return State.join(List.of("layers", "attention"), List.of(layersStart, feed));
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
            features.resize(dtype, Y.steps(), B).clear();
            map.begin(Math.max(1, T), B);
            input.begin(Y, s0.scope("layers"), pass.scope("decoder"));
            w.feed.copy(0, s0.part("attention.h").data(), 0, B * H);
            for (int t = 0; t < T; t++) {
                Vec h = input.step(t, w.fed); // (1)
                Vec c = attention.forward(t, position + t, h); // (2)
                Columns.put(w.ch, M + H, 0, c, M);
                Columns.put(w.ch, M + H, M, h, H);
                map.forward(t, w.ch, w.feed); // (3)
                squash(w.feed, B);
                features.put(t, w.feed);
            }
            return features;
        } finally {
            user.exit();
        }
    }

    private void squash(Vec z, int B) {
        if (b_c != null) {
            for (int b = 0; b < B; b++) {
                z.add(b * H, b_c.values(), b_c.offset(), H);
            }
        }
        z.tanh(z);
    }

    @Override
    public State last() {
        Work w = work();
        State feed = State.zeros(List.of("h"), w.feed.dtype(), w.batch, H);
        feed.h().data().copy(0, w.feed, 0, w.feed.length());
        return State.join(List.of("layers", "attention"), List.of(layers.state(w.steps), feed));
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
            Vec tanh = w.tanh;
            Slab d = features.requireGradient("LuongDecoder.backward", "dFeatures", "F", dFeatures);
            w.dFeed.clear();
            layers.beginBack(layers.zeroState(B));
            for (int t = w.steps - 1; t >= 0; t--) {
                d.addTo(t, w.dFeed, w.tanh);
                features.get(t, tanh);
                w.dFeed.tanhBackward(w.dFeed, tanh); // (3')
                if (b_c != null) {
                    for (int b = 0; b < B; b++) {
                        b_c.gradients().add(b_c.offset(), w.dFeed, b * H, H);
                    }
                }
                w.dch.clear();
                map.backwardAdd(t, w.dFeed, w.dch);
                Columns.get(w.dc, M, w.dch, M + H, 0);
                Columns.get(w.dh, H, w.dch, M + H, M);
                attention.backward(t, w.dc, w.dh); // (2')
                Vec dFed = input.stepBack(t, w.dh); // (1') dh̃_{t-1}; the share of h_{t-1} stays in the layers
                w.dFeed.clear();
                w.dFeed.copy(0, dFed, 0, dFed.length()); // none without input feeding
            }
            attention.end();
            map.end();
            State dS0 = layers.endBack();
            return new Grad(input.gradient(), dS0, Optional.empty());
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
            throw new IllegalStateException("LuongDecoder: used before forward.");
        }
        return work;
    }

    @Override
    public void close() {
        user.enter("close");
        try {
            layers.close();
            attention.close();
            map.close();
            input.close();
            features.close();
            work = null;
        } finally {
            user.exit();
        }
    }

    /** Rows of one step. */
    private final class Work {
        final int batch;
        final Vec ch;
        /** h̃, which (3) overwrites at each step. */
        final Vec feed;
        /** What of it the layers get: all, or nothing. */
        final Vec fed;

        final Vec tanh;
        final Vec dch;
        final Vec dc;
        final Vec dh;
        final Vec dFeed;
        int steps;

        Work(Dtype dtype, int B) {
            batch = B;
            ch = Vec.zeros(dtype, B * (M + H));
            feed = Vec.zeros(dtype, B * H);
            fed = feeding ? feed : Vec.zeros(dtype, 0);
            tanh = Vec.zeros(dtype, B * H);
            dch = Vec.zeros(dtype, B * (M + H));
            dc = Vec.zeros(dtype, B * M);
            dh = Vec.zeros(dtype, B * H);
            dFeed = Vec.zeros(dtype, B * H);
        }
    }
}
