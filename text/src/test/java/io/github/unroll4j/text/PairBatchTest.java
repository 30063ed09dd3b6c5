// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PairBatchTest {
    private static final int SOS = WordVocabulary.SOS_ID;
    private static final int EOS = WordVocabulary.EOS_ID;

    private static Pair pair(int[] source, int... target) {
        return new Pair(source, target);
    }

    @Test
    void pairsStandSideBySideTimeMajorWithTheirEnds() {
        PairBatch batch = PairBatch.of(List.of(pair(new int[] {7, 8, 9}, 3), pair(new int[] {5}, 4, 6)));
        assertThat(batch.batch()).isEqualTo(2);
        assertThat(batch.sourceSteps()).isEqualTo(3);
        assertThat(batch.source()).containsExactly(7, 5, 8, 0, 9, 0);
        assertThat(batch.sourceLengths()).containsExactly(3, 1);
        assertThat(batch.targetSteps()).isEqualTo(3);
        assertThat(batch.inputs()).containsExactly(SOS, SOS, 3, 4, 0, 6);
        assertThat(batch.targets()).containsExactly(3, 4, EOS, 6, 0, EOS);
        assertThat(batch.targetLengths()).containsExactly(2, 3);
    }

    @Test
    void anEmptySourceHasNoTokenAndAnEmptyTargetItsEnd() {
        PairBatch batch = PairBatch.of(List.of(pair(new int[0])));
        assertThat(batch.sourceSteps()).isEqualTo(1);
        assertThat(batch.sourceLengths()).containsExactly(0);
        assertThat(batch.inputs()).containsExactly(SOS);
        assertThat(batch.targets()).containsExactly(EOS);
        assertThat(batch.targetLengths()).containsExactly(1);
    }

    @Test
    void aBatchOfNoneIsRefused() {
        assertThatThrownBy(() -> PairBatch.of(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("PairBatch.of: there is no pair, expected at least one");
    }
}
