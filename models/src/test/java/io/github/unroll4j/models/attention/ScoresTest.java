// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.models.check.ScoreCheck;
import org.junit.jupiter.api.Test;

class ScoresTest {
    @Test
    void dot() {
        ScoreCheck.verify(4, 4, () -> new DotScore(4));
    }

    @Test
    void general() {
        ScoreCheck.verify(4, 3, () -> DotScore.general(4));
    }

    @Test
    void additive() {
        ScoreCheck.verify(4, 3, () -> new AdditiveScore(5));
    }

    @Test
    void locationOfALongSource() {
        ScoreCheck.verify(4, 3, () -> new LocationScore(4));
    }

    @Test
    void locationOfAShortSource() {
        ScoreCheck.verify(4, 3, () -> new LocationScore(7));
    }
}
