// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.decoding.Translation;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SampleTest {
    private static final SamplingPolicy POLICY = SamplingPolicy.temperature(1);
    private static final String SENTENCE = "one four two two";

    private final Seq2Seq model = Tiny.model(Tiny.config("additive, gru, both ways"), 3);
    private final Translator translator = new Translator(model, false);

    @AfterEach
    void close() {
        model.close();
    }

    private List<Translation> sample(List<String> sources, long seed, int maxLength) {
        return translator.sample(sources, POLICY, Rng.seeded(seed), maxLength);
    }

    /**
     * Five standard deviations of the share of n draws; with a hundred kinds of target, one in ten thousand seeds would
     * miss.
     */
    @Test
    void targetsComeAsOftenAsTheModelSays() {
        int n = 6000;
        Map<String, Integer> counts = new HashMap<>();
        sample(Collections.nCopies(n, SENTENCE), 1, 2)
                .forEach(t -> counts.merge(t.text() + t.finished(), 1, Integer::sum));
        Oracle oracle = new Oracle(model, model.source().encode(SENTENCE));
        Map<String, Double> expected = new HashMap<>();
        collect(oracle, List.of(), 1, expected);
        assertThat(expected).hasSize(22); // 1 + 3 + 9 that end, 9 that are cut
        assertThat(expected.values().stream().mapToDouble(p -> p).sum()).isCloseTo(1, within(1e-12));
        assertThat(expected.keySet()).containsAll(counts.keySet());
        expected.forEach((target, p) -> assertThat((double) counts.getOrDefault(target, 0) / n)
                .as(target)
                .isCloseTo(p, within(5 * Math.sqrt(p * (1 - p) / n) + 1.0 / n)));
    }

    /** Probabilities of all targets of up to two tokens, the start token's share given to the others at each step. */
    private void collect(Oracle oracle, List<Integer> prefix, double before, Map<String, Double> all) {
        double[] next = oracle.next(prefix);
        double sum = Arrays.stream(next).map(Math::exp).sum();
        double end = Math.exp(next[WordVocabulary.EOS_ID]) / sum;
        String text = model.target().decode(prefix.stream().mapToInt(i -> i).toArray());
        all.put(text + true, before * end);
        if (prefix.size() == 2) {
            all.put(text + false, before * (1 - end));
            return;
        }
        for (int id = WordVocabulary.UNK_ID; id < next.length; id++) {
            List<Integer> longer = new ArrayList<>(prefix);
            longer.add(id);
            collect(oracle, longer, before * Math.exp(next[id]) / sum, all);
        }
    }

    @Test
    void theSameSeedDrawsTheSame() {
        List<String> sources = Collections.nCopies(20, SENTENCE);
        List<String> first = texts(sample(sources, 7, 8));
        assertThat(texts(sample(sources, 7, 8))).isEqualTo(first);
        assertThat(texts(sample(sources, 8, 8))).isNotEqualTo(first);
        assertThat(Set.copyOf(first)).as("targets of one source").hasSizeGreaterThan(3);
    }

    private static List<String> texts(List<Translation> translations) {
        return translations.stream().map(Translation::text).toList();
    }

    /** More than one batch, and sources without tokens among them. */
    @Test
    void whatStandsBesideASourceDoesNotMatter() {
        List<String> sources = new ArrayList<>();
        for (int i = 0; i < Translator.BATCH + 8; i++) {
            sources.add(model.source().decode(Tiny.source(Rng.seeded(i), i % 6)));
        }
        List<Translation> together = sample(sources, 4, 8);
        Rng rng = Rng.seeded(4);
        for (int i = 0; i < sources.size(); i++) {
            Translation alone =
                    translator.sample(List.of(sources.get(i)), POLICY, rng, 8).get(0);
            assertThat(alone.text()).isEqualTo(together.get(i).text());
            assertThat(alone.logProbability()).isCloseTo(together.get(i).logProbability(), within(1e-11));
        }
    }

    @Test
    void theLogProbabilityIsThatOfTheScoredTarget() {
        DecoderSteps steps = new DecoderSteps(model.first());
        int[] source = model.source().encode(SENTENCE);
        Rng rng = Rng.seeded(2);
        List<Rng> rngs = Stream.generate(rng::split).limit(30).toList();
        for (Hypothesis h : new Search(steps).sample(Collections.nCopies(30, source), rngs, POLICY, 4)) {
            double[] scores = model.score(PairBatch.of(List.of(new Pair(source, h.ids()))));
            double expected = Arrays.stream(scores).sum() - (h.finished() ? 0 : scores[h.ids().length]);
            assertThat(h.logProbability()).isCloseTo(expected, within(1e-11));
            assertThat(h.ids())
                    .hasSizeLessThanOrEqualTo(4)
                    .doesNotContain(WordVocabulary.SOS_ID, WordVocabulary.EOS_ID);
            assertThat(h.weights()).hasNumberOfRows(h.ids().length + (h.finished() ? 1 : 0));
        }
    }

    @Test
    void greedySamplesAreTheGreedySearch() {
        Translation greedy = translator
                .translate(List.of(SENTENCE), Decoding.greedy().upTo(7))
                .get(0);
        Translation drawn = translator
                .sample(List.of(SENTENCE), SamplingPolicy.greedy(), Rng.seeded(1), 7)
                .get(0);
        assertThat(drawn.text()).isEqualTo(greedy.text());
        assertThat(drawn.finished()).isEqualTo(greedy.finished());
        assertThat(drawn.logProbability()).isEqualTo(greedy.logProbability());
    }

    @Test
    void theStartTokenIsNeverDrawn() {
        Tiny.favour(model, WordVocabulary.SOS_ID, 30);
        assertThat(texts(sample(Collections.nCopies(50, SENTENCE), 1, 5)))
                .allSatisfy(text -> assertThat(text).doesNotContain(WordVocabulary.SOS));
    }

    @Test
    void aModelThatNeverEndsIsCut() {
        Tiny.favour(model, WordVocabulary.EOS_ID, -1e4);
        assertThat(sample(List.of(SENTENCE), 1, 5)).singleElement().satisfies(t -> {
            assertThat(t.finished()).isFalse();
            assertThat(t.text().split(" ")).hasSize(5);
        });
    }

    @Test
    void nothingToDrawForOrALengthOfNoneIsTold() {
        assertThat(sample(List.of(), 1, 5)).isEmpty();
        assertThatThrownBy(() -> sample(List.of(SENTENCE), 1, Integer.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxLength is 2147483647, expected 1 to 100000");
        assertThatThrownBy(() -> sample(List.of(SENTENCE), 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Translator.sample: maxLength is 0, expected 1 to 100000: a model need not end by itself, and each token"
                                + " costs memory.");
    }

    @Test
    void aPolicyThatChoosesWhatCannotBeIsRefused() {
        for (int id : new int[] {-1, 999, WordVocabulary.SOS_ID}) {
            assertThatThrownBy(() -> translator.sample(List.of(SENTENCE), (l, rng) -> id, Rng.seeded(1), 3))
                    .hasMessageStartingWith("Translator.sample: the policy ")
                    .hasMessageContaining(" chose token " + id);
        }
    }

    @Test
    void aBeamWiderThanMemoryIsRefused() {
        assertThatThrownBy(() -> Decoding.beam(1_000_000_000))
                .hasMessageContaining("beams is 1000000000, expected at most 1000:");
    }
}
