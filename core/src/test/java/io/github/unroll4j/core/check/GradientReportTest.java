// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.check.GradientReport.Element;
import io.github.unroll4j.core.check.GradientReport.Entry;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GradientReportTest {
    private static final double TOLERANCE = 1e-6;

    /**
     * An array whose elements were given these multiples of what is right; what is off by more than the tolerance is
     * wrong.
     */
    private static Entry array(double... ratios) {
        return new Entry(
                "W",
                IntStream.range(0, ratios.length)
                        .mapToObj(k -> new Element("W[" + k + "]", ratios[k] * (k + 1), k + 1, Math.abs(ratios[k] - 1)))
                        .toList());
    }

    private static String lastLine(double... ratios) {
        String failures = new GradientReport(List.of(array(ratios)), List.of(), ratios.length).failures(TOLERANCE);
        return failures.lines().reduce("", (before, line) -> line.strip());
    }

    @Test
    void theRatioOfAllWrongElementsIsNamed() {
        assertThat(lastLine(-1, -1.0001, -1)).isEqualTo("of all wrong ones the ratio is -1: a sign?");
        assertThat(lastLine(1, -1, -1)).isEqualTo("of all wrong ones the ratio is -1: a sign?");
        assertThat(lastLine(0, 0)).isEqualTo("of all wrong ones the ratio is 0: a path that is lost?");
        assertThat(lastLine(2, 2)).isEqualTo("of all wrong ones the ratio is 2: a path that is counted twice?");
        assertThat(lastLine(0.5, 0.5)).isEqualTo("of all wrong ones the ratio is 0.5000: a factor?");
    }

    @Test
    void ratiosThatDifferOrStandAloneSayNothing() {
        assertThat(lastLine(-1, 1.01, -1)).startsWith("W[1]");
        assertThat(lastLine(2, 1, 1)).startsWith("W[0]");
        assertThat(lastLine(Double.NaN, -1)).startsWith("W[1]");
        assertThat(array(1, 1).hint(TOLERANCE)).isEmpty();
    }
}
