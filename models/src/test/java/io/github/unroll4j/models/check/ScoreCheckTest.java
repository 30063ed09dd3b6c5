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
        CheckReport report = ScoreCheck.verify(4, 3, () -> new AdditiveScore(5));

        assertThat(report.toString().lines()).first().isEqualTo("ScoreCheck of additive: passed");
        assertThat(report.lines())
                .extracting(CheckReport.Line::property)
                .containsExactly(
                        "nothing is thrown",
                        "100 calls leave nothing behind",
                        "every score is written, and no scratch read before",
                        "a call leaves its inputs as they are",
                        "backward adds to dq, dKey and dp",
                        "a row gets what it gets alone, B from 1 to 33 and 64",
                        "float agrees with double",
                        "gradients",
                        "equal seeds give equal bits",
                        "padding gets no gradient",
                        "padding changes nothing, bit for bit");
    }

    @Test
    void theReportOfAWrongScoreSaysSoTooAndIsTheMessage() { // its way back forgets the query
        assertThatThrownBy(() -> ScoreCheck.verify(4, 4, () -> SpoiltScore.after(new DotScore(4), p -> p.dq().clear())))
                .isInstanceOf(AssertionError.class)
                .hasMessageMatching("(?s)ScoreCheck of dot: FAILED, \\d+ of \\d+ properties\\R.*")
                .hasMessageContaining("FAILED gradients ")
                .hasMessageContaining("global, T=3, S=4, B=3");
    }
}
