// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.List;
import java.util.Locale;

/**
 * Another tokenizer after {@link String#toLowerCase(Locale)} by the rules that hold for all languages.
 *
 * @param cased the tokenizer of the lower-cased text
 */
record LowerCased(Tokenizer cased) implements Tokenizer {
    static String name(Tokenizer cased) {
        return cased.name() + "-lower";
    }

    @Override
    public List<String> tokenize(String text) {
        return cased.tokenize(text.toLowerCase(Locale.ROOT));
    }

    @Override
    public String name() {
        return name(cased);
    }

    @Override
    public String join(List<String> words) {
        return cased.join(words);
    }

    @Override
    public Tokenizer lowerCased() {
        return this;
    }

    @Override
    public String toString() {
        return name();
    }
}
