// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.lang.Character.UnicodeBlock;
import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

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
    private static final Set<UnicodeScript> UNSPACED_SCRIPTS = EnumSet.of(
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.THAI,
            UnicodeScript.LAO,
            UnicodeScript.KHMER,
            UnicodeScript.MYANMAR);

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
        int type = Character.getType(word.codePointAt(0));
        return isJoining(word)
                || CLOSING.contains(word)
                || type == Character.END_PUNCTUATION
                || type == Character.FINAL_QUOTE_PUNCTUATION;
    }

    private boolean gluesAfter(String word) {
        int type = Character.getType(word.codePointBefore(word.length()));
        return isJoining(word)
                || OPENING.contains(word)
                || type == Character.START_PUNCTUATION
                || type == Character.INITIAL_QUOTE_PUNCTUATION;
    }

    private boolean meetsUnspaced(String word) {
        return isUnspaced(text.codePointBefore(text.length())) && isUnspaced(word.codePointAt(0));
    }

    private static boolean isUnspaced(int c) {
        UnicodeBlock block = UnicodeBlock.of(c);
        return UnicodeBlock.CJK_SYMBOLS_AND_PUNCTUATION.equals(block)
                || UnicodeBlock.HALFWIDTH_AND_FULLWIDTH_FORMS.equals(block)
                || UNSPACED_SCRIPTS.contains(UnicodeScript.of(c));
    }
}
