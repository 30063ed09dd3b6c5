// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.checkpoint.ParameterTensors;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cells.Cells;
import io.github.unroll4j.models.internal.VocabularyJson;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.text.Tokenizer;
import io.github.unroll4j.text.Vocabulary;
import java.util.List;
import java.util.function.Function;

/**
 * How a language model lies in a file: the weights under their names, and two metadata entries of JSON with closed
 * keys, {@code unroll4j.model} ({@link ConfigJson}) and {@code unroll4j.vocabulary} ({@link VocabularyJson}).
 */
final class LanguageModelFile {
    private static final String MODEL = "unroll4j.model";
    private static final String VOCABULARY = "unroll4j.vocabulary";
    private static final String PREFIX = "model.";

    private LanguageModelFile() {}

    static void write(LanguageModel model, Checkpoint.Builder checkpoint) {
        checkpoint
                .metadata(MODEL, ConfigJson.write(model.config()))
                .metadata(VOCABULARY, VocabularyJson.write(model.vocabulary()));
        ParameterTensors.toTensors(PREFIX, model.parameters()).forEach(checkpoint::put);
    }

    static LanguageModel read(Checkpoint checkpoint, Function<String, LayerFactory> cells, List<Tokenizer> own) {
        Found found = find(checkpoint, cells, own);
        Parameters parameters = found.p.zeros(found.config.dtype());
        ParameterTensors.load(checkpoint, PREFIX, parameters);
        return new LanguageModel(found.vocabulary, found.config, found.layers, found.architecture, parameters);
    }

    /** Refuses what {@link #read} would refuse, and builds nothing. */
    static LanguageModelConfig check(Checkpoint checkpoint) {
        return find(checkpoint, Cells::named, List.of()).config;
    }

    /** What a file says, all of it declared and found there, nothing allocated. */
    private record Found(
            LanguageModelConfig config,
            Vocabulary vocabulary,
            LayerFactory layers,
            Architecture architecture,
            Parameters.Builder p) {}

    // All this before anything is allocated: a file whose header claims huge sizes must not cost memory.
    private static Found find(Checkpoint checkpoint, Function<String, LayerFactory> cells, List<Tokenizer> own) {
        LanguageModelConfig config = ConfigJson.read(checkpoint.source(), MODEL, checkpoint.metadata(MODEL));
        Vocabulary vocabulary = VocabularyJson.read(checkpoint, VOCABULARY, own.toArray(Tokenizer[]::new));
        long stored = checkpoint.names().stream()
                .filter(name -> name.startsWith(PREFIX))
                .mapToLong(name -> Tensor.elements(checkpoint.shape(name)))
                .sum();
        // each layer declares weights, and each unit has some
        if (config.layers() > checkpoint.names().size() || Math.max(config.hidden(), config.embedding()) > stored) {
            throw tooLarge(checkpoint, config, stored);
        }
        Parameters.Builder p = Parameters.builder();
        LayerFactory layers;
        Architecture architecture;
        try {
            layers = cells.apply(config.cell());
            architecture = Architecture.declare(config, vocabulary.size(), layers, p);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(checkpoint.source() + ": " + MODEL + ": " + e.getMessage(), e);
        }
        ParameterTensors.requireFit(checkpoint, PREFIX, p.declared(), config.dtype());
        return new Found(config, vocabulary, layers, architecture, p);
    }

    private static CheckpointException tooLarge(Checkpoint checkpoint, LanguageModelConfig config, long stored) {
        return new CheckpointException(checkpoint.source() + ": the file says " + config.layers() + " layers of "
                + config.hidden() + " units and an embedding of " + config.embedding() + ", and holds only " + stored
                + " weights; likely cause: it was edited or put together from two models.");
    }
}
