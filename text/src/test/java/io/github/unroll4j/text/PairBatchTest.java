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
    void aNegativeIdIsRefused() {
        assertThatThrownBy(() -> pair(new int[] {3}, 4, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Pair: id 1 of the target is -1, expected 0 or more.");
        assertThatThrownBy(() -> pair(new int[] {-7}, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Pair: id 0 of the source is -7, expected 0 or more.");
    }

    @Test
    void aBatchOfNoneIsRefused() {
        assertThatThrownBy(() -> PairBatch.of(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("PairBatch.of: there is no pair, expected at least one");
    }

    @Test
    void arraysThatDoNotFitAreRefused() {
        int[] one = {1};
        assertThatThrownBy(() -> new PairBatch(new int[0], new int[0], new int[0], new int[0], new int[0]))
                .hasMessageContaining("there are 0 lengths of sources");
        assertThatThrownBy(() -> new PairBatch(new int[3], new int[] {1, 1}, new int[4], new int[2], new int[] {1, 1}))
                .hasMessageContaining("source, inputs and targets have 3, 4 and 2 ids");
        assertThatThrownBy(() -> new PairBatch(new int[2], new int[] {3}, new int[2], new int[2], one))
                .hasMessageContaining("row 0 has a source of 3 and a target of 1 tokens, expected 0 to 2 and 0 to 2");
    }
}
