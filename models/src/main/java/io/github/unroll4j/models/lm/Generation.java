// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.text.UnknownRule;
import io.github.unroll4j.text.Vocabulary;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A text to be written by a language model: from where, how far, and what it must not hold.
 *
 * <p>Unless said otherwise, a model over words never writes {@code <UNK>} or {@code <SOS>}, which stand for no word,
 * and stops at {@code <EOS>}; a model over characters writes whatever it chooses until the maximum is reached.
 *
 * @param prime text to read first; empty to start from the first token of the vocabulary, {@code <SOS>} of words
 * @param maximum number of tokens to write at most
 * @param policy how to choose them
 * @param stops texts before which the writing ends, instead of {@code <EOS>}
 * @param banned tokens that are never chosen, instead of {@code <UNK>} and {@code <SOS>}
 * @param unknown what to do with tokens of the prime that are not in the vocabulary, instead of the vocabulary's own
 *     rule: an error for a character, {@code <UNK>} for a word
 * @since 0.1.0
 */
public record Generation(
        String prime,
        int maximum,
        SamplingPolicy policy,
        Optional<List<String>> stops,
        Optional<List<String>> banned,
        Optional<UnknownRule> unknown) {
    /**
     * Checks the number.
     *
     * @param prime {@link #prime()}
     * @param maximum {@link #maximum()}
     * @param policy {@link #policy()}
     * @param stops {@link #stops()}
     * @param banned {@link #banned()}
     * @param unknown {@link #unknown()}
     */
    public Generation {
        Objects.requireNonNull(prime, "prime");
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(unknown, "unknown");
        if (maximum < 0) {
            throw new IllegalArgumentException(
                    "LanguageModel.generate: the maximum is " + maximum + " tokens, expected 0 or more.");
        }
        stops = stops.map(List::copyOf);
        banned = banned.map(List::copyOf);
    }

    /**
     * A text without conditions of its own.
     *
     * @param prime text to read first; empty to start from the first token of the vocabulary
     * @param maximum number of tokens to write at most
     * @param policy how to choose them
     * @return the request
     */
    public static Generation of(String prime, int maximum, SamplingPolicy policy) {
        Objects.requireNonNull(prime, "prime");
        Objects.requireNonNull(policy, "policy");
        return new Generation(prime, maximum, policy, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * The same, ending before the first of some texts, which is not part of what is written.
     *
     * @param texts a token such as {@code <EOS>}, or any text that the vocabulary has tokens for; none to end at the
     *     maximum alone
     * @return the changed copy
     */
    public Generation stopAt(String... texts) {
        Objects.requireNonNull(texts, "texts");
        return new Generation(prime, maximum, policy, Optional.of(List.of(texts)), banned, unknown);
    }

    /**
     * The same without some tokens.
     *
     * @param tokens what must not be chosen; none to allow all
     * @return the changed copy
     */
    public Generation ban(String... tokens) {
        Objects.requireNonNull(tokens, "tokens");
        return new Generation(prime, maximum, policy, stops, Optional.of(List.of(tokens)), unknown);
    }

    /**
     * The same with a rule for tokens of the prime that are not in the vocabulary.
     *
     * @param rule leave them out, exchange them or refuse them
     * @return the changed copy
     */
    public Generation unknown(UnknownRule rule) {
        Objects.requireNonNull(rule, "rule");
        return new Generation(prime, maximum, policy, stops, banned, Optional.of(rule));
    }

    /** The ids of the text to read, at least one. */
    int[] primeIds(Vocabulary vocabulary) {
        int[] ids = unknown.map(rule -> vocabulary.encode(prime, rule)).orElseGet(() -> vocabulary.encode(prime));
        return ids.length == 0 ? new int[] {0} : ids;
    }

    /** The ids that must not be chosen. */
    int[] bannedIds(Vocabulary vocabulary) {
        int[] ids = banned.orElse(ofWords(vocabulary, WordVocabulary.SOS, WordVocabulary.UNK)).stream()
                .mapToInt(vocabulary::id)
                .distinct()
                .toArray();
        if (ids.length == vocabulary.size()) {
            throw new IllegalArgumentException("LanguageModel.generate: all " + ids.length
                    + " tokens of the vocabulary are banned, expected one or more to choose from.");
        }
        return ids;
    }

    /** The ids of each text to stop at. */
    List<int[]> stopIds(Vocabulary vocabulary) {
        List<int[]> all = new ArrayList<>();
        for (String text : stops.orElse(ofWords(vocabulary, WordVocabulary.EOS))) {
            int[] ids = vocabulary.contains(text)
                    ? new int[] {vocabulary.id(text)}
                    : vocabulary.encode(text, UnknownRule.fail());
            if (ids.length == 0) {
                throw new IllegalArgumentException("LanguageModel.generate: the text to stop at '" + text
                        + "' has no token, expected one or more.");
            }
            all.add(ids);
        }
        return all;
    }

    private static List<String> ofWords(Vocabulary vocabulary, String... tokens) {
        return vocabulary instanceof WordVocabulary ? List.of(tokens) : List.of();
    }
}
