// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * A vocabulary of words: {@code <SOS> <EOS> <UNK>} with ids 0, 1, 2, then the words sorted by code point.
 *
 * <p>It has the {@link Tokenizer} that splits text into words and joins words to text, so a model needs nothing else to
 * read and write. An unknown word becomes {@code <UNK>} in {@link #encode(String)}. A word of the text that is spelt
 * like a special token is a word like any other, with an id of its own if the vocabulary has it: no text can end a
 * sentence. Only a tokenizer that {@link Tokenizer#marksSpecials() marks special tokens} makes it that special token.
 *
 * @since 0.1.0
 */
public final class WordVocabulary implements Vocabulary {

    /** Token that precedes the first word of a generated sentence, with id {@link #SOS_ID}: {@value}. */
    public static final String SOS = "<SOS>";

    /** Token that follows the last word of a sentence, with id {@link #EOS_ID}: {@value}. */
    public static final String EOS = "<EOS>";

    /** Token that replaces every word outside the vocabulary, with id {@link #UNK_ID}: {@value}. */
    public static final String UNK = "<UNK>";

    /** Id of {@link #SOS}. */
    public static final int SOS_ID = 0;

    /** Id of {@link #EOS}. */
    public static final int EOS_ID = 1;

    /** Id of {@link #UNK}. */
    public static final int UNK_ID = 2;

    /** A largest size that limits nothing. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    private static final List<String> SPECIALS = List.of(SOS, EOS, UNK);
    private static final UnknownRule TO_UNK = UnknownRule.replaceWith(UNK);

    private final Tokenizer tokenizer;
    private final List<String> tokens;
    private final Map<String, Integer> ids;
    private final UnknownTokens unknownTokens = new UnknownTokens(this, LoggerFactory.getLogger(WordVocabulary.class));

    private WordVocabulary(Tokenizer tokenizer, List<String> tokens) {
        if (tokenizer.name().equals(Vocabulary.CHARACTERS)) {
            throw new IllegalArgumentException("WordVocabulary: the tokenizer's name is \"" + Vocabulary.CHARACTERS
                    + "\", expected another: stored models use it for a CharVocabulary");
        }
        Tokenizers.requireNameOfItsOwn(tokenizer);
        this.tokenizer = tokenizer;
        this.ids = Tokens.requireDistinct("WordVocabulary", tokens, tokenizer.marksSpecials() ? 0 : SPECIALS.size());
        this.tokens = List.copyOf(tokens);
    }

    /**
     * Builds the vocabulary of all words of a text.
     *
     * @param tokenizer splits the text into words
     * @param text the text to learn from
     * @return the vocabulary
     * @throws IllegalArgumentException if the text has no words or contains half a surrogate pair
     */
    public static WordVocabulary of(Tokenizer tokenizer, String text) {
        Objects.requireNonNull(text, "text");
        return of(tokenizer, text, 1, UNLIMITED);
    }

    /**
     * Builds the vocabulary of the more frequent words of a text.
     *
     * <p>Words that occur fewer than {@code minCount} times are left out. If more than {@code maxSize} tokens remain,
     * the most frequent words are kept. Of equally frequent words, those that come first in code point order are kept.
     *
     * @param tokenizer splits the text into words
     * @param text the text to learn from
     * @param minCount how often a word must occur, at least 1
     * @param maxSize largest {@link #size()}, including the three special tokens; at least 4, or {@link #UNLIMITED}
     * @return the vocabulary
     * @throws IllegalArgumentException if a limit is too small, the text has no words, no word occurs often enough, or
     *     the text contains half a surrogate pair
     */
    public static WordVocabulary of(Tokenizer tokenizer, String text, int minCount, int maxSize) {
        Objects.requireNonNull(tokenizer, "tokenizer");
        Objects.requireNonNull(text, "text");
        return of(tokenizer, List.of(text), minCount, maxSize);
    }

    /**
     * Builds the vocabulary of the more frequent words of several texts, such as the lines of a file. Each text is
     * split on its own.
     *
     * @param tokenizer splits a text into words
     * @param texts the texts to learn from
     * @param minCount how often a word must occur in all of them together, at least 1
     * @param maxSize largest {@link #size()}, including the three special tokens; at least 4, or {@link #UNLIMITED}
     * @return the vocabulary
     * @throws IllegalArgumentException if a limit is too small, the texts have no words, no word occurs often enough,
     *     or a text contains half a surrogate pair
     */
    public static WordVocabulary of(Tokenizer tokenizer, List<String> texts, int minCount, int maxSize) {
        Objects.requireNonNull(tokenizer, "tokenizer");
        Objects.requireNonNull(texts, "texts");
        requireLimits(minCount, maxSize);
        Map<String, Integer> counts = count(tokenizer, texts);
        Comparator<String> mostFrequentFirst = Comparator.<String>comparingInt(word -> -counts.getOrDefault(word, 0))
                .thenComparing(CodePoints.ORDER);
        List<String> words = counts.keySet().stream()
                .filter(word -> counts.getOrDefault(word, 0) >= minCount)
                .sorted(mostFrequentFirst)
                .limit(maxSize - SPECIALS.size())
                .sorted(CodePoints.ORDER)
                .toList();
        if (words.isEmpty()) {
            String common = counts.keySet().stream().min(mostFrequentFirst).orElseThrow();
            throw new IllegalArgumentException("WordVocabulary.of: no word occurs at least " + minCount
                    + " times, the most frequent, " + CodePoints.describe(common) + ", occurs " + counts.get(common)
                    + " times; choose a smaller minimum count or a longer text");
        }
        return new WordVocabulary(
                tokenizer, Stream.concat(SPECIALS.stream(), words.stream()).toList());
    }

    /**
     * Rebuilds a vocabulary from its stored tokens in their order.
     *
     * @param tokenizer splits text into words, as it did when the vocabulary was built
     * @param tokens {@code <SOS> <EOS> <UNK>}, then words, no two equal; a word may be spelt like a special token
     *     unless the tokenizer marks those
     * @return a vocabulary with these tokens as ids 0, 1, …
     * @throws IllegalArgumentException if the special tokens are not first, or a token is empty or repeated
     */
    public static WordVocabulary ofTokens(Tokenizer tokenizer, List<String> tokens) {
        Objects.requireNonNull(tokenizer, "tokenizer");
        if (tokens.size() < SPECIALS.size()
                || !tokens.subList(0, SPECIALS.size()).equals(SPECIALS)) {
            throw new IllegalArgumentException("WordVocabulary.ofTokens: the first tokens are "
                    + tokens.subList(0, Math.min(tokens.size(), SPECIALS.size())) + ", expected " + SPECIALS
                    + "; likely cause: these are the tokens of a CharVocabulary");
        }
        return new WordVocabulary(tokenizer, tokens);
    }

    /**
     * Returns the tokenizer that splits text into the words of this vocabulary.
     *
     * @return the tokenizer
     */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public List<String> tokens() {
        return tokens;
    }

    /** Says whether a token is a special token or a word of this vocabulary. */
    @Override
    public boolean contains(String token) {
        Objects.requireNonNull(token, "token");
        return SPECIALS.contains(token) || ids.containsKey(token);
    }

    /** Returns the id of a token: for the name of a special token its id, not that of a word that is spelt so. */
    @Override
    public int id(String token) {
        Objects.requireNonNull(token, "token");
        if (SPECIALS.contains(token)) {
            return SPECIALS.indexOf(token);
        }
        Integer id = ids.get(token);
        if (id == null) {
            throw new IllegalArgumentException("WordVocabulary.id: " + CodePoints.describe(token) + " is not among the "
                    + size() + " tokens of the vocabulary");
        }
        return id;
    }

    @Override
    public int[] encode(String text) {
        return encode(text, TO_UNK);
    }

    @Override
    public int[] encode(String text, UnknownRule rule) {
        List<String> words = split(tokenizer, text);
        UnknownTokens.Encoding encoding = unknownTokens.begin(rule, words.size());
        int seen = 0;
        for (String word : words) {
            int position = ++seen;
            Integer id = ids.get(word);
            if (id != null) {
                encoding.add(id);
            } else {
                encoding.addUnknown(
                        () -> CodePoints.describe(word), () -> "at word " + position + " of " + words.size());
            }
        }
        return encoding.finish();
    }

    @Override
    public String decode(int... ids) {
        List<String> words = new ArrayList<>(ids.length);
        for (int id : ids) {
            words.add(token(id));
        }
        return tokenizer.join(words);
    }

    @Override
    public String splitting() {
        return tokenizer.name();
    }

    @Override
    public String toString() {
        return "WordVocabulary[" + size() + " tokens, tokenizer " + tokenizer.name() + "]";
    }

    private static void requireLimits(int minCount, int maxSize) {
        if (minCount < 1) {
            throw new IllegalArgumentException(
                    "WordVocabulary.of: minimum count is " + minCount + ", expected at least 1 (1 keeps every word)");
        }
        if (maxSize <= SPECIALS.size()) {
            throw new IllegalArgumentException("WordVocabulary.of: maximum size is " + maxSize
                    + ", expected at least 4: " + SPECIALS + " and one word");
        }
    }

    private static Map<String, Integer> count(Tokenizer tokenizer, List<String> texts) {
        Map<String, Integer> counts = new HashMap<>();
        for (String text : texts) {
            CodePoints.requireWellFormed("WordVocabulary.of", text);
            split(tokenizer, text).forEach(word -> counts.merge(word, 1, Integer::sum));
        }
        if (tokenizer.marksSpecials()) {
            SPECIALS.forEach(counts::remove);
        }
        if (counts.isEmpty()) {
            throw new IllegalArgumentException("WordVocabulary.of: tokenizer " + tokenizer.name()
                    + " finds no word in a text of "
                    + texts.stream().mapToLong(String::length).sum() + " characters, expected at least one; likely"
                    + " cause: the text is empty or blank");
        }
        return counts;
    }

    /**
     * Splits a text and refuses empty words. A user's tokenizer may return anything, and an empty word would be a token
     * that no text shows.
     */
    private static List<String> split(Tokenizer tokenizer, String text) {
        List<String> words = tokenizer.tokenize(text);
        for (int i = 0; words != null && i < words.size(); i++) {
            if (words.get(i) == null || words.get(i).isEmpty()) {
                throw new IllegalStateException("tokenizer " + tokenizer.name() + " returned "
                        + (words.get(i) == null ? "null" : "an empty word") + " at position " + i
                        + ", expected words of at least one character");
            }
        }
        if (words == null) {
            throw new IllegalStateException(
                    "tokenizer " + tokenizer.name() + " returned null, expected a list of words");
        }
        return words;
    }
}
