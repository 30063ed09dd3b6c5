// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.checkpoint.Json;
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

class AlignmentTest {
    private static final String SENTENCE = "one four two eight five";
    private static final Alignment AWKWARD = new Alignment(
            List.of("a,b", "say \"hi\"", "line\nbreak", "longer than five"),
            List.of("=1+1", "", "é🐦"),
            new double[][] {{1, 0, 0, 0}, {0.1, 0.2, 0.3, 0.4}, {1.0 / 3, Math.ulp(1), 0.5, 1e-300}});

    /** Records of RFC 4180: fields in quotation marks, or without. */
    private static List<List<String>> parseCsv(String text) {
        List<List<String>> records = new ArrayList<>();
        List<String> record = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                field.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == ',' || text.startsWith("\r\n", i))) {
                record.add(field.toString());
                field.setLength(0);
                if (c != ',') {
                    records.add(record);
                    record = new ArrayList<>();
                    i++;
                }
            } else {
                field.append(c);
            }
        }
        assertThat(quoted).isFalse();
        assertThat(record).as("the last line is ended too").isEmpty();
        return records;
    }

    @Test
    void csvIsReadBackToTheLastBit() {
        List<List<String>> records = parseCsv(AWKWARD.csv());
        assertThat(records).hasSize(4).allSatisfy(r -> assertThat(r).hasSize(5));
        assertThat(records.get(0)).startsWith("").endsWith(AWKWARD.source().toArray(String[]::new));
        for (int t = 0; t < 3; t++) {
            List<String> record = records.get(t + 1);
            assertThat(record.get(0)).isEqualTo(AWKWARD.target().get(t));
            assertThat(record.subList(1, 5).stream().mapToDouble(Double::parseDouble))
                    .containsExactly(
                            DoubleStream.of(AWKWARD.weights()[t]).boxed().toArray(Double[]::new));
        }
    }

    @Test
    void jsonIsReadBackToTheLastBit() {
        var json = Json.parse("alignment", AWKWARD.json());
        assertThat(json).containsOnlyKeys("source", "target", "weights");
        assertThat(json.get("source")).isEqualTo(AWKWARD.source());
        assertThat(json.get("target")).isEqualTo(AWKWARD.target());
        List<?> rows = Json.get("alignment", json, "weights", List.class);
        assertThat(rows).hasSize(3);
        for (int t = 0; t < 3; t++) {
            List<Double> expected =
                    DoubleStream.of(AWKWARD.weights()[t]).boxed().toList();
            assertThat(rows.get(t)).isEqualTo(expected);
        }
    }

    @Test
    void textIsATableWithShades() {
        Alignment alignment = new Alignment(List.of("the", "black", "crows"), List.of("die", "Krähen"), new double[][] {
            {0.97, 0.03, 0}, {0, 0.25, 0.75}
        });
        assertThat(alignment.text().lines())
                .containsExactly(
                        "          the black crows", //
                        "   die   0.97  0.03  0.00  |@  |",
                        "Krähen   0.00  0.25  0.75  | :#|");
        assertThat(AWKWARD.text()).contains("long…").doesNotContain("longer");
    }

    @Test
    void aTargetOfNothingStillHasAnAlignment() {
        Alignment alignment = new Alignment(List.of("a"), List.of(), new double[0][]);
        assertThat(alignment.text()).contains("a");
        assertThat(alignment.csv()).isEqualTo(",\"a\"\r\n");
        assertThat(Json.parse("alignment", alignment.json()).get("weights")).isEqualTo(List.of());
    }

    @Test
    void rowsThatDoNotFitTheLabelsAreRefused() {
        assertThatThrownBy(() -> new Alignment(List.of("a", "b"), List.of("c"), new double[][] {{1}}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "Alignment: 1 rows of [1] numbers, expected one row for each of 1 target tokens");
        assertThatThrownBy(() -> new Alignment(List.of("a"), List.of("b", "c"), new double[][] {{1}}))
                .hasMessageContaining("each of 2 target tokens");
    }

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
        try (Seq2Seq model = Tiny.model(config, 3);
                Translator translator = new Translator(model, false)) {
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
        try (Seq2Seq model = Tiny.model(config, 3);
                Translator translator = new Translator(model, false)) {
            Tiny.favour(model, WordVocabulary.EOS_ID, -3);
            for (Decoding how :
                    List.of(Decoding.greedy().upTo(6), Decoding.beam(4).nBest(4).upTo(6))) {
                for (Translation found :
                        translator.nBest(List.of(SENTENCE), how).get(0)) {
                    Alignment searched = found.alignment().orElseThrow();
                    Alignment taught = translator.align(SENTENCE, found.text());
                    assertThat(taught.source()).isEqualTo(searched.source());
                    assertThat(taught.target()).isEqualTo(searched.target());
                    for (int t = 0; t < taught.weights().length; t++) {
                        assertThat(taught.weights()[t]).containsExactly(searched.weights()[t], within(1e-12));
                    }
                }
            }
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
        Seq2SeqConfig.Options options = new Seq2SeqConfig.Options(
                false, reversed, false, 0, plain.options().dtype());
        try (Seq2Seq model = Tiny.model(Tiny.with(plain, options), 3);
                Translator translator = new Translator(model, false)) {
            for (double[] row : translator.align(SENTENCE, "a b").weights()) {
                List<String> seen =
                        DoubleStream.of(row).mapToObj(w -> w > 0 ? "1" : "0").toList();
                assertThat(String.join(" ", seen)).isEqualTo(looked);
            }
        }
    }

    @Test
    void emptySidesHaveEmptyAlignments() {
        try (Seq2Seq model = Tiny.model(Tiny.config("additive, gru, both ways"), 3);
                Translator translator = new Translator(model, false)) {
            assertThat(translator.align(SENTENCE, "").weights()).isEmpty();
            assertThat(translator.align(" ", "a b").weights()).hasNumberOfRows(2);
            assertThat(translator.align(" ", "a b").weights()[0]).isEmpty();
        }
    }

    @Test
    void weightsThatAreNoSharesAreRefused() {
        for (double weight : new double[] {-0.5, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> new Alignment(List.of("a"), List.of("x"), new double[][] {{weight}}))
                    .hasMessageContaining("a row of weights is [" + weight + "], expected numbers in [0, 1]");
        }
    }
}
