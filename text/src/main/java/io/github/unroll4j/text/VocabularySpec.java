// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A vocabulary as data. A model file stores it, so that the same text gives the same ids in another process.
 *
 * @param tokenizer {@link #CHARACTERS} for a {@link CharVocabulary}, otherwise {@link Tokenizer#name()} of the
 *     tokenizer of a {@link WordVocabulary}
 * @param tokens all tokens in the order of their ids
 */
public record VocabularySpec(String tokenizer, List<String> tokens) {

    /** Takes the place of a tokenizer's name if tokens are single characters: {@value}. */
    public static final String CHARACTERS = "characters";

    /**
     * Copies the list.
     *
     * @param tokenizer {@link #CHARACTERS} or the name of a tokenizer
     * @param tokens all tokens in the order of their ids
     */
    public VocabularySpec {
        tokens = List.copyOf(tokens);
    }

    /**
     * Rebuilds the vocabulary.
     *
     * @param own tokenizers that are not in {@link Tokenizers}; one is chosen by its {@link Tokenizer#name()}
     * @return a vocabulary with the same tokens, hash and way of splitting text
     * @throws IllegalArgumentException if the tokenizer is neither built in nor given, or the tokens cannot be those
     *     of such a vocabulary (empty, repeated, special tokens missing)
     */
    public Vocabulary build(Tokenizer... own) {
        if (tokenizer.equals(CHARACTERS)) {
            return CharVocabulary.ofTokens(tokens);
        }
        for (Tokenizer candidate : own) {
            if (candidate.name().equals(tokenizer)) {
                return WordVocabulary.ofTokens(candidate, tokens);
            }
        }
        return WordVocabulary.ofTokens(Tokenizers.named(tokenizer), tokens);
    }

    /** Refuses lists that no vocabulary can have: an empty list, an empty token, a repeated token, bad Unicode. */
    static Map<String, Integer> requireDistinct(String where, List<String> tokens) {
        if (tokens.isEmpty()) {
            throw new IllegalArgumentException(where + ": the list of tokens is empty, expected at least one");
        }
        Map<String, Integer> ids = new HashMap<>();
        for (String token : tokens) {
            int id = ids.size();
            if (token.isEmpty()) {
                throw new IllegalArgumentException(where + ": token " + id + " is empty");
            }
            CodePoints.requireWellFormed(where + ": token " + id, token);
            Integer before = ids.put(token, id);
            if (before != null) {
                throw new IllegalArgumentException(where + ": token " + CodePoints.describe(token) + " has both id "
                        + before + " and id " + id + ", expected no token twice; likely cause: the list was edited");
            }
        }
        return ids;
    }
}
