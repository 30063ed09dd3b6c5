// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.param.Parameters;
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
 * @param steps both, one token at a time
 */
record Architecture(Recurrent layers, Linear head, Steps steps) implements AutoCloseable {
    private Architecture(Recurrent layers, Linear head) {
        this(layers, head, new Steps(layers, head));
    }

    /**
     * Declares the parameters {@code embedding.W}, those of layer i under {@code li}, {@code head.W} unless tied,
     * {@code head.b}.
     */
    static Architecture declare(
            LanguageModelConfig config, int vocabulary, LayerFactory factory, Parameters.Builder p) {
        if (config.embedding() == 0) {
            Recurrent layers = stack(config, vocabulary, factory, p);
            config.requireEmbedding(layers.outputSize());
            return new Architecture(layers, new Linear("head", layers.outputSize(), vocabulary, p));
        }
        double rowDropout = config.regularisation().embeddingDropout();
        Embedding embedding = new Embedding("embedding", vocabulary, config.embedding(), rowDropout, p);
        Recurrent layers = new Embedded(embedding, stack(config, config.embedding(), factory, p));
        config.requireEmbedding(layers.outputSize());
        return new Architecture(
                layers,
                config.tied()
                        ? new Linear("head", embedding.W(), p)
                        : new Linear("head", layers.outputSize(), vocabulary, p));
    }

    private static Recurrent stack(
            LanguageModelConfig config, int inputSize, LayerFactory factory, Parameters.Builder p) {
        RecurrentNoise recurrent = config.regularisation().recurrent();
        LayerFactory runner = config.plain() ? factory.plain() : factory;
        LayerFactory noisy = recurrent.equals(RecurrentNoise.NONE) ? runner : runner.with(recurrent);
        List<Recurrent> layers = new ArrayList<>();
        int size = inputSize;
        for (int i = 0; i < config.layers(); i++) {
            Recurrent layer = noisy.create(size, config.hidden(), p.scope("l" + i));
            size = layer.outputSize();
            layers.add(around(config, i, layer));
        }
        requireCausal(layers);
        return new Stack(layers);
    }

    private static void requireCausal(List<Recurrent> layers) {
        if (layers.stream().flatMap(l -> Stepwise.obstacle(l).stream()).anyMatch(Bidirectional.class::isInstance)) {
            throw new IllegalArgumentException(
                    "LanguageModel: a layer reads both ways, expected layers that read forwards alone, because one that has seen the next token need not predict it.");
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
