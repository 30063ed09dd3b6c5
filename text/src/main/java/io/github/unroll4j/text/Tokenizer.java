// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.List;
import java.util.Objects;

/**
 * Splits a text into words, and joins words to a text.
 *
 * <p>{@link Tokenizers} has the built-in ones. A tokenizer of your own may be a lambda. If models that use it are
 * saved, give it its own {@link #name()}, and pass it to what loads them. A tokenizer
 * must be a pure function of the text, because the ids of a saved model depend on it.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Tokenizer {

    /**
     * Splits a text into words.
     *
     * @param text any text
     * @return the words in order, none of them empty. The list is empty for an empty text, and for a blank text if
     *     white space is not a word
     */
    List<String> tokenize(String text);

    /**
     * Returns the name under which a model file refers to this tokenizer.
     *
     * @return a name other than {@link Vocabulary#CHARACTERS} and those of {@link Tokenizers}; {@code custom}
     *     unless overridden
     */
    default String name() {
        return "custom";
    }

    /**
     * Joins words to a text that reads well. It does not know the spaces of the original text:
     * {@code tokenize(join(words))} need not be {@code words}.
     *
     * <p>The default puts one space between words. It puts none before closing punctuation ({@code . , ! ? ; :} and
     * closing brackets), after opening brackets, on the inner side of straight quotation marks, around hyphens and
     * slashes, and between characters of scripts that are written without spaces.
     *
     * @param words words as {@link #tokenize} gives them, or as a model generates them
     * @return the text
     */
    default String join(List<String> words) {
        Objects.requireNonNull(words, "words");
        return ReadableText.of(words, ReadableText.Apostrophe.QUOTE);
    }

    /**
     * Says whether a word of a text that is spelt like a special token of a {@link WordVocabulary} is that token. If
     * not, it is a word like any other, so that a text cannot end a sentence by what is written in it.
     *
     * @return false unless overridden
     */
    default boolean marksSpecials() {
        return false;
    }

    /**
     * Returns a tokenizer that splits the lower-cased text as this one does, by the rules that hold for all languages:
     * the small letters of Unicode 13 on every JDK. No word of it is spelt like a special token. Its name is the name
     * of this one followed by {@code -lower}. {@link Tokenizers#named} knows the lower-cased forms of the built-in
     * ones.
     *
     * @return the tokenizer; this one if it lower-cases already
     */
    default Tokenizer lowerCased() {
        return new Tokenizers.LowerCased(this);
    }
}
