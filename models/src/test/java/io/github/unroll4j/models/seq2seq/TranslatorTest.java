// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.decoding.Alignment;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.decoding.Translation;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TranslatorTest {
    private static final Decoding SHORT = Decoding.greedy().upTo(6);
    private static final String SENTENCE = "one four two eight";

    static Stream<Named<Seq2SeqConfig>> configs() {
        return Tiny.configsAndPresets().stream();
    }

    private static Seq2Seq model() {
        return Tiny.model(Tiny.config("additive, gru, both ways"), 3);
    }

    @Test
    void aTextBecomesAText() {
        try (Seq2Seq model = model()) {
            DecoderSteps steps = new DecoderSteps(model.first());
            Translator translator = new Translator(model, false);
            Tiny.favour(model, WordVocabulary.EOS_ID, -5);
            Hypothesis expected = new Search(steps)
                    .search(List.of(model.source().encode(SENTENCE)), SHORT)
                    .get(0)
                    .get(0);
            Translation found = translator.translate(List.of(SENTENCE), SHORT).get(0);
            assertThat(expected.ids()).isNotEmpty();
            assertThat(found.text()).isEqualTo(model.target().decode(expected.ids()));
            assertThat(found.logProbability()).isEqualTo(expected.logProbability());
            assertThat(found.score()).isEqualTo(expected.score());
            assertThat(found.finished()).isEqualTo(expected.finished());
        }
    }

    @Test
    void theModelTranslatesByItself() {
        try (Seq2Seq model = model()) {
            Translator translator = new Translator(model, false);
            assertThat(model.translate(SENTENCE))
                    .isEqualTo(translator
                            .translate(List.of(SENTENCE), Decoding.greedy())
                            .get(0)
                            .text());
            assertThat(model.translate("")).isEmpty();
        }
    }

    @Test
    void moreTextsThanABatchComeBackInTheirOrder() {
        try (Seq2Seq model = model()) {
            Translator translator = new Translator(model, false);
            List<String> sources = IntStream.range(0, 2 * Translator.BATCH + 3)
                    .mapToObj(i -> model.source().decode(Tiny.source(Rng.seeded(i), i % 6)))
                    .toList();
            List<String> one = new ArrayList<>();
            sources.forEach(source ->
                    one.add(translator.translate(List.of(source), SHORT).get(0).text()));
            assertThat(translator.translate(sources, SHORT))
                    .extracting(Translation::text)
                    .isEqualTo(one);
            assertThat(translator.translate(List.of(), SHORT)).isEmpty();
            assertThat(translator.nBest(List.of(), SHORT)).isEmpty();
        }
    }

    @Test
    void theNBestAreSortedDistinctAndBeginWithTheBest() {
        try (Seq2Seq model = model()) {
            Translator translator = new Translator(model, false);
            Decoding how = Decoding.beam(5).nBest(4).upTo(6);
            List<Translation> best = translator.nBest(List.of(SENTENCE), how).get(0);
            assertThat(best).hasSize(4).isSortedAccordingTo((a, b) -> Double.compare(b.score(), a.score()));
            assertThat(best.stream().map(Translation::text)).doesNotHaveDuplicates();
            assertThat(translator.translate(List.of(SENTENCE), how).get(0).text())
                    .isEqualTo(best.get(0).text());
        }
    }

    @Test
    void fewerAreFoundWhereThereAreNoMore() {
        try (Seq2Seq model = model()) {
            Translator translator = new Translator(model, false);
            // targets of one token at most: "", <UNK>, a, b
            Decoding how = Decoding.beam(20).nBest(20).upTo(1);
            assertThat(translator.nBest(List.of(SENTENCE), how).get(0)).hasSize(4);
        }
    }

    @Test
    void moreThanThereAreBeamsAreRefused() {
        assertThatThrownBy(() -> Decoding.beam(3).nBest(4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Decoding: beams is 3, best 4, maxLength 100; expected 1 or more, and best at most beams.");
        assertThatThrownBy(() -> Decoding.beam(0)).hasMessageContaining("beams is 0");
        assertThatThrownBy(() -> Decoding.greedy().upTo(0)).hasMessageContaining("maxLength 0");
        assertThatThrownBy(() -> new Decoding(1, 1, Double.NaN, 5)).hasMessageContaining("lengthPenalty is NaN");
        assertThatThrownBy(() -> new Decoding(1, 1, -1, 5)).hasMessageContaining("lengthPenalty is -1.0");
        assertThatThrownBy(() -> new Decoding(1, 1, 1e300, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Decoding: lengthPenalty is 1.0E300, expected 0 to 10.0.");
        assertThatThrownBy(() -> Decoding.greedy().upTo(Integer.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Decoding: maxLength is 2147483647, expected 1 to 100000: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t \n", "\u2003\u00a0"})
    void aSourceWithoutTokensGivesAnEmptyTarget(String blank) {
        try (Seq2Seq model = model()) {
            Translator translator = new Translator(model, true);
            Translation empty = new Translation("", 0, 0, true, Optional.empty());
            assertThat(translator.translate(List.of(blank), SHORT)).containsExactly(empty);
            List<Translation> among = translator.translate(List.of(SENTENCE, blank, SENTENCE), Decoding.beam(2));
            assertThat(among.get(1)).isEqualTo(empty);
            assertThat(among.get(2).text()).isEqualTo(among.get(0).text());
            assertThat(translator.sample(List.of(blank), SamplingPolicy.greedy(), Rng.seeded(1), 5))
                    .containsExactly(empty);
        }
    }

    @Test
    void ofASourceWithoutTokensTheModelIsNotAsked() {
        try (Seq2Seq model = model()) {
            Translator translator = new Translator(model, false);
            Tiny.favour(model, WordVocabulary.UNK_ID, Double.NaN); // whoever is asked throws
            List<String> blank = List.of("", " ");
            assertThat(translator.translate(blank, Decoding.beam(2)))
                    .extracting(Translation::text)
                    .containsExactly("", "");
            assertThat(translator.sample(blank, SamplingPolicy.greedy(), Rng.seeded(1), 5))
                    .extracting(Translation::text)
                    .containsExactly("", "");
            assertThatThrownBy(() -> translator.translate(List.of("", SENTENCE), SHORT))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void unknownWordsAreReadAsUnknown(Seq2SeqConfig config) {
        try (Seq2Seq model = Tiny.model(config, 3)) {
            Translator translator = new Translator(model, false);
            Translation found =
                    translator.translate(List.of("zebra four yak"), SHORT).get(0);
            Translation same =
                    translator.translate(List.of("<UNK> four <UNK>"), SHORT).get(0);
            assertThat(found.text()).isEqualTo(same.text());
            assertThat(found.logProbability()).isEqualTo(same.logProbability());
        }
    }

    /** Far longer than anything before it on the same objects, whose buffers grow, and then a short one again. */
    @ParameterizedTest
    @MethodSource("configs")
    void aSourceOfAnyLengthIsTranslated(Seq2SeqConfig config) {
        try (Seq2Seq model = Tiny.model(config, 3)) {
            Translator translator = new Translator(model, true);
            Translation before = translator.translate(List.of(SENTENCE), SHORT).get(0);
            String endless = String.join(" ", Collections.nCopies(100, SENTENCE));
            Translation found = translator
                    .translate(List.of(endless), Decoding.beam(3).upTo(6))
                    .get(0);
            assertThat(found.logProbability()).isFinite();
            found.alignment().ifPresent(a -> assertThat(a.source()).hasSize(400));
            Translation again = translator.translate(List.of(SENTENCE), SHORT).get(0);
            assertThat(again.text()).isEqualTo(before.text());
            assertThat(again.logProbability()).isEqualTo(before.logProbability());
        }
    }

    /**
     * Positions that the location score of three does not know get no weight; the source is translated all the same.
     */
    @Test
    void positionsBeyondALocationScoreAreNotLookedAt() {
        try (Seq2Seq model = Tiny.model(Tiny.config("location, gru, both ways"), 3)) {
            Translator translator = new Translator(model, false);
            Tiny.favour(model, WordVocabulary.EOS_ID, -1e4);
            Alignment found = translator
                    .translate(List.of(SENTENCE + " five six"), SHORT)
                    .get(0)
                    .alignment()
                    .orElseThrow();
            assertThat(found.weights()).hasNumberOfRows(6);
            for (double[] row : found.weights()) {
                assertThat(row).hasSize(6).endsWith(0, 0, 0);
                assertThat(row[0] + row[1] + row[2]).isCloseTo(1, within(1e-12));
            }
        }
    }

    @Test
    void anUnknownTokenBecomesTheWordThatWasLookedAtMost() {
        try (Seq2Seq model = model()) {
            Translator keeping = new Translator(model, false);
            Translator copying = new Translator(model, true);
            Tiny.favour(model, WordVocabulary.UNK_ID, 1e4);
            List<String> source = List.of("zebra four Yak two");
            Translation kept = keeping.translate(source, SHORT).get(0);
            assertThat(kept.text().split(" ")).hasSize(6).containsOnly("<UNK>");
            Translation copied = copying.translate(source, SHORT).get(0);
            Alignment alignment = copied.alignment().orElseThrow();
            List<String> expected = new ArrayList<>();
            for (double[] row : alignment.weights()) {
                int most = IntStream.range(0, row.length)
                        .reduce((a, b) -> row[b] > row[a] ? b : a)
                        .orElseThrow();
                expected.add(alignment.source().get(most));
            }
            assertThat(copied.text()).isEqualTo(String.join(" ", expected));
            assertThat(copied.text()).as("words as they were written").containsAnyOf("zebra", "four", "Yak", "two");
            assertThat(alignment.target()).as("what the model wrote").containsOnly("<UNK>");
            assertThat(copied.logProbability()).isEqualTo(kept.logProbability());
        }
    }

    @Test
    void withoutAttentionThereIsNothingToCopyFromAndNoAlignment() {
        try (Seq2Seq model = Tiny.model(Tiny.config("plain, lstm, one way"), 3)) {
            Translator translator = new Translator(model, true);
            Tiny.favour(model, WordVocabulary.UNK_ID, 1e4);
            Translation found = translator.translate(List.of(SENTENCE), SHORT).get(0);
            assertThat(found.text().split(" ")).containsOnly("<UNK>");
            assertThat(found.alignment()).isEmpty();
            assertThatThrownBy(() -> translator.align(SENTENCE, "a b"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Translator.align: the model has no attention, so it has no alignment.");
        }
    }
}
