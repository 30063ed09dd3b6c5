// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class WindowTest {

    @Test
    void countsRealTokens() {
        Window padded = new Window(2, 2, new int[4], new int[4], new int[] {2, 1}, false);
        Window full = new Window(2, 2, new int[4], new int[4], new int[] {2, 2}, true);

        assertThat(padded.tokens()).isEqualTo(3);
        assertThat(padded.full()).isFalse();
        assertThat(full.full()).isTrue();
        assertThat(full).hasToString("Window[steps=2, batch=2, tokens=4, resetState=true]");
    }

    @Test
    void refusesSizesThatDoNotFit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Window(0, 1, new int[0], new int[0], new int[1], true))
                .withMessageContaining("steps is 0 and batch is 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Window(2, 2, new int[4], new int[3], new int[2], true))
                .withMessageContaining("have 4, 3 and 2 entries, expected steps * batch = 4, 4 and batch = 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Window(2, 1, new int[2], new int[2], new int[] {3}, true))
                .withMessageContaining("lengths[0] is 3, expected 0..2");
    }
}
