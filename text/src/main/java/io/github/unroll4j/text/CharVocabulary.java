// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * A vocabulary of characters: one token for each Unicode code point.
 *
 * <p>A surrogate pair is one symbol. A letter followed by a combining mark is two symbols, and differs from the same
 * letter as one precomposed character. If both forms occur in a text, normalise it (NFC) first. An unknown character in
 * {@link #encode(String)} is an error that names the character and its place. {@link #encode(String, UnknownRule)} can
 * skip or replace it. Every text that has ids is read back from them as it was.
 *
 * @since 0.1.0
 */
public final class CharVocabulary implements Vocabulary {

    private final List<String> tokens;
    private final int[] sortedCodePoints;
    private final int[] idOfSorted;
    private final UnknownTokens unknownTokens = new UnknownTokens(this, LoggerFactory.getLogger(CharVocabulary.class));

    /** Gives ids in the given order. Look-up uses a sorted copy, so that nothing is boxed. */
    private CharVocabulary(int[] codePoints) {
        this.tokens = Arrays.stream(codePoints).mapToObj(Character::toString).toList();
        this.sortedCodePoints = codePoints.clone();
        Arrays.sort(sortedCodePoints);
        this.idOfSorted = new int[codePoints.length];
        for (int id = 0; id < codePoints.length; id++) {
            idOfSorted[Arrays.binarySearch(sortedCodePoints, codePoints[id])] = id;
        }
    }

    /**
     * Builds the vocabulary of all characters of a text, sorted by code point.
     *
     * @param text the text to learn from
     * @return the vocabulary
     * @throws IllegalArgumentException if the text is empty or contains half a surrogate pair
     */
    public static CharVocabulary of(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException(
                    "CharVocabulary.of: the text is empty, expected at least one character to build a vocabulary from");
        }
        CodePoints.requireWellFormed("CharVocabulary.of", text);
        BitSet seen = new BitSet();
        text.codePoints().forEach(seen::set);
        return new CharVocabulary(seen.stream().toArray());
    }

    /**
     * Rebuilds a vocabulary from its stored tokens in their order.
     *
     * @param tokens one code point each, no two equal
     * @return a vocabulary with these tokens as ids 0, 1, …
     * @throws IllegalArgumentException if the list is empty, or a token is repeated or not exactly one code point
     */
    public static CharVocabulary ofTokens(List<String> tokens) {
        Tokens.requireDistinct("CharVocabulary.ofTokens", tokens, 0);
        int[] codePoints = new int[tokens.size()];
        for (int id = 0; id < codePoints.length; id++) {
            String token = tokens.get(id);
            if (token.codePointCount(0, token.length()) != 1) {
                throw new IllegalArgumentException("CharVocabulary.ofTokens: token " + id + " is "
                        + CodePoints.describe(token) + ", expected exactly one character (code point); likely cause:"
                        + " these are the tokens of a WordVocabulary");
            }
            codePoints[id] = token.codePointAt(0);
        }
        return new CharVocabulary(codePoints);
    }

    @Override
    public List<String> tokens() {
        return tokens;
    }

    @Override
    public boolean contains(String token) {
        return find(token) >= 0;
    }

    @Override
    public int id(String token) {
        int id = find(token);
        if (id < 0) {
            throw new IllegalArgumentException("CharVocabulary.id: " + CodePoints.describe(token) + " is not among the "
                    + size() + " characters of the vocabulary");
        }
        return id;
    }

    @Override
    public int[] encode(String text) {
        return encode(text, UnknownRule.fail());
    }

    @Override
    public int[] encode(String text, UnknownRule rule) {
        UnknownTokens.Encoding encoding = unknownTokens.begin(rule, text.codePointCount(0, text.length()));
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            int id = find(codePoint);
            if (id >= 0) {
                encoding.add(id);
            } else {
                int index = i;
                encoding.addUnknown(
                        () -> CodePoints.describe(codePoint), () -> "at " + CodePoints.position(text, index));
            }
            i += Character.charCount(codePoint);
        }
        return encoding.finish();
    }

    @Override
    public String decode(int... ids) {
        StringBuilder text = new StringBuilder(ids.length);
        for (int id : ids) {
            text.append(token(id));
        }
        return text.toString();
    }

    @Override
    public String splitting() {
        return CHARACTERS;
    }

    @Override
    public String toString() {
        return "CharVocabulary[" + size() + " characters]";
    }

    private int find(String token) {
        return token.codePointCount(0, token.length()) == 1 ? find(token.codePointAt(0)) : -1;
    }

    private int find(int codePoint) {
        int at = Arrays.binarySearch(sortedCodePoints, codePoint);
        return at < 0 ? -1 : idOfSorted[at];
    }
}
