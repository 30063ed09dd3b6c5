// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class WindowTest {

    @Test
    void countsRealTokens() {
        Window padded = new Window(2, 2, new int[4], new int[4], new int[] {2, 1}, new boolean[2]);
        Window full = new Window(2, 2, new int[4], new int[4], new int[] {2, 2}, new boolean[] {true, false});

        assertThat(padded.tokens()).isEqualTo(3);
        assertThat(padded.full()).isFalse();
        assertThat(full.full()).isTrue();
        assertThat(full).hasToString("Window[steps=2, batch=2, tokens=4, resets=[true, false]]");
    }

    @Test
    void refusesSizesThatDoNotFit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Window(0, 1, new int[0], new int[0], new int[1], new boolean[1]))
                .withMessageContaining("steps is 0 and batch is 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Window(2, 2, new int[4], new int[3], new int[2], new boolean[2]))
                .withMessageContaining("have 4, 3, 2 and 2 entries, expected steps * batch = 4, 4, batch = 2 and 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Window(2, 2, new int[4], new int[4], new int[2], new boolean[1]))
                .withMessageContaining("have 4, 4, 2 and 1 entries");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Window(2, 1, new int[2], new int[2], new int[] {3}, new boolean[1]))
                .withMessageContaining("lengths[0] is 3, expected 0..2");
    }
}
