// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExactMatchTest {
    @Test
    void theShareOfEqualTexts() {
        assertThat(ExactMatch.share(List.of("a", "b", "c ", "d"), List.of("a", "B", "c", "d")))
                .isEqualTo(0.5);
        assertThat(ExactMatch.share(List.of(""), List.of(""))).isEqualTo(1);
    }

    @Test
    void nothingAndUnequalNumbersAreRefused() {
        assertThatThrownBy(() -> ExactMatch.share(List.of(), List.of())).hasMessageContaining("there is no text");
        assertThatThrownBy(() -> ExactMatch.share(List.of("a"), List.of())).hasMessageContaining("1 hypotheses and 0");
    }
}
