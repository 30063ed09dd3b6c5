// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.checkpoint.Json;
import io.github.unroll4j.text.Tokenizer;
import io.github.unroll4j.text.Vocabulary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a vocabulary lies in a model's file: a metadata entry of JSON with the closed keys {@code tokenizer} and {@code
 * tokens}.
 *
 * @since 0.1.0
 */
public final class VocabularyJson {
    private static final String TOKENIZER = "tokenizer";
    private static final String TOKENS = "tokens";

    private VocabularyJson() {}

    /**
     * A vocabulary as JSON.
     *
     * @param vocabulary any
     * @return an object of two keys
     */
    public static String write(Vocabulary vocabulary) {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put(TOKENIZER, vocabulary.splitting());
        words.put(TOKENS, vocabulary.tokens());
        return Json.write(words);
    }

    /**
     * Reads a vocabulary back.
     *
     * @param checkpoint (Input) where from
     * @param key name of the metadata entry
     * @param own tokenizers that it may call for and that are not built in
     * @return a vocabulary with the same tokens and way of splitting text
     * @throws CheckpointException if there is no such entry, its tokenizer is neither built in nor given, or no
     *     vocabulary has such tokens
     */
    public static Vocabulary read(Checkpoint checkpoint, String key, Tokenizer... own) {
        String where = checkpoint.source() + ": " + key;
        Map<String, Object> words = Json.parse(where, checkpoint.metadata(key));
        Json.requireKnown(where, words, Set.of(TOKENIZER, TOKENS));
        List<String> tokens = new ArrayList<>();
        for (Object token : Json.get(where, words, TOKENS, List.class)) {
            if (!(token instanceof String text)) {
                throw new CheckpointException(where + ": token " + tokens.size() + " is " + token
                        + ", expected a string; likely cause: the file was edited.");
            }
            tokens.add(text);
        }
        String splitting = Json.get(where, words, TOKENIZER, String.class);
        try {
            return Vocabulary.of(splitting, tokens, own);
        } catch (IllegalArgumentException e) {
            String sentence = String.valueOf(e.getMessage());
            throw new CheckpointException(where + ": " + sentence + (sentence.endsWith(".") ? "" : "."), e);
        }
    }
}
