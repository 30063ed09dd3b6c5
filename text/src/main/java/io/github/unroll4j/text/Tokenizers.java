// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The built-in tokenizers. */
public final class Tokenizers {

    /**
     * Words and the marks {@code . , ! ? ' " ; :} of the lower-cased text. Everything else is dropped. Its name is
     * {@code notebook}.
     *
     * <p>It is Python's {@code re.findall(r"\w+|[.,!?'\";:]", text.lower())}, which the "Sequence Modeling from
     * Scratch" notebooks use. {@code \w} is a letter, a number of any kind or an underscore, but not a combining mark.
     * Joined text has no space around an apostrophe ({@code don't}).
     */
    public static final Tokenizer NOTEBOOK = new BuiltIn(
            "notebook", Tokenizers::splitAsNotebooks, words -> ReadableText.of(words, ReadableText.Apostrophe.INNER));

    /**
     * Runs of characters between white space (Unicode {@code White_Space}), unchanged. Use it for text whose words are
     * already separated by spaces. Its name is {@code whitespace}.
     *
     * <p>Joining puts one space between words; splitting then gives the same words again.
     */
    public static final Tokenizer WHITESPACE =
            new BuiltIn("whitespace", Tokenizers::splitAtWhiteSpace, words -> String.join(" ", words));

    /**
     * Words of any script, in their case. Every other character except white space is a token of its own. Its name is
     * {@code unicode-words}.
     *
     * <p>It is close to the default word boundaries of Unicode Standard Annex 29. A word is a run of letters, numbers,
     * underscores and their combining marks. Inside it may be an apostrophe or middle dot between letters
     * ({@code don't}, {@code l’été}), and a full stop, comma or apostrophe between digits ({@code 3.14}). Each
     * ideograph and each hiragana is a word. An emoji with its modifiers is one token. Unlike in the annex, a full stop
     * or colon between letters ends the word.
     *
     * <p>The JDK's own {@link java.text.BreakIterator} is not used, because it cuts flags and emoji sequences in two
     * and takes a whole ideographic sentence for one word.
     */
    public static final Tokenizer UNICODE_WORDS = new BuiltIn(
            "unicode-words",
            Tokenizers::splitIntoUnicodeWords,
            words -> ReadableText.of(words, ReadableText.Apostrophe.QUOTE));

    /**
     * Every code point, white space too, is a token of its own. Its name is {@code code-points}.
     *
     * <p>It is for models that read and write letter by letter and need {@code <SOS>}, {@code <EOS>} and {@code <UNK>},
     * which a {@link CharVocabulary} does not have. Joining puts the tokens side by side; for any text, it undoes
     * splitting.
     */
    public static final Tokenizer CODE_POINTS =
            new BuiltIn("code-points", Tokenizers::splitIntoCodePoints, words -> String.join("", words));

    private static final List<Tokenizer> ALL = List.of(NOTEBOOK, WHITESPACE, UNICODE_WORDS, CODE_POINTS);
    private static final Pattern NOTEBOOK_TOKEN = Pattern.compile("[\\p{L}\\p{N}_]+|[.,!?'\";:]");
    private static final Pattern NOT_WHITE_SPACE = Pattern.compile("\\P{IsWhite_Space}+");

    private Tokenizers() {}

    /**
     * Finds a built-in tokenizer by its name.
     *
     * @param name {@code notebook}, {@code whitespace}, {@code unicode-words} or {@code code-points}, or one of them
     *     followed by {@code -lower}, for its {@link Tokenizer#lowerCased()}
     * @return the tokenizer
     * @throws IllegalArgumentException if there is no tokenizer of that name
     */
    public static Tokenizer named(String name) {
        for (Tokenizer tokenizer : ALL) {
            if (tokenizer.name().equals(name)) {
                return tokenizer;
            }
            if (LowerCaseTokenizer.name(tokenizer).equals(name)) {
                return tokenizer.lowerCased();
            }
        }
        throw new IllegalArgumentException("Tokenizers.named: there is no built-in tokenizer \"" + name
                + "\", expected one of " + ALL
                + ", or one of them with -lower after it; a model saved with a tokenizer of its own needs that tokenizer"
                + " when it is loaded");
    }

    private static List<String> splitAsNotebooks(String text) {
        return allMatches(NOTEBOOK_TOKEN, text.toLowerCase(Locale.ROOT));
    }

    private static List<String> splitAtWhiteSpace(String text) {
        return allMatches(NOT_WHITE_SPACE, text);
    }

    private static List<String> splitIntoUnicodeWords(String text) {
        List<String> words = new ArrayList<>();
        splitAtWhiteSpace(text).forEach(run -> UnicodeWords.splitInto(words, run));
        return words;
    }

    private static List<String> splitIntoCodePoints(String text) {
        return text.codePoints().mapToObj(Character::toString).toList();
    }

    private static List<String> allMatches(Pattern pattern, String text) {
        List<String> matches = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            matches.add(matcher.group());
        }
        return matches;
    }

    private record BuiltIn(String name, Function<String, List<String>> splitter, Function<List<String>, String> joiner)
            implements Tokenizer {

        @Override
        public List<String> tokenize(String text) {
            return splitter.apply(text);
        }

        @Override
        public String join(List<String> words) {
            return joiner.apply(words);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
