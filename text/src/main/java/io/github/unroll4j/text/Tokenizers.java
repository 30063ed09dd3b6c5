// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntPredicate;

/**
 * The built-in tokenizers. What is a letter, a number or a small letter is what Unicode 13 says, whatever the version
 * of the JDK: a model splits a text everywhere as where it was trained.
 *
 * @since 0.1.0
 */
public final class Tokenizers {

    /**
     * Words and the marks {@code . , ! ? ' " ; :} of the lower-cased text. Everything else is dropped. Its name is
     * {@code notebook}.
     *
     * <p>It is Python's {@code re.findall(r"\w+|[.,!?'\";:]", text.lower())}, which the "Sequence Modeling from
     * Scratch" notebooks use. {@code \w} is a letter, a number of any kind or an underscore, but not a combining mark.
     * Joined text has no space around an apostrophe ({@code don't}). Capitals, other marks and white space are lost.
     */
    public static final Tokenizer NOTEBOOK = new BuiltIn(
            "notebook",
            false,
            Tokenizers::splitAsNotebooks,
            words -> ReadableText.of(words, ReadableText.Apostrophe.INNER));

    /**
     * Runs of characters between white space (Unicode {@code White_Space}), unchanged. Use it for text whose words are
     * already separated by spaces. Its name is {@code whitespace}.
     *
     * <p>Joining puts one space between words; splitting then gives the same words again. A text whose words are apart
     * by one space each, with none at its ends, is read back from its ids as it was.
     */
    public static final Tokenizer WHITESPACE =
            new BuiltIn("whitespace", false, Tokenizers::splitAtWhiteSpace, words -> String.join(" ", words));

    /**
     * As {@link #WHITESPACE}, but {@code <SOS>}, {@code <EOS>} and {@code <UNK>} in a text are the special tokens of a
     * {@link WordVocabulary}. Use it for text in which somebody has marked them. Its name is
     * {@code whitespace-with-specials}.
     */
    public static final Tokenizer WHITESPACE_WITH_SPECIALS = new BuiltIn(
            "whitespace-with-specials", true, Tokenizers::splitAtWhiteSpace, words -> String.join(" ", words));

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
     * and takes a whole ideographic sentence for one word. Joined text has other white space than the one that was
     * split, and no more can be promised of it.
     */
    public static final Tokenizer UNICODE_WORDS = new BuiltIn(
            "unicode-words",
            false,
            Tokenizers::splitIntoUnicodeWords,
            words -> ReadableText.of(words, ReadableText.Apostrophe.QUOTE));

    /**
     * Every code point, white space too, is a token of its own. Its name is {@code code-points}.
     *
     * <p>It is for models that read and write letter by letter and need {@code <SOS>}, {@code <EOS>} and {@code <UNK>},
     * which a {@link CharVocabulary} does not have. Joining puts the tokens side by side; for any text, it undoes
     * splitting, so that a text of known characters is read back from its ids as it was.
     */
    public static final Tokenizer CODE_POINTS =
            new BuiltIn("code-points", false, Tokenizers::splitIntoCodePoints, words -> String.join("", words));

    private static final List<Tokenizer> ALL =
            List.of(NOTEBOOK, WHITESPACE, WHITESPACE_WITH_SPECIALS, UNICODE_WORDS, CODE_POINTS);
    private static final String NOTEBOOK_MARKS = ".,!?'\";:";

    private Tokenizers() {}

    /**
     * Finds a built-in tokenizer by its name.
     *
     * @param name {@code notebook}, {@code whitespace}, {@code whitespace-with-specials}, {@code unicode-words} or
     *     {@code code-points}, or one of them followed by {@code -lower}, for its {@link Tokenizer#lowerCased()}
     * @return the tokenizer
     * @throws IllegalArgumentException if there is no tokenizer of that name
     */
    public static Tokenizer named(String name) {
        Objects.requireNonNull(name, "name");
        for (Tokenizer tokenizer : ALL) {
            if (tokenizer.name().equals(name)) {
                return tokenizer;
            }
            if (LowerCased.name(tokenizer).equals(name)) {
                return tokenizer.lowerCased();
            }
        }
        throw new IllegalArgumentException("Tokenizers.named: there is no built-in tokenizer \"" + name
                + "\", expected one of " + ALL
                + ", or one of them with -lower after it; a model saved with a tokenizer of its own needs that tokenizer"
                + " when it is loaded");
    }

    /** A file names the tokenizer of its words: with a built-in's name, that one would split texts after loading. */
    static void requireNameOfItsOwn(Tokenizer tokenizer) {
        String name = tokenizer.name();
        for (Tokenizer builtIn : ALL) {
            boolean taken = name.equals(builtIn.name()) || name.equals(LowerCased.name(builtIn));
            if (taken && !tokenizer.equals(builtIn) && !tokenizer.equals(builtIn.lowerCased())) {
                throw new IllegalArgumentException("WordVocabulary: a tokenizer of class "
                        + tokenizer.getClass().getName() + " has the name \"" + name
                        + "\", expected another: a stored model would be loaded with the built-in one of that name");
            }
        }
    }

    private static List<String> splitAsNotebooks(String text) {
        List<String> words = new ArrayList<>();
        for (String run : runs(Unicode.lowerCase(text), Tokenizers::isNotebooks)) {
            int start = 0;
            for (int i = 0; i < run.length(); i++) {
                if (NOTEBOOK_MARKS.indexOf(run.charAt(i)) >= 0) {
                    addWord(words, run.substring(start, i));
                    words.add(run.substring(i, i + 1));
                    start = i + 1;
                }
            }
            addWord(words, run.substring(start));
        }
        return words;
    }

    private static void addWord(List<String> words, String word) {
        if (!word.isEmpty()) {
            words.add(word);
        }
    }

    private static boolean isNotebooks(int c) {
        return Unicode.isLetter(c) || Unicode.isNumber(c) || c == '_' || NOTEBOOK_MARKS.indexOf(c) >= 0;
    }

    private static List<String> splitAtWhiteSpace(String text) {
        return runs(text, c -> !Unicode.isWhiteSpace(c));
    }

    private static List<String> splitIntoUnicodeWords(String text) {
        List<String> words = new ArrayList<>();
        splitAtWhiteSpace(text).forEach(run -> UnicodeWords.splitInto(words, run));
        return words;
    }

    private static List<String> splitIntoCodePoints(String text) {
        return text.codePoints().mapToObj(Character::toString).toList();
    }

    /** The longest runs of code points of a kind. */
    static List<String> runs(String text, IntPredicate kind) {
        List<String> runs = new ArrayList<>();
        int start = -1;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            boolean inside = kind.test(c);
            if (inside && start < 0) {
                start = i;
            } else if (!inside && start >= 0) {
                runs.add(text.substring(start, i));
                start = -1;
            }
            i += Character.charCount(c);
        }
        if (start >= 0) {
            runs.add(text.substring(start));
        }
        return runs;
    }

    private record BuiltIn(
            String name,
            boolean marksSpecials,
            Function<String, List<String>> splitter,
            Function<List<String>, String> joiner)
            implements Tokenizer {

        @Override
        public List<String> tokenize(String text) {
            return splitter.apply(text);
        }

        @Override
        public String join(List<String> words) {
            return joiner.apply(Objects.requireNonNull(words, "words"));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** The tokenizer of {@link Tokenizer#lowerCased()}. */
    record LowerCased(Tokenizer cased) implements Tokenizer {
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
}
