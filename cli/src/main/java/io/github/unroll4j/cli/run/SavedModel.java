// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.Scores;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Tokenizer;
import io.github.unroll4j.text.Vocabulary;
import io.github.unroll4j.text.WordVocabulary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A trained model, what its tokens are, and words for what does not fit them.
 *
 * @since 0.1.0
 */
public final class SavedModel {
    private static final int FEW = 100;

    private final Vocabulary vocabulary;

    /**
     * Looks at a model.
     *
     * @param model the model
     */
    public SavedModel(LanguageModel model) {
        vocabulary = model.vocabulary();
    }

    /**
     * Refuses a text to read that the model has no tokens for: characters that it has never seen. For words there is
     * {@code <UNK>}.
     *
     * @param where the flag or file that the text is from
     * @param text the text
     * @throws IllegalArgumentException if there is such a character
     */
    public void requireKnown(String where, String text) {
        if (vocabulary instanceof CharVocabulary) {
            int[] unknown = text.codePoints()
                    .filter(c -> !vocabulary.contains(Character.toString(c)))
                    .limit(1)
                    .toArray();
            if (unknown.length > 0) {
                String which = String.format(Locale.ROOT, "'%s' (U+%04X)", Character.toString(unknown[0]), unknown[0]);
                String all = String.join("", vocabulary.tokens()).replace("\n", "\\n");
                throw notKnown(where, which, "characters", vocabulary.size() > FEW ? "" : ": " + all);
            }
        }
    }

    /**
     * The words of a text that a model over words does not know, and reads as {@code <UNK>}.
     *
     * @param text the text
     * @return the words, each once, as they stand there; none of a model over characters
     */
    public List<String> unknown(String text) {
        return vocabulary instanceof WordVocabulary words
                ? words.tokenizer().tokenize(text).stream()
                        .filter(word -> !words.contains(word))
                        .distinct()
                        .toList()
                : List.of();
    }

    /**
     * Refuses a text to stop at that the model cannot write.
     *
     * @param text a token, or a text of tokens
     * @throws IllegalArgumentException if it has none, or one that the model does not know
     */
    public void requireStop(String text) {
        requireKnown("--stop", text);
        if (vocabulary instanceof WordVocabulary words && !words.contains(text)) {
            List<String> tokens = words.tokenizer().tokenize(text);
            for (String token : tokens) {
                if (!words.contains(token)) {
                    throw notKnown("--stop", "'" + token + "'", "words", "");
                }
            }
            if (tokens.isEmpty()) {
                throw new IllegalArgumentException("--stop: '" + text + "' has no word in it");
            }
        }
    }

    private IllegalArgumentException notKnown(String where, String which, String unit, String all) {
        return new IllegalArgumentException(where + ": " + which + " is not among the " + vocabulary.size() + " " + unit
                + " that the model was trained on" + all);
    }

    /**
     * The tokens that must not be written.
     *
     * @param more what the user bans
     * @param allowUnknown whether {@code <UNK>} may be written
     * @return all of them
     * @throws IllegalArgumentException if the model has no such token
     */
    public String[] banned(List<String> more, boolean allowUnknown) {
        for (String token : more) {
            if (!vocabulary.contains(token)) {
                throw new IllegalArgumentException(
                        "--ban: '" + token + "' is not among the " + vocabulary.size() + " tokens of the model");
            }
        }
        List<String> all = new ArrayList<>(more);
        if (vocabulary instanceof WordVocabulary) {
            all.add(WordVocabulary.SOS);
            if (!allowUnknown) {
                all.add(WordVocabulary.UNK);
            }
        }
        return all.stream().distinct().toArray(String[]::new);
    }

    /**
     * Sets what was written after what it was to follow.
     *
     * @param prime the beginning
     * @param written the rest
     * @return both
     */
    public String join(String prime, String written) {
        return join(vocabulary, prime, written);
    }

    static String join(Vocabulary vocabulary, String prime, String written) {
        if (!(vocabulary instanceof WordVocabulary words) || prime.isEmpty() || written.isEmpty()) {
            return prime + written;
        }
        Tokenizer tokenizer = words.tokenizer();
        List<String> tokens = new ArrayList<>(tokenizer.tokenize(prime));
        String begun = tokenizer.join(tokens);
        tokens.addAll(tokenizer.tokenize(written));
        String all = tokenizer.join(tokens); // so that a quotation mark closes what the prime has opened
        boolean split = written.contains("<"); // a special token would be taken apart
        return all.startsWith(begun) && !split
                ? prime.stripTrailing() + all.substring(begun.length())
                : prime.stripTrailing() + " " + written;
    }

    /**
     * The ids of a text.
     *
     * @param name of the text
     * @param text the text
     * @param endOfLine whether the end of a line is a token
     * @return at least two ids
     * @throws IllegalArgumentException if there are fewer, or a character is not known
     */
    public int[] encode(String name, String text, boolean endOfLine) {
        requireKnown(name, text);
        if (endOfLine && !(vocabulary instanceof WordVocabulary)) {
            throw new IllegalArgumentException(
                    "--end-of-line is for models over words, the model's tokens are " + vocabulary.splitting());
        }
        int[] ids = Corpus.encode(vocabulary, text, endOfLine);
        if (ids.length < 2) {
            throw new IllegalArgumentException(name + " has " + ids.length
                    + " tokens, expected at least two: the first is" + " given, the others are predicted");
        }
        return ids;
    }

    /**
     * A measurement, in words.
     *
     * @param scores of a text
     * @return nats, bits, perplexity and number of tokens
     */
    public String describe(Scores scores) {
        String result =
                Results.describe(scores.evaluation(), vocabulary instanceof CharVocabulary ? "character" : "word");
        if (!(vocabulary instanceof WordVocabulary)) {
            return result;
        }
        long unknown = Arrays.stream(scores.ids())
                .skip(1)
                .filter(id -> id == WordVocabulary.UNK_ID)
                .count();
        return result + ", " + unknown + " of them " + WordVocabulary.UNK;
    }

    /**
     * Writes a line for each token.
     *
     * @param scores of a text
     * @param file where to
     */
    public void writeTokens(Scores scores, Path file) {
        try (LineFile lines = LineFile.create(file)) {
            lines.println("token\tid\tln_p");
            for (int i = 0; i < scores.ids().length; i++) {
                int id = scores.ids()[i];
                String token = vocabulary
                        .token(id)
                        .replace("\\", "\\\\")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t");
                String value = i == 0 ? "" : String.format(Locale.ROOT, "%.6f", scores.logProbabilities()[i]);
                lines.println(token + "\t" + id + "\t" + value);
            }
        }
    }
}
