// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.attention.AdditiveScore;
import io.github.unroll4j.models.attention.Attention;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.layer.Embedding;
import io.github.unroll4j.models.sequence.Bidirectional;
import io.github.unroll4j.models.sequence.Dropout;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RowDropout;
import io.github.unroll4j.models.sequence.Stack;
import io.github.unroll4j.models.sequence.Stepwise;
import java.util.ArrayList;
import java.util.List;

/** Puts the parts of a model together as its configuration says; the order of declaration is the order in the file. */
final class Assembly {
    final Embedding targetTable;
    final Encoder encoder;
    final Bridge bridge;
    final Decoder decoder;
    final RowDropout targetDropout;
    final RowDropout featureDropout;

    private final Seq2SeqConfig config;

    Assembly(Seq2SeqConfig config, int sourceSize, int targetSize, Seq2SeqParts parts, Parameters.Builder p) {
        this.config = config;
        parts.require(config);
        boolean shared = config.options().sharedEmbedding();
        String name = shared ? "embedding" : "source";
        Embedding sourceTable = new Embedding(name, sourceSize, config.encoder().embedding(), 0, p);
        Recurrent layers = encoderLayers(runner(parts.encoder()), p.scope("encoder"));
        double rate = config.options().dropout();
        encoder = new Encoder(sourceTable, layers, config.options().reversed(), rate);
        targetTable = shared
                ? new Embedding(sourceTable.W(), 0)
                : new Embedding("target", targetSize, config.decoder().embedding(), 0, p);
        Stack stack = decoderLayers(runner(parts.decoder()), p.scope("decoder"));
        bridge = new Bridge(config.bridge(), layers, stack, p);
        decoder = decoder(stack, parts.score(), p.scope("decoder"));
        targetDropout = dropout(rate, config.decoder().embedding());
        featureDropout = dropout(rate, decoder.featureSize());
    }

    private static RowDropout dropout(double rate, int width) {
        return new RowDropout("Seq2Seq", rate, Dropout.Mask.PER_STEP, width);
    }

    private LayerFactory runner(LayerFactory layers) {
        return config.options().plain() ? layers.plain() : layers;
    }

    private Recurrent encoderLayers(LayerFactory factory, Parameters.Builder p) {
        Seq2SeqConfig.Side side = config.encoder();
        List<Recurrent> layers = new ArrayList<>();
        for (int i = 0; i < side.layers(); i++) {
            int in = i == 0 ? side.embedding() : layers.get(i - 1).outputSize();
            Parameters.Builder scope = p.scope("l" + i);
            Recurrent layer = config.options().bidirectional()
                    ? new Bidirectional(
                            factory.create(in, side.hidden(), scope.scope("fwd")),
                            factory.create(in, side.hidden(), scope.scope("bwd")),
                            Bidirectional.Merge.CONCAT)
                    : factory.create(in, side.hidden(), scope);
            layers.add(between(i, layer));
        }
        return new Stack(layers);
    }

    private Stack decoderLayers(LayerFactory factory, Parameters.Builder p) {
        Seq2SeqConfig.Side side = config.decoder();
        List<Recurrent> layers = new ArrayList<>();
        for (int i = 0; i < side.layers(); i++) {
            int in = i == 0 ? inputSize(factory) : layers.get(i - 1).outputSize();
            Recurrent layer = factory.create(in, side.hidden(), p.scope("l" + i));
            layers.add(between(i, layer));
        }
        Stack stack = new Stack(layers);
        Stepwise.obstacle(stack).ifPresent(Assembly::refuse);
        return stack;
    }

    private static void refuse(Recurrent layer) {
        throw new IllegalArgumentException("Seq2Seq: the decoder has " + layer.name()
                + ", which needs the whole sequence, expected layers that run step by step, because a target is written token"
                + " by token; likely cause: a layer that reads both ways, whose place is the encoder.");
    }

    /** The first layer's input, the embedded token, has its dropout where both sides have it, outside. */
    private Recurrent between(int i, Recurrent layer) {
        double rate = config.options().dropout();
        return i > 0 && rate > 0 ? Dropout.before(layer, rate, Dropout.Mask.PER_STEP) : layer;
    }

    private int inputSize(LayerFactory factory) {
        int E = config.decoder().embedding();
        int M = encoder.width();
        if (config.attending() instanceof AttentionKind.Bahdanau) {
            return E + M;
        }
        if (config.attending() instanceof AttentionKind.Luong luong) {
            return E
                    + (luong.inputFeeding()
                            ? factory.outputSize(config.decoder().hidden())
                            : 0);
        }
        return E + (((AttentionKind.None) config.attending()).summary() && !holdsSummary(factory) ? M : 0);
    }

    /** Whether the decoder's cell takes the summary into its state and not with its input. */
    private boolean holdsSummary(LayerFactory factory) {
        try (Recurrent layer = factory.create(1, config.decoder().hidden(), Parameters.builder())) {
            boolean holds = PlainDecoder.held(layer).isPresent();
            if (holds && config.bridge().kind() == Bridge.Kind.ZEROS) {
                throw new IllegalArgumentException("Seq2Seq: the decoder has " + layer.name()
                        + ", whose summary of the source is a part of its first state, and the bridge ZEROS, so that it"
                        + " would learn nothing of the source; expected another bridge.");
            }
            return holds;
        }
    }

    private Decoder decoder(Stack layers, Score.Factory score, Parameters.Builder p) {
        int H = layers.outputSize();
        int M = encoder.width();
        if (config.attending() instanceof AttentionKind.Bahdanau b) {
            Attention attention = new Attention(new AdditiveScore(b.size()), Focus.global(), H, M, p);
            return new BahdanauDecoder(layers, attention, M, b.maxout(), p);
        }
        if (config.attending() instanceof AttentionKind.Luong l) {
            Attention attention = new Attention(score.create(H, M), l.focus(), H, M, p);
            return new LuongDecoder(layers, attention, M, l, p);
        }
        AttentionKind.None none = (AttentionKind.None) config.attending();
        return new PlainDecoder(layers, none.summary() ? M : 0, none.maxout(), p);
    }
}
