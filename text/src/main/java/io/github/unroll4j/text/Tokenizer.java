// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.List;

/**
 * Splits a text into words and sets words as text again.
 *
 * <p>{@link Tokenizers} has the built-in ones. An own one may be a lambda; if models that use it are saved, give it a
 * {@link #name()} of its own and pass it to {@link VocabularySpec#build} when they are loaded. A tokenizer must be a
 * pure function of the text: the ids of a saved model depend on it.
 */
@FunctionalInterface
public interface Tokenizer {

    /**
     * Splits a text into words.
     *
     * @param text any text
     * @return the words in order, none of them empty; an empty list for an empty text, and for a blank one if white space
     *     is no word
     */
    List<String> tokenize(String text);

    /**
     * Returns the name under which a model file refers to this tokenizer.
     *
     * @return a name other than {@link VocabularySpec#CHARACTERS} and those of {@link Tokenizers}; {@code custom}
     *     unless overridden
     */
    default String name() {
        return "custom";
    }

    /**
     * Sets words as text that reads well. The spacing of the original is not known to it: {@code tokenize(join(words))}
     * need not be {@code words}.
     *
     * <p>The default sets one space between words, but none before closing punctuation ({@code . , ! ? ; :} and
     * closing brackets) or after opening brackets, inside a pair of straight quotation marks, around hyphens and
     * slashes, or between characters of scripts written without spaces.
     *
     * @param words words as {@link #tokenize} gives them, or as a model generates them
     * @return the text
     */
    default String join(List<String> words) {
        return ReadableText.of(words, ReadableText.Apostrophe.QUOTE);
    }

    /**
     * Returns a tokenizer that splits the lower-cased text as this one does; its name is that of this one with {@code
     * -lower} after it, and {@link Tokenizers#named} knows those of the built-in ones.
     *
     * @return the tokenizer, or this one if it is such a tokenizer already
     */
    default Tokenizer lowerCased() {
        return new LowerCased(this);
    }
}
