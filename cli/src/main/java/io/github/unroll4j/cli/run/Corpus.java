// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.cli.flags.CorpusFlags;
import io.github.unroll4j.cli.flags.NamedText;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Tokenizer;
import io.github.unroll4j.text.Vocabulary;
import io.github.unroll4j.text.WordVocabulary;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A text as ids: what to train on, what is held out to see how well the model does on text that it has not read, and
 * what is kept for the very end.
 *
 * @param name where the text is from
 * @param vocabulary its tokens
 * @param train ids to train on
 * @param validation ids to measure on while training; none if there is too little
 * @param test ids to measure the best model on at the end; none if there are not any
 * @since 0.1.0
 */
@SuppressWarnings("ArrayRecordComponent") // holds a whole text and is compared nowhere
public record Corpus(String name, Vocabulary vocabulary, int[] train, int[] validation, int[] test) {
    /** Enough for a figure to two digits while training; the result is measured on all. */
    private static final int QUICK = 20_000;

    /**
     * The texts that flags name.
     *
     * @param flags which, and how to split them
     * @return their ids
     */
    public static Corpus of(CorpusFlags flags) {
        NamedText all = flags.train();
        Tokenizer words = flags.splitting().words().orElse(null);
        if (words == null && flags.minCount() > 1) {
            throw new IllegalArgumentException(
                    "--min-count is about words; give --tokenizer whitespace, words or notebook too");
        }
        if (words == null && flags.endOfLine()) {
            throw new IllegalArgumentException(
                    "--end-of-line is about words; give --tokenizer whitespace, words or notebook too");
        }
        int cut = flags.isSplit() ? all.text().length() : cut(all.text(), flags.heldOut(), words != null);
        String train = all.text().substring(0, cut);
        String valid = flags.valid().map(NamedText::text).orElse(all.text().substring(cut));
        String test = flags.test().map(NamedText::text).orElse("");
        Vocabulary vocabulary = words == null
                ? CharVocabulary.of(train + valid + test)
                : WordVocabulary.of(words, train, flags.minCount(), WordVocabulary.UNLIMITED);
        return new Corpus(
                all.name(),
                vocabulary,
                encode(vocabulary, train, flags.endOfLine()),
                encode(vocabulary, valid, flags.endOfLine()),
                encode(vocabulary, test, flags.endOfLine()));
    }

    /**
     * The ids of a text.
     *
     * @param vocabulary its tokens
     * @param text the text
     * @param endOfLine whether each line feed is {@code <EOS>}
     * @return the ids
     */
    static int[] encode(Vocabulary vocabulary, String text, boolean endOfLine) {
        if (!endOfLine) {
            return vocabulary.encode(text);
        }
        IntStream.Builder ids = IntStream.builder();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            Arrays.stream(vocabulary.encode(lines[i])).forEach(ids);
            if (i < lines.length - 1) {
                ids.add(WordVocabulary.EOS_ID);
            }
        }
        return ids.build().toArray();
    }

    /** Where the last part of a text begins: at a whole number of characters, and for words at white space. */
    private static int cut(String text, double share, boolean atWhiteSpace) {
        int characters = (int) (text.codePointCount(0, text.length()) * (1 - share));
        int cut = text.offsetByCodePoints(0, characters);
        while (atWhiteSpace && cut < text.length() && !Character.isWhitespace(text.charAt(cut))) {
            cut++;
        }
        return cut;
    }

    /** Whether a part is held out. */
    boolean hasValidation() {
        return validation.length > 1;
    }

    /** Whether a part is kept for the test. */
    boolean hasTest() {
        return test.length > 1;
    }

    /** The part to measure on while training. */
    int[] quick() {
        return Arrays.copyOf(validation, Math.min(QUICK, validation.length));
    }

    /** What a token is, in words. */
    String unit() {
        return vocabulary instanceof CharVocabulary ? "character" : "word";
    }

    String describe() {
        return String.format(Locale.ROOT, "%s, %d different %ss", name, vocabulary.size(), unit()) + unknown(train);
    }

    private String unknown(int... ids) {
        if (!vocabulary.contains(WordVocabulary.UNK) || ids.length == 0) {
            return "";
        }
        double share = (double) unknowns(ids) / ids.length;
        return String.format(
                Locale.ROOT, " with %s, which stands for %.1f %% of the text", WordVocabulary.UNK, 100 * share);
    }

    private static long unknowns(int... ids) {
        return Arrays.stream(ids).filter(id -> id == WordVocabulary.UNK_ID).count();
    }

    String describeSplit(boolean quickly) {
        if (!hasValidation()) {
            return train.length + " to train on, none held out";
        }
        String quick = quickly && validation.length > QUICK ? ", of which the first " + QUICK + " while training" : "";
        String rest = hasTest() ? ", " + test.length + " kept for the test" : "";
        return train.length + " to train on, " + validation.length + " held out for validation" + quick + rest;
    }

    /** A hash of the part to train on, to know it again. */
    String hash() {
        return TextHash.of(train);
    }

    @Override
    public String toString() {
        return "Corpus[" + describe() + "]";
    }
}
