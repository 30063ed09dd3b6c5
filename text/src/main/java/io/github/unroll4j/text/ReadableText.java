// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.List;

/** Joins words to a text with the spaces that a reader expects. The rule is in {@link Tokenizer#join}. */
final class ReadableText {

    /** What a straight apostrophe means if it is a word of its own. */
    enum Apostrophe {
        /** A mark inside a word that the tokenizer split: no space on either side. */
        INNER,
        /** A quotation mark, opening and closing in turn. */
        QUOTE
    }

    private static final String CLOSING = ".,!?;:…%";
    private static final String OPENING = "¿¡";
    private static final String JOINING = "-‐‑/";

    private final Apostrophe apostrophe;
    private final StringBuilder text = new StringBuilder();
    private boolean insideDouble;
    private boolean insideSingle;
    private boolean glueNext;

    private ReadableText(Apostrophe apostrophe) {
        this.apostrophe = apostrophe;
    }

    static String of(List<String> words, Apostrophe apostrophe) {
        ReadableText readable = new ReadableText(apostrophe);
        words.forEach(readable::append);
        return readable.text.toString();
    }

    private void append(String word) {
        boolean closesQuote = (word.equals("\"") && insideDouble) || (isSingleQuote(word) && insideSingle);
        boolean opensQuote = (word.equals("\"") && !insideDouble) || (isSingleQuote(word) && !insideSingle);
        boolean glued = text.isEmpty() || glueNext || closesQuote || gluesBefore(word) || meetsUnspaced(word);
        if (!glued) {
            text.append(' ');
        }
        text.append(word);
        glueNext = opensQuote || gluesAfter(word);
        insideDouble ^= word.equals("\"");
        insideSingle ^= isSingleQuote(word);
    }

    private boolean isSingleQuote(String word) {
        return apostrophe == Apostrophe.QUOTE && word.equals("'");
    }

    private boolean isJoining(String word) {
        return JOINING.contains(word) || (apostrophe == Apostrophe.INNER && word.equals("'"));
    }

    private boolean gluesBefore(String word) {
        return isJoining(word) || CLOSING.contains(word) || Unicode.closes(word.codePointAt(0));
    }

    private boolean gluesAfter(String word) {
        return isJoining(word) || OPENING.contains(word) || Unicode.opens(word.codePointBefore(word.length()));
    }

    private boolean meetsUnspaced(String word) {
        return Unicode.isUnspaced(text.codePointBefore(text.length())) && Unicode.isUnspaced(word.codePointAt(0));
    }
}
