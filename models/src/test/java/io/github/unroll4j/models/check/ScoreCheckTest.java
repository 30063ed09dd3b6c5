// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.models.attention.AdditiveScore;
import io.github.unroll4j.models.attention.DotScore;
import io.github.unroll4j.models.testing.SpoiltScore;
import org.junit.jupiter.api.Test;

class ScoreCheckTest {
    @Test
    void theReportOfARightScoreSaysOfWhichCheckAndScoreItIs() {
        CellReport report = ScoreCheck.verify(4, 3, () -> new AdditiveScore(5));

        assertThat(report.toString().lines()).first().isEqualTo("ScoreCheck of additive: passed");
        assertThat(report.lines())
                .extracting(CellReport.Line::property)
                .contains(
                        "gradients, global, T=1, S=1, B=1",
                        "gradients, local-m radius 1, T=3, S=4, B=3",
                        "gradients, local-p radius 2, T=3, S=5, B=3, unequal lengths",
                        "padding changes nothing, bit for bit, local-p radius 2");
    }

    @Test
    void theReportOfAWrongScoreSaysSoTooAndIsTheMessage() { // its way back forgets the query
        assertThatThrownBy(() -> ScoreCheck.verify(4, 4, () -> SpoiltScore.after(new DotScore(4), p -> p.dq().clear())))
                .isInstanceOf(AssertionError.class)
                .hasMessageMatching("(?s)ScoreCheck of dot: FAILED, \\d+ of \\d+ properties\\R.*")
                .hasMessageContaining("FAILED gradients, global, T=3");
    }
}
