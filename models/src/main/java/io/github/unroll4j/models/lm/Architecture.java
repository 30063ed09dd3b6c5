// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.layer.Embedded;
import io.github.unroll4j.models.layer.Embedding;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.sequence.Bidirectional;
import io.github.unroll4j.models.sequence.Dropout;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Residual;
import io.github.unroll4j.models.sequence.Stack;
import io.github.unroll4j.models.sequence.Stepwise;
import java.util.ArrayList;
import java.util.List;

/**
 * What a configuration is built as: ids, embedding, layers with dropout and residual connections around them, head.
 *
 * <p>Dropout is outside the layers and inside the residual connections: of the input of each layer that takes numbers,
 * and of the output of the top one, so that what a connection passes on is whole.
 *
 * @param layers takes ids
 * @param head gives logits
 * @param learning the gradients of a window
 * @param steps layers and head, one token at a time
 */
record Architecture(Recurrent layers, Linear head, Learning learning, Steps steps) implements AutoCloseable {
    private Architecture(Recurrent layers, Linear head) {
        this(layers, head, new Learning(layers, head), new Steps(layers, head));
    }

    /** Most numbers of a table of the input maps of all tokens: it stays in a cache, and is made in no time. */
    private static final int MOST_OF_TABLE = 1 << 21;

    /**
     * Declares the parameters {@code embedding.W}, those of layer i under {@code li}, {@code head.W} unless tied,
     * {@code head.b}.
     */
    static Architecture declare(
            LanguageModelConfig config, int vocabulary, LayerFactory factory, Parameters.Builder p) {
        return declare(config, vocabulary, layers(config, factory), p, false);
    }

    /**
     * Declares the same for calls that read, which have neither noise nor a way back: without dropout, and where the
     * tokens are few enough, with the input maps of all of them made beforehand in place of a look-up.
     */
    static Architecture forReading(
            LanguageModelConfig config, int vocabulary, LayerFactory factory, Parameters.Builder p) {
        Regularisation still = Regularisation.NONE.with(config.regularisation().recurrent());
        return declare(config.with(still), vocabulary, layers(config, factory), p, true);
    }

    private static LayerFactory layers(LanguageModelConfig config, LayerFactory factory) {
        RecurrentNoise recurrent = config.regularisation().recurrent();
        LayerFactory runner = config.plain() ? factory.plain() : factory;
        return recurrent.equals(RecurrentNoise.NONE) ? runner : runner.with(recurrent);
    }

    private static Architecture declare(
            LanguageModelConfig config, int vocabulary, LayerFactory factory, Parameters.Builder p, boolean reading) {
        if (config.embedding() == 0) {
            Recurrent layers = stack(config, vocabulary, factory, factory, p);
            config.requireEmbedding(layers.outputSize());
            return new Architecture(layers, new Linear("head", layers.outputSize(), vocabulary, p));
        }
        double rowDropout = config.regularisation().embeddingDropout();
        Embedding embedding = new Embedding("embedding", vocabulary, config.embedding(), rowDropout, p);
        LayerFactory table = reading ? overTable(factory, embedding.W(), config.hidden()) : factory;
        Recurrent stack = stack(config, config.embedding(), table, factory, p);
        Recurrent layers = table == factory ? new Embedded(embedding, stack) : stack;
        config.requireEmbedding(layers.outputSize());
        return new Architecture(
                layers,
                config.tied()
                        ? new Linear("head", embedding.W(), p)
                        : new Linear("head", layers.outputSize(), vocabulary, p));
    }

    /** Layers over a table of vectors, or the same ones where they cannot be, or the table would be too large. */
    private static LayerFactory overTable(LayerFactory factory, Parameter vectors, int hidden) {
        if (!(factory instanceof CellLayers cells) || cells.inPlainLoop()) {
            return factory;
        }
        int blocks = cells.cell().apply(hidden).layout().blocks().size();
        if ((long) vectors.size(0) * blocks * hidden > MOST_OF_TABLE) {
            return factory;
        }
        return (D, H, p) -> new HoistedLayer(cells.cell().apply(H), vectors, cells.noise(), p);
    }

    private static Recurrent stack(
            LanguageModelConfig config, int inputSize, LayerFactory bottom, LayerFactory others, Parameters.Builder p) {
        List<Recurrent> layers = new ArrayList<>();
        int size = inputSize;
        for (int i = 0; i < config.layers(); i++) {
            Recurrent layer = (i == 0 ? bottom : others).create(size, config.hidden(), p.scope("l" + i));
            size = layer.outputSize();
            layers.add(around(config, i, layer));
        }
        requireCausal(layers);
        return new Stack(layers);
    }

    private static void requireCausal(List<Recurrent> layers) {
        if (layers.stream().flatMap(l -> Stepwise.obstacle(l).stream()).anyMatch(Bidirectional.class::isInstance)) {
            throw new IllegalArgumentException(
                    "LanguageModel: a layer reads both ways, expected layers that read forwards alone, because one"
                            + " that has seen the next token need not predict it.");
        }
    }

    private static Recurrent around(LanguageModelConfig config, int i, Recurrent layer) {
        double rate = config.regularisation().dropout();
        Dropout.Mask mask = config.regularisation().variational() ? Dropout.Mask.PER_SEQUENCE : Dropout.Mask.PER_STEP;
        boolean takesNumbers = i > 0 || config.embedding() > 0;
        Recurrent around = rate > 0 && takesNumbers ? Dropout.before(layer, rate, mask) : layer;
        around = config.residual() && i > 0 ? new Residual(around) : around;
        return rate > 0 && i == config.layers() - 1 ? Dropout.after(around, rate, mask) : around;
    }

    /** Frees native memory; a second call does nothing. */
    @Override
    public void close() {
        layers.close();
        head.close();
    }
}
