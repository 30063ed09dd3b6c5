// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.core.tensor.ShapeException;
import org.junit.jupiter.api.Test;

class TargetsTest {
    @Test
    void allTimeStepsCountWithoutLengths() {
        assertThat(Targets.of(new int[] {0, 1, 2, 3, 4, 5}, 2).requireTokens(6)).isEqualTo(6);
    }

    @Test
    void anEntryCountsBeforeItsLength() {
        // T = 3, B = 2; entry 0 has two time steps, entry 1 none
        Targets targets = Targets.of(new int[] {4, 99, 5, -7, 99, -7}, new int[] {2, 0});

        assertThat(targets.requireTokens(6)).isEqualTo(2);
        assertThat(targets.counts(0)).isTrue();
        assertThat(targets.counts(2)).isTrue();
        assertThat(targets.counts(1)).isFalse();
        assertThat(targets.counts(4)).isFalse();
    }

    @Test
    void anIgnoredIdDoesNotCount() {
        assertThat(Targets.of(new int[] {4, Targets.IGNORED, 5}, 1).requireTokens(6))
                .isEqualTo(2);
    }

    @Test
    void seesWhatIsWrittenIntoItsArraysLater() {
        int[] ids = {1, 1};
        Targets targets = Targets.of(ids, 1);
        ids[1] = Targets.IGNORED;

        assertThat(targets.requireTokens(2)).isEqualTo(1);
    }

    @Test
    void namesTheIdThatIsNoClass() {
        Targets high = Targets.of(new int[] {0, 1, 2, 65, 4, 5}, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> high.requireTokens(65))
                .withMessage("Targets: the id at t=1, b=1 is 65, expected 0 to V-1=64, or -1 to leave it out;"
                        + " likely cause: the text was encoded with another vocabulary.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Targets.of(new int[] {-100}, 1).requireTokens(65))
                .withMessageStartingWith("Targets: the id at t=0, b=0 is -100, expected 0 to V-1=64");
    }

    @Test
    void refusesLengthsBeyondTheTimeSteps() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Targets.of(new int[4], new int[] {1, 3}).requireTokens(5))
                .withMessage("Targets: the length of batch entry b=1 is 3, expected 0 to T=2.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Targets.of(new int[4], new int[] {-1, 2}).requireTokens(5))
                .withMessage("Targets: the length of batch entry b=0 is -1, expected 0 to T=2.");
    }

    @Test
    void refusesABatchThatDoesNotFit() {
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> Targets.of(new int[7], 2))
                .withMessage("Targets.of: ids is 7 elements, expected [T, B=2].");
        assertThatExceptionOfType(ShapeException.class).isThrownBy(() -> Targets.of(new int[7], 0));
        assertThatExceptionOfType(ShapeException.class).isThrownBy(() -> Targets.of(new int[7], -1));
    }
}
