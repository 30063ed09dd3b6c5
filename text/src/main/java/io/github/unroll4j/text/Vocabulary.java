// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A fixed, ordered set of tokens with the ids 0 .. {@link #size()}-1, and the mapping between text and ids.
 *
 * <p>There are two kinds. The tokens of a {@link CharVocabulary} are single code points. The tokens of a
 * {@link WordVocabulary} come from a {@link Tokenizer}. To split text in a way of your own (into sub-words, for
 * example), write a tokenizer. A vocabulary never changes after it is built and may be shared between threads.
 *
 * <p>A model file stores {@link #splitting()} and {@link #tokens()}, and gets an equal vocabulary back from
 * {@link #of(String, List, Tokenizer...)}; {@link #hash()} and {@link #differenceFrom} tell whether and where two
 * vocabularies differ.
 *
 * @since 0.1.0
 */
public sealed interface Vocabulary permits CharVocabulary, WordVocabulary {

    /** What {@link #splitting()} of a {@link CharVocabulary} says: {@value}. */
    String CHARACTERS = "characters";

    /**
     * Rebuilds a vocabulary from what a model file stores.
     *
     * @param splitting {@link #CHARACTERS} or the name of a tokenizer
     * @param tokens all tokens in the order of their ids
     * @param own tokenizers that are not in {@link Tokenizers}; one is chosen by its {@link Tokenizer#name()}
     * @return a vocabulary with the same tokens, hash and way of splitting text
     * @throws IllegalArgumentException if the tokenizer is neither built in nor given, or the tokens cannot be those of
     *     such a vocabulary (empty, repeated, special tokens missing)
     */
    static Vocabulary of(String splitting, List<String> tokens, Tokenizer... own) {
        Objects.requireNonNull(tokens, "tokens");
        Objects.requireNonNull(own, "own");
        if (splitting.equals(CHARACTERS)) {
            return CharVocabulary.ofTokens(tokens);
        }
        for (Tokenizer candidate : own) {
            if (candidate.name().equals(splitting)) {
                return WordVocabulary.ofTokens(candidate, tokens);
            }
        }
        return WordVocabulary.ofTokens(Tokenizers.named(splitting), tokens);
    }

    /**
     * Returns all tokens in the order of their ids.
     *
     * @return an unmodifiable list; the token of id {@code i} is at index {@code i}
     */
    List<String> tokens();

    /**
     * Says whether a token belongs to this vocabulary.
     *
     * @param token a code point as a string, or a word
     * @return true if {@link #id} returns its id
     */
    boolean contains(String token);

    /**
     * Returns the id of one token.
     *
     * @param token a code point as a string, or a word
     * @return its id, 0 .. {@link #size()}-1
     * @throws IllegalArgumentException if the token is not in the vocabulary; an {@link UnknownRule} applies to
     *     {@link #encode} only
     */
    int id(String token);

    /**
     * Splits a text and returns the ids of its tokens. Unknown tokens are treated by the given rule.
     *
     * <p>If the rule skips or replaces, the first text with unknown tokens causes one warning through SLF4J. It gives
     * their number and the first of them. Later texts of the same vocabulary repeat it at debug level only.
     *
     * @param text any text; an empty text gives no ids
     * @param rule what to do with tokens outside the vocabulary
     * @return a new array of ids
     * @throws IllegalArgumentException if the rule is {@link UnknownRule#fail()} and a token is unknown, or if the
     *     rule's replacement is not in the vocabulary
     */
    int[] encode(String text, UnknownRule rule);

    /**
     * Splits a text and returns the ids of its tokens. Unknown tokens are treated by the rule of this kind of
     * vocabulary: an unknown character is an error, an unknown word becomes {@code <UNK>}.
     *
     * @param text any text; an empty text gives no ids
     * @return a new array of ids
     * @throws IllegalArgumentException if a character is unknown
     */
    int[] encode(String text);

    /**
     * Joins the tokens of the given ids to a text.
     *
     * <p>{@code decode(encode(text))} is {@code text} where every token is known and the tokenizer keeps all of a text:
     * for characters, for {@link Tokenizers#CODE_POINTS}, and for {@link Tokenizers#WHITESPACE} if words are apart by
     * one space. Other tokenizers drop white space, so that the joined text can have other spaces.
     *
     * @param ids ids in 0 .. {@link #size()}-1
     * @return the text: characters side by side, words as {@link Tokenizer#join} joins them
     * @throws IllegalArgumentException if an id is out of range
     */
    String decode(int... ids);

    /**
     * Returns the name of the way in which text is split.
     *
     * @return {@link #CHARACTERS} of a {@link CharVocabulary}, {@link Tokenizer#name()} of the tokenizer of a
     *     {@link WordVocabulary}
     */
    String splitting();

    /**
     * Returns the number of tokens.
     *
     * @return V, the width of a one-hot input and of the logits
     */
    default int size() {
        return tokens().size();
    }

    /**
     * Returns the token of one id.
     *
     * @param id 0 .. {@link #size()}-1
     * @return the token
     * @throws IllegalArgumentException if the id is out of range
     */
    default String token(int id) {
        if (id < 0 || id >= size()) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": id is " + id + ", expected 0.."
                    + (size() - 1) + "; likely cause: the id comes from a model with another vocabulary");
        }
        return tokens().get(id);
    }

    /**
     * Returns a hash of the tokens and their order. It is equal on every machine and in every version.
     *
     * <p>It is SHA-256 over all tokens in order. Each token is written as the length of its UTF-8 form in decimal
     * digits, a colon, and the UTF-8 bytes. So two different lists of tokens never give the same bytes.
     *
     * @return 64 lower-case hexadecimal digits
     */
    default String hash() {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform is required to have SHA-256", e);
        }
        for (String token : tokens()) {
            byte[] utf8 = token.getBytes(StandardCharsets.UTF_8);
            digest.update((utf8.length + ":").getBytes(StandardCharsets.US_ASCII));
            digest.update(utf8);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Describes the first difference of another vocabulary from this one, for messages about a model and a text that do
     * not belong together.
     *
     * @param other the vocabulary to compare with
     * @return part of a sentence, such as {@code id 17 is 'x' (U+0078 LATIN SMALL LETTER X) here and "ab" there}, or
     *     empty if both have the same tokens in the same order
     */
    default Optional<String> differenceFrom(Vocabulary other) {
        int shared = Math.min(size(), other.size());
        for (int id = 0; id < shared; id++) {
            if (!token(id).equals(other.token(id))) {
                return Optional.of("id " + id + " is " + CodePoints.describe(token(id)) + " here and "
                        + CodePoints.describe(other.token(id)) + " there");
            }
        }
        if (size() == other.size()) {
            return Optional.empty();
        }
        Vocabulary longer = size() > other.size() ? this : other;
        return Optional.of(size() + " tokens here and " + other.size() + " there, the first extra one is id " + shared
                + ", " + CodePoints.describe(longer.token(shared)));
    }
}
