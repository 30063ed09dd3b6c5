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

    /** An array whose elements were given these multiples of what is right; what is off by more than the tolerance is wrong. */
    private static Entry array(double... ratios) {
        return new Entry(
                "W",
                IntStream.range(0, ratios.length)
                        .mapToObj(k -> new Element("W[" + k + "]", ratios[k] * (k + 1), k + 1, Math.abs(ratios[k] - 1)))
                        .toList());
    }

    private static String summary(double... ratios) {
        return new GradientReport(List.of(array(ratios)), List.of(), ratios.length).summary(TOLERANCE);
    }

    @Test
    void theSummarySaysWhatWrongElementsHaveInCommon() {
        assertThat(summary(-1, -1.0001, -1)).isEqualTo("1 of 1 arrays wrong: W (3 of 3; the ratio is -1: a sign?)");
        assertThat(summary(1, -1)).isEqualTo("1 of 1 arrays wrong: W (1 of 2; the ratio is -1: a sign?)");
        assertThat(summary(0, 0)).isEqualTo("1 of 1 arrays wrong: W (2 of 2; the ratio is 0: a lost path?)");
        assertThat(summary(2, 2)).isEqualTo("1 of 1 arrays wrong: W (2 of 2; the ratio is 2.000: a factor?)");
    }

    @Test
    void ratiosThatDifferOrStandAloneSayNothing() {
        assertThat(summary(-1, 1.01, -1)).isEqualTo("1 of 1 arrays wrong: W (3 of 3)");
        assertThat(summary(2, 1, 1)).isEqualTo("1 of 1 arrays wrong: W (1 of 3)");
        assertThat(summary(Double.NaN, -1)).isEqualTo("1 of 1 arrays wrong: W (2 of 2)");
        assertThat(array(1, 1).hint(TOLERANCE)).isEmpty();
    }
}
