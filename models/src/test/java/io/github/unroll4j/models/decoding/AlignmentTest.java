// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.checkpoint.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class AlignmentTest {
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

    @Test
    void aTokenThatIsNotThereIsTold() {
        Alignment alignment = new Alignment(List.of("a"), List.of("x"), new double[][] {{1}});
        for (int t : new int[] {-1, 1}) {
            assertThatThrownBy(() -> alignment.mostAttended(t))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Alignment.mostAttended: target token " + t + " was asked for, expected 0 to 0.");
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
