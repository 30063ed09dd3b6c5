// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.checkpoint.Json;
import io.github.unroll4j.core.checkpoint.ParameterTensors;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.text.Vocabulary;
import io.github.unroll4j.text.VocabularySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * How a language model lies in a file: the weights under their names, and two metadata entries of JSON with closed keys,
 * {@code unroll4j.model} ({@link ConfigJson}) and {@code unroll4j.vocabulary} (tokenizer, tokens).
 */
final class LanguageModelFile {
    private static final String MODEL = "unroll4j.model";
    private static final String VOCABULARY = "unroll4j.vocabulary";
    private static final String PREFIX = "model.";
    private static final Set<String> VOCABULARY_KEYS = Set.of("tokenizer", "tokens");

    private LanguageModelFile() {}

    static void write(LanguageModel model, Checkpoint.Builder checkpoint) {
        VocabularySpec spec = model.vocabulary().spec();
        Map<String, Object> tokens = new LinkedHashMap<>();
        tokens.put("tokenizer", spec.tokenizer());
        tokens.put("tokens", spec.tokens());
        checkpoint.metadata(MODEL, ConfigJson.write(model.config())).metadata(VOCABULARY, Json.write(tokens));
        ParameterTensors.toTensors(PREFIX, model.parameters()).forEach(checkpoint::put);
    }

    static LanguageModel read(Checkpoint checkpoint, Function<String, LayerFactory> cells) {
        LanguageModelConfig config = ConfigJson.read(checkpoint.source(), MODEL, checkpoint.metadata(MODEL));
        Vocabulary vocabulary = vocabulary(checkpoint);
        requireSizes(checkpoint, config, vocabulary);
        LanguageModel read = LanguageModel.create(vocabulary, config, cells.apply(config.cell()), Rng.seeded(0));
        ParameterTensors.load(checkpoint, PREFIX, read.parameters());
        return read;
    }

    private static Vocabulary vocabulary(Checkpoint checkpoint) {
        String where = checkpoint.source() + ": " + VOCABULARY;
        Map<String, Object> words = object(checkpoint, VOCABULARY, VOCABULARY_KEYS);
        List<String> tokens = new ArrayList<>();
        for (Object token : Json.get(where, words, "tokens", List.class)) {
            tokens.add(String.valueOf(token));
        }
        return new VocabularySpec(Json.get(where, words, "tokenizer", String.class), tokens).build();
    }

    // Before anything is allocated: a file whose header claims huge sizes must not cost memory.
    private static void requireSizes(Checkpoint checkpoint, LanguageModelConfig config, Vocabulary vocabulary) {
        int[] head = checkpoint.shape(PREFIX + "head.W");
        if (head.length != 2
                || head[0] != config.hidden()
                || head[1] != vocabulary.size()
                || config.layers() > checkpoint.names().size()) {
            throw new CheckpointException(checkpoint.source() + ": head.W is " + Arrays.toString(head)
                    + ", the file says hidden " + config.hidden() + ", " + config.layers() + " layers and "
                    + vocabulary.size() + " tokens; likely cause: the file was put together from two models.");
        }
    }

    private static Map<String, Object> object(Checkpoint checkpoint, String key, Set<String> keys) {
        String where = checkpoint.source() + ": " + key;
        Map<String, Object> found = Json.parse(where, checkpoint.metadata(key));
        Json.requireKnown(where, found, keys);
        return found;
    }
}
