// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.checkpoint.Json;
import io.github.unroll4j.core.checkpoint.ParameterTensors;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.text.Vocabulary;
import io.github.unroll4j.text.VocabularySpec;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * How a sequence-to-sequence model lies in a file: the weights under their names, and three metadata entries of JSON with closed
 * keys, {@code unroll4j.model} ({@link Seq2SeqJson}), {@code unroll4j.source} and {@code unroll4j.target} (tokenizer, tokens).
 */
final class Seq2SeqFile {
    private static final String MODEL = "unroll4j.model";
    private static final String SOURCE = "unroll4j.source";
    private static final String TARGET = "unroll4j.target";
    private static final String PREFIX = "model.";

    private Seq2SeqFile() {}

    static void write(Seq2Seq model, Checkpoint.Builder checkpoint) {
        checkpoint
                .metadata(MODEL, Seq2SeqJson.write(model.config()))
                .metadata(SOURCE, tokens(model.source()))
                .metadata(TARGET, tokens(model.target()));
        ParameterTensors.toTensors(PREFIX, model.parameters()).forEach(checkpoint::put);
    }

    private static String tokens(WordVocabulary vocabulary) {
        VocabularySpec spec = vocabulary.spec();
        Map<String, Object> tokens = new LinkedHashMap<>();
        tokens.put("tokenizer", spec.tokenizer());
        tokens.put("tokens", spec.tokens());
        return Json.write(tokens);
    }

    static Seq2Seq read(Checkpoint checkpoint, Function<Seq2SeqConfig, Seq2SeqParts> parts) {
        Seq2SeqConfig config = Seq2SeqJson.read(checkpoint.source(), MODEL, checkpoint.metadata(MODEL));
        WordVocabulary source = vocabulary(checkpoint, SOURCE);
        WordVocabulary target = vocabulary(checkpoint, TARGET);
        requireSizes(checkpoint, config);
        Seq2Seq model = Seq2Seq.create(source, target, config, parts.apply(config), Rng.seeded(0));
        ParameterTensors.load(checkpoint, PREFIX, model.parameters());
        return model;
    }

    private static WordVocabulary vocabulary(Checkpoint checkpoint, String key) {
        String where = checkpoint.source() + ": " + key;
        Map<String, Object> words = Json.parse(where, checkpoint.metadata(key));
        Json.requireKnown(where, words, Set.of("tokenizer", "tokens"));
        List<String> tokens = new ArrayList<>();
        for (Object token : Json.get(where, words, "tokens", List.class)) {
            tokens.add(String.valueOf(token));
        }
        Vocabulary built = new VocabularySpec(Json.get(where, words, "tokenizer", String.class), tokens).build();
        if (built instanceof WordVocabulary vocabulary) {
            return vocabulary;
        }
        throw new CheckpointException(
                where + " is a vocabulary of characters, expected one with <SOS>, <EOS> and <UNK>.");
    }

    // Before anything is allocated: a file whose header claims huge sizes must not cost memory. Every layer has H·H
    // weights.
    private static void requireSizes(Checkpoint checkpoint, Seq2SeqConfig config) {
        long numbers = 0;
        for (String name : checkpoint.names()) {
            long size = 1;
            for (int axis : checkpoint.shape(name)) {
                size *= axis;
            }
            numbers += size;
        }
        for (Seq2SeqConfig.Side side : List.of(config.encoder(), config.decoder())) {
            long hidden = side.hidden();
            if (hidden * hidden > numbers
                    || side.embedding() > numbers
                    || side.layers() > checkpoint.names().size()) {
                throw new CheckpointException(
                        checkpoint.source() + ": " + MODEL + " says " + side + ", but the file holds " + numbers
                                + " numbers; likely cause: the file was put together from two models.");
            }
        }
        int size = config.attending() instanceof Attending.Luong l
                ? l.size()
                : config.attending() instanceof Attending.Bahdanau b ? Math.max(b.size(), b.maxout()) : 0;
        if (size > numbers) {
            throw new CheckpointException(checkpoint.source() + ": " + MODEL + " says " + config.attending()
                    + ", but the file holds " + numbers + " numbers.");
        }
    }
}
