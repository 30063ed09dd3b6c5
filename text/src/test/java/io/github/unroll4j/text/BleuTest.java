// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BleuTest {
    /** Both sides compute in double with a few operations. */
    private static final double ROUNDING = 1e-11;

    private static final List<String> DOG_FOUND =
            List.of("The dog bit the man.", "It wasn't surprising.", "The man had just bitten him.");
    private static final List<String> DOG_FIRST =
            List.of("The dog bit the man.", "It was not unexpected.", "The man bit him first.");
    private static final List<String> DOG_SECOND =
            List.of("The dog had bit the man.", "No one was surprised.", "The man had bitten the dog.");

    private static List<List<String>> words(String... sentences) {
        List<List<String>> words = new ArrayList<>();
        for (String sentence : sentences) {
            words.add(Tokenizers.WHITESPACE.tokenize(sentence));
        }
        return words;
    }

    @Test
    void theFiguresOfTheUnigramExampleOfThePaper() {
        // Papineni et al., example 2: "the" occurs at most twice in one reference, so 2 of 7 count.
        Bleu bleu = Bleu.of(
                words("the the the the the the the"),
                words("the cat is on the mat"),
                words("there is a cat on the mat"));
        assertThat(bleu.matches()).containsExactly(2L, 0L, 0L, 0L);
        assertThat(bleu.totals()).containsExactly(7L, 6L, 5L, 4L);
        assertThat(bleu.precision(1)).isEqualTo(2.0 / 7);
        assertThat(bleu.referenceLength()).isEqualTo(7);
        assertThat(bleu.score()).isZero();
    }

    @Test
    void aSentenceWorkedByHand() {
        // 5 words against 6: p = 5/5, 3/4, 2/3, 1/2 (the cat sat on | a -> "on mat" is missing), BP = e^(1 - 6/5).
        Bleu bleu = Bleu.of(words("the cat sat on mat"), words("the cat sat on the mat"));
        assertThat(bleu.matches()).containsExactly(5L, 3L, 2L, 1L);
        assertThat(bleu.totals()).containsExactly(5L, 4L, 3L, 2L);
        assertThat(bleu.brevityPenalty()).isCloseTo(Math.exp(-0.2), within(1e-15));
        assertThat(bleu.score()).isCloseTo(100 * Math.exp(-0.2) * Math.pow(0.25, 0.25), within(ROUNDING));
    }

    @Test
    void countsAreSummedOverTheCorpusBeforeTheyAreDivided() {
        Bleu bleu = Bleu.of(words("a b c d", "x"), words("a b c d", "y"));
        assertThat(bleu.precision(1)).isEqualTo(4.0 / 5);
        assertThat(bleu.precision(4)).isEqualTo(1);
        assertThat(bleu.score()).isCloseTo(100 * Math.pow(0.8, 0.25), within(ROUNDING));
    }

    @Test
    void theClosestReferenceCountsAndOfTwoTheShorter() {
        assertThat(Bleu.of(words("a b c"), words("a b c d e"), words("a")).referenceLength())
                .isEqualTo(1);
        assertThat(Bleu.of(words("a b c"), words("a b c d"), words("a")).referenceLength())
                .isEqualTo(4);
    }

    /**
     * The figures that sacrebleu 2 gives in its README and its tests (github.com/mjpost/sacrebleu, test/test_bleu.py).
     */
    @Test
    void theFiguresRecordedFromSacrebleu() {
        Bleu bleu = Bleu.ofTexts(DOG_FOUND, DOG_FIRST, DOG_SECOND);
        assertThat(bleu.score()).isCloseTo(48.530827, within(1e-6)); // recorded with six decimals
        assertThat(bleu)
                .hasToString("BLEU = 48.53 82.4/50.0/45.5/37.5 (BP = 0.943 ratio = 0.944 hyp_len = 17 ref_len = 18)");
        Bleu unsplit = Bleu.of(
                words(DOG_FOUND.toArray(String[]::new)),
                words(DOG_FIRST.toArray(String[]::new)),
                words(DOG_SECOND.toArray(String[]::new)));
        assertThat(unsplit.score()).isCloseTo(49.1919566, within(1e-6)); // tokenize="none"
        assertThat(Bleu.ofTexts(List.of("", "", ""), DOG_FIRST, DOG_SECOND).score())
                .isZero();
        assertThat(new Bleu(List.of(9L, 7L, 5L, 3L), List.of(10L, 8L, 6L, 4L), 11, 11).score() / 100)
                .isCloseTo(0.8375922397, within(1e-9));
        assertThat(Bleu.of(words("am I am a character sequence"), words("I am a symbol string sequence a a")))
                .isEqualTo(new Bleu(List.of(4L, 2L, 1L, 0L), List.of(6L, 5L, 4L, 3L), 6, 8));
    }

    static List<Corpus> corpora() throws IOException {
        List<Corpus> corpora = new ArrayList<>();
        try (InputStream file = Objects.requireNonNull(BleuTest.class.getResourceAsStream("bleu.golden"))) {
            List<String> sentences = new ArrayList<>();
            String[] score = {};
            for (String line : new String(file.readAllBytes(), UTF_8).lines().toList()) {
                if (line.startsWith("corpus ")) {
                    sentences = new ArrayList<>();
                } else if (line.startsWith("score ")) {
                    score = line.split(" ");
                } else if (line.startsWith("matches ")) {
                    corpora.add(new Corpus(sentences, score, line.split(" ")));
                } else if (!line.startsWith("#")) {
                    sentences.add(line);
                }
            }
        }
        return corpora;
    }

    /** A corpus and the figures that {@code tools/golden/bleu_golden.py} computes from it. */
    @SuppressWarnings("ArrayRecordComponent") // holds lines of a file, never compared
    record Corpus(List<String> sentences, String[] score, String[] counts) {
        /** Column 0 has the hypotheses, each other column one set of references. */
        List<List<String>> column(int i) {
            return sentences.stream()
                    .map(line -> Tokenizers.WHITESPACE.tokenize(line.split(" ?\\|\\|\\| ?", -1)[i]))
                    .toList();
        }

        int columns() {
            return sentences.get(0).split(" ?\\|\\|\\| ?", -1).length;
        }

        double figure(int word) {
            return Double.parseDouble(score[word]);
        }

        List<Long> counts(int from) {
            return List.of(counts).subList(from, from + 4).stream()
                    .map(Long::valueOf)
                    .toList();
        }

        @Override
        public String toString() {
            return sentences.size() + " sentences, " + (columns() - 1) + " references each";
        }
    }

    @ParameterizedTest
    @MethodSource("corpora")
    @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of lists can be created only as raw types
    void aSecondImplementationSaysTheSame(Corpus corpus) {
        List<List<String>>[] references = new List[corpus.columns() - 1];
        for (int i = 0; i < references.length; i++) {
            references[i] = corpus.column(i + 1);
        }
        Bleu bleu = Bleu.of(corpus.column(0), references);
        assertThat(bleu.matches()).isEqualTo(corpus.counts(1));
        assertThat(bleu.totals()).isEqualTo(corpus.counts(6));
        assertThat(bleu.score()).isCloseTo(corpus.figure(1), within(ROUNDING));
        assertThat(bleu.brevityPenalty()).isCloseTo(corpus.figure(3), within(ROUNDING));
        assertThat(bleu.length()).isEqualTo((long) corpus.figure(5));
        assertThat(bleu.referenceLength()).isEqualTo((long) corpus.figure(7));
    }

    @Test
    void nothingAgainstNothingScoresNothing() {
        assertThat(Bleu.of(List.of(), List.of()).score()).isZero();
        assertThat(Bleu.of(words(""), words("a")).brevityPenalty()).isZero();
        assertThat(Bleu.of(words("a b c d"), words("")).score()).isZero();
        assertThat(Bleu.of(words("a b c"), words("a b c")).score()).isZero(); // there is no 4-gram
        assertThat(Bleu.of(words("a b c d"), words("a b c d")).score()).isEqualTo(100);
    }

    @Test
    void listsOfDifferentLengthsAreRefused() {
        assertThatThrownBy(() -> Bleu.ofTexts(List.of("a", "b"), List.of("a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Bleu: there are 2 hypotheses and 1 references, expected one for each; likely cause: a"
                        + " line is missing in one of the two files");
        assertThatThrownBy(() -> Bleu.ofTexts(List.of("a"))).hasMessageContaining("at least one set");
        assertThatThrownBy(() -> new Bleu(List.of(1L), List.of(1L), 1, 1)).hasMessageContaining("1 numerators");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    Hello, world!                | Hello , world !
                    It wasn't (quite) "right".   | It wasn't ( quite ) " right " .
                    3.14 and 1,000 but a.b       | 3.14 and 1,000 but a . b
                    at 5. Then,6                 | at 5 . Then , 6
                    well-known 1990-1995 F-16    | well-known 1990 - 1995 F-16
                    a&amp;b &lt;i&gt; &quot;x&quot; | a & b < i > " x "
                    &amp;lt;                     | <
                    so... yes                    | so . . . yes
                    100% $5 a_b {x} [y] ~z       | 100 % $ 5 a _ b { x } [ y ] ~ z
                    Übung für große Äpfel.       | Übung für große Äpfel .
                    „Ja“ – sagte er              | „Ja“ – sagte er
                    <skipped>word                | word
                    `  spaced   out  `           | spaced out
                    """)
    void splitsAsMteval13a(String text, String tokens) {
        assertThat(String.join(" ", Mteval13a.tokenize(text))).isEqualTo(tokens);
    }

    @Test
    void linesAreJoinedAndAHyphenAtTheirEndIsUndone() {
        assertThat(Mteval13a.tokenize("a hy-\nphen\nhere\n")).containsExactly("a", "hyphen", "here");
        assertThat(Mteval13a.tokenize(" \t\n")).isEmpty();
    }
}
