// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.decoding.Alignment;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.Translation;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Where a model looked, in what a translator answers. */
class TranslatorAlignmentTest {
    private static final String SENTENCE = "one four two eight five";

    static Stream<Named<Seq2SeqConfig>> attending() {
        return Tiny.configsAndPresets().stream()
                .filter(c -> !(c.getPayload().attending() instanceof AttentionKind.None));
    }

    private static boolean gaussian(Seq2SeqConfig config) {
        return config.attending() instanceof AttentionKind.Luong luong && luong.focus() instanceof Focus.Predictive;
    }

    @ParameterizedTest
    @MethodSource("attending")
    void everyRowIsADistributionOverTheSource(Seq2SeqConfig config) {
        try (Seq2Seq model = Tiny.model(config, 3)) {
            Translator translator = new Translator(model, false);
            Tiny.favour(model, WordVocabulary.EOS_ID, -1e3);
            Decoding how = Decoding.beam(2).nBest(2).upTo(5);
            for (Translation found :
                    translator.nBest(List.of("zebra " + SENTENCE), how).get(0)) {
                Alignment alignment = found.alignment().orElseThrow();
                assertThat(alignment.source()).containsExactly("zebra", "one", "four", "two", "eight", "five");
                assertThat(String.join(" ", alignment.target())).isEqualTo(found.text());
                assertThat(alignment.weights()).hasNumberOfRows(5);
                for (double[] row : alignment.weights()) {
                    double sum = DoubleStream.of(row).sum();
                    assertThat(DoubleStream.of(row).boxed())
                            .allSatisfy(w -> assertThat(w).isBetween(0.0, 1.0));
                    if (gaussian(config)) { // what the bell takes is not given back
                        assertThat(sum).isBetween(0.0, 1.0);
                    } else {
                        assertThat(sum).isCloseTo(1, within(1e-12));
                    }
                }
            }
        }
    }

    /** Greedy, beam and the teacher's way look at the same places when they write the same target. */
    @ParameterizedTest
    @MethodSource("attending")
    void everyWayToTheSameTargetLooksAtTheSamePlaces(Seq2SeqConfig config) {
        int finished = 0;
        try (Seq2Seq model = Tiny.model(config, 3)) {
            Translator translator = new Translator(model, false);
            Tiny.favour(model, WordVocabulary.EOS_ID, -3);
            for (Decoding how :
                    List.of(Decoding.greedy().upTo(6), Decoding.beam(4).nBest(4).upTo(6))) {
                for (Translation found :
                        translator.nBest(List.of(SENTENCE), how).get(0)) {
                    Alignment searched = found.alignment().orElseThrow();
                    Alignment taught = translator.align(SENTENCE, found.text());
                    assertThat(taught.source()).isEqualTo(searched.source());
                    List<String> written = new ArrayList<>(searched.target());
                    if (!found.finished()) { // the teacher ends every target
                        written.add("<EOS>");
                    }
                    assertThat(taught.target()).isEqualTo(written).endsWith("<EOS>");
                    finished += found.finished() ? 1 : 0;
                    for (int t = 0; t < searched.weights().length; t++) {
                        assertThat(taught.weights()[t]).containsExactly(searched.weights()[t], within(1e-12));
                    }
                }
            }
            assertThat(finished).as("targets with an end").isPositive();
        }
    }

    /**
     * A location score of three knows the first three tokens that the encoder read; of a reversed source those are the
     * last.
     */
    @ParameterizedTest
    @CsvSource({"false, 1 1 1 0 0", "true, 0 0 1 1 1"})
    void weightsOfAReversedSourceStandInItsOwnOrder(boolean reversed, String looked) {
        Seq2SeqConfig plain = Tiny.config("location, gru, one way");
        try (Seq2Seq model = Tiny.model(Tiny.with(plain, plain.options().reversed(reversed)), 3)) {
            Translator translator = new Translator(model, false);
            for (double[] row : translator.align(SENTENCE, "a b").weights()) {
                List<String> seen =
                        DoubleStream.of(row).mapToObj(w -> w > 0 ? "1" : "0").toList();
                assertThat(String.join(" ", seen)).isEqualTo(looked);
            }
        }
    }

    @Test
    void emptySidesHaveNothingButTheirEnd() {
        try (Seq2Seq model = Tiny.model(Tiny.config("additive, gru, both ways"), 3)) {
            Translator translator = new Translator(model, false);
            assertThat(translator.align(SENTENCE, "").target()).containsExactly("<EOS>");
            assertThat(translator.align(" ", "a b").weights()).hasNumberOfRows(3);
            assertThat(translator.align(" ", "a b").weights()[0]).isEmpty();
        }
    }
}
