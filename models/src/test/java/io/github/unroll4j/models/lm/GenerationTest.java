// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.UnknownRule;
import io.github.unroll4j.text.Vocabulary;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerationTest {
    /** Flat enough that every token comes up in a few dozen draws. */
    private static final SamplingPolicy FLAT = SamplingPolicy.temperature(5);

    private static final CharVocabulary LETTERS = CharVocabulary.of("abcd\n");
    private static final WordVocabulary WORDS = WordVocabulary.of(Tokenizers.WHITESPACE, "the crow drank");

    private final LanguageModel letters = model(LETTERS);
    private final LanguageModel words = model(WORDS);

    private static LanguageModel model(Vocabulary vocabulary) {
        LanguageModel model = LanguageModel.create(
                vocabulary, new LanguageModelConfig("gru", 4, 1, Dtype.DOUBLE).embedding(3), Rng.seeded(1));
        LayerCase.shake(model.parameters(), Rng.seeded(2));
        return model;
    }

    @AfterEach
    void close() {
        letters.close();
        words.close();
    }

    private static String write(LanguageModel model, Generation request) {
        return model.generate(request, Rng.seeded(3));
    }

    @Test
    void aTextToStopAtEndsTheWritingAndIsLeftOut() {
        String whole = write(letters, Generation.of("ab", 80, FLAT));
        String stop = whole.substring(40, 43);
        String stopped = write(letters, Generation.of("ab", 80, FLAT).stopAt(stop));

        assertThat(whole).hasSize(80);
        assertThat(stopped).isEqualTo(whole.substring(0, whole.indexOf(stop))).hasSizeGreaterThan(0);
    }

    @Test
    void theFirstOfSeveralStopsCounts() {
        String whole = write(letters, Generation.of("ab", 80, FLAT));
        String stopped = write(letters, Generation.of("ab", 80, FLAT).stopAt("\n", "dd"));

        int first = Math.min(indexOrEnd(whole, "\n"), indexOrEnd(whole, "dd"));
        assertThat(stopped).isEqualTo(whole.substring(0, first));
    }

    private static int indexOrEnd(String text, String part) {
        return text.contains(part) ? text.indexOf(part) : text.length();
    }

    @Test
    void theReaderSeesEachTokenOnceAndNothingOfTheStop() {
        String whole = write(letters, Generation.of("ab", 80, FLAT));
        Generation request = Generation.of("ab", 80, FLAT).stopAt(whole.substring(40, 43));
        List<Integer> read = new ArrayList<>();
        int[] ids = letters.generate(request, Rng.seeded(3), read::add);

        assertThat(read).containsExactly(Arrays.stream(ids).boxed().toArray(Integer[]::new));
        assertThat(LETTERS.decode(ids)).isEqualTo(write(letters, request));
    }

    @Test
    void aBannedTokenIsNeverChosen() {
        Generation request = Generation.of("ab", 400, FLAT);

        assertThat(write(letters, request)).contains("c").contains("\n");
        assertThat(write(letters, request.ban("c", "\n")))
                .doesNotContain("c")
                .doesNotContain("\n")
                .hasSize(400);
        assertThat(write(
                        letters, Generation.of("ab", 9, SamplingPolicy.greedy()).ban("a", "b", "d", "\n")))
                .isEqualTo("ccccccccc");
    }

    @Test
    void wordsLeaveOutUnkAndSosAndStopAtEos() {
        Generation request = Generation.of("the", 300, FLAT);
        Generation endless = request.stopAt();
        Generation anything = endless.ban();

        assertThat(write(words, anything).split(" ", -1))
                .contains("<SOS>", "<EOS>", "<UNK>", "crow")
                .hasSize(300);
        assertThat(write(words, endless).split(" ", -1))
                .doesNotContain("<SOS>", "<UNK>")
                .contains("<EOS>")
                .hasSize(300);
        String[] beforeEos = Arrays.stream(
                        words.generate(endless, Rng.seeded(1)).split(" ", -1))
                .takeWhile(word -> !word.equals("<EOS>"))
                .toArray(String[]::new);
        assertThat(beforeEos).isNotEmpty();
        assertThat(words.generate(request, Rng.seeded(1))).isEqualTo(String.join(" ", beforeEos));
    }

    @Test
    void wordsStopAtAPhrase() {
        Generation endless = Generation.of("the", 300, FLAT).stopAt();
        String whole = write(words, endless);
        String phrase = "crow drank";

        assertThat(whole).contains(phrase);
        assertThat(write(words, endless.stopAt(phrase)))
                .isEqualTo(whole.substring(0, whole.indexOf(phrase)).strip());
    }

    @Test
    void anyPrimeIsReadAsTheRuleSays() {
        Generation known = Generation.of("abd", 30, FLAT);
        Generation unknown = Generation.of("a!b\td", 30, FLAT);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(letters, unknown))
                .withMessageContaining("'!' (U+0021 EXCLAMATION MARK) at line 1, column 2 is not among the 5 tokens");
        assertThat(write(letters, unknown.unknown(UnknownRule.skip()))).isEqualTo(write(letters, known));
        assertThat(write(letters, unknown.unknown(UnknownRule.replaceWith("c"))))
                .isEqualTo(write(letters, Generation.of("acbcd", 30, FLAT)));
        assertThat(write(words, Generation.of("the owl", 30, FLAT).stopAt()))
                .isEqualTo(write(words, Generation.of("the <UNK>", 30, FLAT).stopAt()));
        assertThat(write(words, Generation.of("", 30, FLAT).stopAt()))
                .isEqualTo(write(words, Generation.of("<SOS>", 30, FLAT).stopAt()));
    }

    @Test
    void theLengthOfThePrimeDoesNotMatter() {
        String prime = "abcd\nbdca".repeat(100); // longer than the pieces in which it is read
        Generation request = Generation.of(prime, 12, SamplingPolicy.greedy());
        int[] read = LETTERS.encode(prime);
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            double best = Double.NEGATIVE_INFINITY;
            int chosen = -1;
            for (int v = 0; v < LETTERS.size(); v++) {
                int[] longer = Arrays.copyOf(read, read.length + 1);
                longer[read.length] = v;
                double logP = letters.score(longer).logProbabilities()[read.length];
                chosen = logP > best ? v : chosen;
                best = Math.max(best, logP);
            }
            expected.append(LETTERS.token(chosen));
            read = Arrays.copyOf(read, read.length + 1);
            read[read.length - 1] = chosen;
        }

        assertThat(write(letters, request)).isEqualTo(expected.toString());
    }

    @ParameterizedTest
    @CsvSource({"'', has no token", "xyz, 'x' (U+0078"})
    void aStopThatCannotBeWrittenIsRefused(String stop, String sentence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(letters, Generation.of("a", 3, FLAT).stopAt(stop)))
                .withMessageContaining(sentence);
    }

    @Test
    void bansOfUnknownTokensOrOfAllAreRefused() {
        Generation request = Generation.of("a", 3, FLAT);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(letters, request.ban("ab")))
                .withMessageContaining("is not among the 5 characters of the vocabulary");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(letters, request.ban("a", "b", "c", "d", "\n", "a")))
                .withMessage(
                        "LanguageModel.generate: all 5 tokens of the vocabulary are banned, expected one or more to"
                                + " choose from.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Generation.of("a", -1, FLAT))
                .withMessage("LanguageModel.generate: the maximum is -1 tokens, expected 0 or more.");
    }

    @Test
    void aPolicyThatChoosesWhatCannotBeIsRefused() {
        for (int id : new int[] {-1, 5, LETTERS.id("b")}) {
            assertThatThrownBy(() -> write(
                            letters, Generation.of("a", 3, (logits, rng) -> id).ban("b")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("LanguageModel.generate: the policy ")
                    .hasMessageContaining(GenerationTest.class.getName() + "$$Lambda")
                    .hasMessageContaining(
                            " chose token " + id + ", expected one from 0 to 4 that is not banned; likely cause: ");
        }
    }
}
