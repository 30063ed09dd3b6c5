// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearchTest {
    /** Log-probabilities of some ten tokens, summed in another order, in double. */
    private static final double ROUNDING = 1e-11;

    private static final int[] SOURCE = {4, 9, 3, 7, 5};

    static Stream<Named<Seq2SeqConfig>> configs() {
        return Tiny.configsAndPresets().stream();
    }

    private static List<Hypothesis> search(Seq2Seq model, Decoding how, int... source) {
        return new Search(new DecoderSteps(model.first()))
                .search(List.of(source), how)
                .get(0);
    }

    private static List<Integer> ids(Hypothesis hypothesis) {
        return Arrays.stream(hypothesis.ids()).boxed().toList();
    }

    private static void assertSame(List<Hypothesis> found, List<Oracle.Scored> expected, Decoding how) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            Oracle.Scored right = expected.get(i);
            assertThat(ids(found.get(i))).as("hypothesis " + i).isEqualTo(right.ids());
            assertThat(found.get(i).finished()).isEqualTo(right.finished());
            assertThat(found.get(i).logProbability()).isCloseTo(right.logProbability(), within(ROUNDING));
            assertThat(found.get(i).score()).isCloseTo(right.score(how.lengthPenalty()), within(ROUNDING));
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void oneBeamTakesTheMostLikelyTokenEachTime(Seq2SeqConfig config) {
        for (int seed = 0; seed < 4; seed++) {
            try (Seq2Seq model = Tiny.model(config, seed)) {
                Oracle oracle = new Oracle(model, SOURCE);
                Decoding greedy = Decoding.greedy().upTo(8);
                assertSame(search(model, greedy, SOURCE), List.of(oracle.greedy(8)), greedy);
                Decoding beam = Decoding.beam(1).upTo(8);
                assertSame(search(model, beam, SOURCE), List.of(oracle.greedy(8)), beam);
            }
        }
    }

    /**
     * There are 3^0 + … + 3^4 = 121 targets of up to four of the tokens UNK, a, b. The last step has 3^4 hypotheses
     * with 3 ways to go on each, and every one that may end does so only if there is room for those.
     */
    @ParameterizedTest
    @CsvSource({"0, 4", "0.6, 4", "1, 4", "2, 4", "1, 2"})
    void wideEnoughABeamFindsAllThatThereIs(double lengthPenalty, int maxLength) {
        for (String kind : List.of("dot, lstm, one way", "additive, maxout, both ways", "plain, lstm, both ways")) {
            try (Seq2Seq model = Tiny.model(Tiny.config(kind), 5)) {
                Decoding how = new Decoding(244, 244, lengthPenalty, maxLength);
                List<Oracle.Scored> all = new Oracle(model, SOURCE).all(maxLength);
                assertThat(all).hasSize(maxLength == 4 ? 121 : 13);
                assertSame(search(model, how, SOURCE), Oracle.ranked(all, how), how);
            }
        }
    }

    /** Beams that prune: rows change places, end at different steps and are cut. */
    @ParameterizedTest
    @MethodSource("configs")
    void narrowBeamsAreThoseOfAPlainImplementation(Seq2SeqConfig config) {
        for (int seed = 0; seed < 3; seed++) {
            try (Seq2Seq model = Tiny.model(config, seed)) {
                Oracle oracle = new Oracle(model, SOURCE);
                for (int beams = 2; beams <= 7; beams++) { // 7 are more than there are tokens
                    Decoding how = new Decoding(beams, beams, 0.7, 5);
                    List<Hypothesis> found = search(model, how, SOURCE);
                    assertSame(found, oracle.beam(how), how);
                    assertThat(found.stream().map(SearchTest::ids)).doesNotHaveDuplicates();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void theLogProbabilityIsThatOfTheScoredTarget(Seq2SeqConfig config) {
        try (Seq2Seq model = Tiny.model(config, 2)) {
            for (Hypothesis h : search(model, new Decoding(4, 4, 1, 6), SOURCE)) {
                double[] scores = model.score(PairBatch.of(List.of(new Pair(SOURCE, h.ids()))));
                double expected = Arrays.stream(scores).sum() - (h.finished() ? 0 : scores[h.ids().length]);
                assertThat(h.logProbability()).isCloseTo(expected, within(ROUNDING));
                assertThat(h.ids()).doesNotContain(WordVocabulary.EOS_ID, WordVocabulary.SOS_ID);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void manySourcesAtOnceGiveWhatEachGivesAlone(Seq2SeqConfig config) {
        for (Dtype dtype : Dtype.values()) {
            Seq2SeqConfig typed = Tiny.with(config, config.options().dtype(dtype));
            try (Seq2Seq model = Tiny.model(typed, 7)) {
                DecoderSteps steps = new DecoderSteps(model.first());
                List<int[]> sources =
                        Tiny.pairs(8, 15).stream().map(Pair::source).toList();
                Decoding how = new Decoding(3, 3, 1, 6);
                List<List<Hypothesis>> together = new Search(steps).search(sources, how);
                List<int[]> backwards = new ArrayList<>(sources);
                Collections.reverse(backwards);
                List<List<Hypothesis>> other = new Search(steps).search(backwards, how);
                for (int i = 0; i < sources.size(); i++) {
                    List<Hypothesis> alone = search(model, how, sources.get(i));
                    assertAlike(together.get(i), alone, dtype);
                    assertAlike(other.get(sources.size() - 1 - i), alone, dtype);
                }
            }
        }
    }

    /** Products over other numbers of rows add up in another order. */
    private static void assertAlike(List<Hypothesis> found, List<Hypothesis> alone, Dtype dtype) {
        double rounding = dtype == Dtype.DOUBLE ? ROUNDING : 1e-4;
        assertThat(found.stream().map(SearchTest::ids))
                .containsExactlyElementsOf(alone.stream().map(SearchTest::ids).toList());
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i).score()).isCloseTo(alone.get(i).score(), within(rounding));
            assertThat(found.get(i).finished()).isEqualTo(alone.get(i).finished());
            for (int t = 0; t < found.get(i).weights().length; t++) {
                assertThat(found.get(i).weights()[t])
                        .containsExactly(alone.get(i).weights()[t], within(rounding));
            }
        }
    }

    @Test
    void anEndRightAfterTheLongestLengthIsAnEnd() {
        try (Seq2Seq model = Tiny.model(Tiny.config("dot, lstm, one way"), 0)) {
            int tried = 0;
            for (int seed = 0; seed < 20; seed++) {
                int[] source = Tiny.source(Rng.seeded(seed), 4);
                Hypothesis whole =
                        search(model, Decoding.greedy().upTo(30), source).get(0);
                int length = whole.ids().length;
                if (whole.finished() && length >= 2) {
                    tried++;
                    Hypothesis exact = search(model, Decoding.greedy().upTo(length), source)
                            .get(0);
                    assertThat(exact.finished()).isTrue();
                    assertThat(exact.logProbability()).isEqualTo(whole.logProbability());
                    Hypothesis cut = search(model, Decoding.greedy().upTo(length - 1), source)
                            .get(0);
                    assertThat(cut.finished()).isFalse();
                    assertThat(cut.ids()).isEqualTo(Arrays.copyOf(whole.ids(), length - 1));
                    assertThat(cut.logProbability()).isGreaterThan(whole.logProbability());
                }
            }
            assertThat(tried).as("sources with a target of two tokens or more").isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3}) // with more beams than tokens even a hopeless end has a place
    void aModelThatNeverEndsIsCutAtTheLongestLength(int beams) {
        try (Seq2Seq model = Tiny.model(Tiny.config("additive, gru, both ways"), 0)) {
            Tiny.favour(model, WordVocabulary.EOS_ID, -1e4);
            List<Hypothesis> found = search(model, new Decoding(beams, beams, 1, 9), SOURCE);
            assertThat(found).hasSize(beams).allSatisfy(h -> {
                assertThat(h.finished()).isFalse();
                assertThat(h.ids()).hasSize(9);
                assertThat(h.weights()).hasNumberOfRows(9);
            });
            assertThat(found.stream().map(SearchTest::ids)).doesNotHaveDuplicates();
            assertThat(found).isSortedAccordingTo((a, b) -> Double.compare(b.score(), a.score()));
        }
    }

    @Test
    void hypothesesThatEndedComeBeforeTheOthers() {
        try (Seq2Seq model = Tiny.model(Tiny.config("dot, lstm, one way"), 0)) {
            Tiny.favour(model, WordVocabulary.EOS_ID, -3); // few of them end
            List<Hypothesis> found = search(model, new Decoding(6, 6, 0, 3), SOURCE);
            assertThat(found).extracting(Hypothesis::finished).contains(true, false);
            assertThat(found).isSortedAccordingTo((a, b) -> Boolean.compare(b.finished(), a.finished()));
        }
    }

    @Test
    void aModelThatEndsAtOnceGivesTheEmptyTarget() {
        try (Seq2Seq model = Tiny.model(Tiny.config("dot, lstm, one way"), 0)) {
            Tiny.favour(model, WordVocabulary.EOS_ID, 1e4);
            assertThat(search(model, Decoding.greedy(), SOURCE)).singleElement().satisfies(h -> {
                assertThat(h.ids()).isEmpty();
                assertThat(h.finished()).isTrue();
                assertThat(h.logProbability()).isCloseTo(0, within(ROUNDING));
            });
        }
    }

    @Test
    void theStartTokenIsNeverChosen() {
        try (Seq2Seq model = Tiny.model(Tiny.config("dot, lstm, one way"), 0)) {
            Tiny.favour(model, WordVocabulary.SOS_ID, 20);
            for (Hypothesis h : search(model, new Decoding(4, 4, 1, 6), SOURCE)) {
                assertThat(h.ids()).doesNotContain(WordVocabulary.SOS_ID);
                assertThat(h.logProbability())
                        .as("what the model gave away is not given back")
                        .isLessThan(-10);
            }
        }
    }

    @Test
    void weightsThatAreNoNumbersAreToldAsSuch() {
        try (Seq2Seq model = Tiny.model(Tiny.config("dot, lstm, one way"), 0)) {
            Tiny.favour(model, WordVocabulary.UNK_ID, Double.NaN);
            for (Decoding how : List.of(Decoding.greedy(), Decoding.beam(3))) {
                assertThatThrownBy(() -> search(model, how, SOURCE))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(
                                "the log-sum of the logits of step 0 is NaN, expected a finite number; likely cause");
            }
        }
    }
}
