// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.checkpoint.ParameterTensors;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.internal.VocabularyJson;
import io.github.unroll4j.text.Tokenizer;
import io.github.unroll4j.text.Vocabulary;
import io.github.unroll4j.text.WordVocabulary;
import java.util.List;
import java.util.function.Function;

/**
 * How a sequence-to-sequence model lies in a file: the weights under their names, and three metadata entries of JSON
 * with closed keys, {@code unroll4j.model} ({@link Seq2SeqJson}), {@code unroll4j.source} and {@code unroll4j.target}
 * ({@link VocabularyJson}).
 */
final class Seq2SeqFile {
    private static final String MODEL = "unroll4j.model";
    private static final String SOURCE = "unroll4j.source";
    private static final String TARGET = "unroll4j.target";
    private static final String PREFIX = "model.";
    private static final int FEWEST_TOKENS = 3;

    private Seq2SeqFile() {}

    static void write(Seq2Seq model, Checkpoint.Builder checkpoint) {
        checkpoint
                .metadata(MODEL, Seq2SeqJson.write(model.config()))
                .metadata(SOURCE, VocabularyJson.write(model.source()))
                .metadata(TARGET, VocabularyJson.write(model.target()));
        ParameterTensors.toTensors(PREFIX, model.parameters()).forEach(checkpoint::put);
    }

    static Seq2Seq read(Checkpoint checkpoint, Function<Seq2SeqConfig, Seq2SeqParts> parts) {
        Found found = find(checkpoint, parts);
        Seq2Seq model;
        try {
            model = new Seq2Seq(found.source, found.target, found.config, found.parts, p -> {
                requireFit(checkpoint, found.config, p);
                return p.zeros(found.config.options().dtype());
            });
        } catch (IllegalArgumentException e) { // parts that do not fit together, or are not there
            throw refused(checkpoint.source() + ": " + MODEL, e);
        }
        ParameterTensors.load(checkpoint, PREFIX, model.parameters());
        return model;
    }

    /** Refuses what {@link #read} would refuse, and builds nothing. */
    static Seq2SeqConfig check(Checkpoint checkpoint) {
        Found found = find(checkpoint, Seq2SeqParts::builtIn);
        Parameters.Builder p = Parameters.builder();
        try {
            Seq2Seq.declare(found.source, found.target, found.config, found.parts, p);
        } catch (IllegalArgumentException e) {
            throw refused(checkpoint.source() + ": " + MODEL, e);
        }
        requireFit(checkpoint, found.config, p);
        return found.config;
    }

    /** What a file says, before any of it is declared. */
    private record Found(Seq2SeqConfig config, Seq2SeqParts parts, WordVocabulary source, WordVocabulary target) {}

    private static Found find(Checkpoint checkpoint, Function<Seq2SeqConfig, Seq2SeqParts> parts) {
        Seq2SeqConfig config = Seq2SeqJson.read(checkpoint.source(), MODEL, checkpoint.metadata(MODEL));
        Seq2SeqParts made = parts.apply(config);
        Tokenizer[] own = made.tokenizers().toArray(Tokenizer[]::new);
        WordVocabulary source = vocabulary(checkpoint, SOURCE, own);
        WordVocabulary target = vocabulary(checkpoint, TARGET, own);
        requireSizes(checkpoint, config);
        return new Found(config, made, source, target);
    }

    /** Of what was declared, before anything is allocated for it. */
    private static void requireFit(Checkpoint checkpoint, Seq2SeqConfig config, Parameters.Builder p) {
        ParameterTensors.requireFit(
                checkpoint, PREFIX, p.declared(), config.options().dtype());
    }

    private static WordVocabulary vocabulary(Checkpoint checkpoint, String key, Tokenizer... own) {
        Vocabulary built = VocabularyJson.read(checkpoint, key, own);
        if (built instanceof WordVocabulary vocabulary) {
            return vocabulary;
        }
        throw new CheckpointException(checkpoint.source() + ": " + key
                + " is a vocabulary of characters, expected one with <SOS>, <EOS> and <UNK>.");
    }

    private static CheckpointException refused(String where, IllegalArgumentException e) {
        String sentence = String.valueOf(e.getMessage());
        return new CheckpointException(where + ": " + sentence + (sentence.endsWith(".") ? "" : "."), e);
    }

    // Before anything is declared: a layer costs a little memory of its own, and products of huge sizes overflow.
    // Every size that is named here is that of an array that the file would have to hold.
    private static void requireSizes(Checkpoint checkpoint, Seq2SeqConfig config) {
        long numbers = checkpoint.names().stream()
                .mapToLong(name -> Tensor.elements(checkpoint.shape(name)))
                .sum();
        for (Seq2SeqConfig.Side side : List.of(config.encoder(), config.decoder())) {
            long hidden = side.hidden();
            long embedding = side.embedding(); // [V,E], and with the cell's [E,…H]
            long widest = Math.max(hidden, embedding);
            if (widest * Math.max(hidden, FEWEST_TOKENS) > numbers
                    || hidden * side.layers() > numbers // each unit of each layer has a weight
                    || side.layers() > checkpoint.names().size()) {
                throw tooLarge(checkpoint, side, numbers);
            }
        }
        long size = 0;
        if (config.attending() instanceof AttentionKind.Luong luong) {
            size = luong.size();
        } else if (config.attending() instanceof AttentionKind.Bahdanau bahdanau) {
            size = Math.max(bahdanau.size(), bahdanau.maxout());
        } else if (config.attending() instanceof AttentionKind.None none) {
            size = none.maxout();
        }
        if (size * config.decoder().hidden() > numbers) {
            throw tooLarge(checkpoint, config.attending(), numbers);
        }
    }

    private static CheckpointException tooLarge(Checkpoint checkpoint, Object what, long numbers) {
        return new CheckpointException(checkpoint.source() + ": " + MODEL + " says " + what + ", but the file holds "
                + numbers + " numbers; likely cause: the file was edited or put together from two models.");
    }
}
