// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.List;

/**
 * Lower-cases a text by the rules that hold for all languages, then splits it with another tokenizer.
 *
 * @param cased the tokenizer that splits the lower-cased text
 */
record LowerCaseTokenizer(Tokenizer cased) implements Tokenizer {
    static String name(Tokenizer cased) {
        return cased.name() + "-lower";
    }

    @Override
    public List<String> tokenize(String text) {
        return cased.tokenize(Unicode.lowerCase(text));
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
