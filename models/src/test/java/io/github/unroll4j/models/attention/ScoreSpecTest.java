// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Sequence;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScoreSpecTest {
    private static ScoreSpec spec(String name, int size, boolean readsKeys) {
        ScoreSpec.LinearMap key = new ScoreSpec.LinearMap("U_a", Init.glorotUniform());
        return new ScoreSpec(name, size, Optional.empty(), Optional.of(key), readsKeys, List.of());
    }

    @Test
    void aScoreHasANameAndASize() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec(" ", 3, true))
                .withMessageStartingWith("ScoreSpec: the name is ' ', expected a short word");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec("mine", 0, true))
                .withMessage("ScoreSpec(mine): size is 0, expected 1 or more.");
    }

    @Test
    void aMapToKeysHasAScoreThatReadsThem() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec("mine", 3, false))
                .withMessageStartingWith("ScoreSpec(mine): there is a map to keys, U_a, but the score says");
    }

    @Test
    void aMemoryHoldsNumbers() {
        try (Memory memory = new Memory(Dtype.DOUBLE, 4)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> memory.load(Sequence.ids(new int[] {1, 2}, 2, 1), Lengths.full(2, 1)))
                    .withMessage("Memory.load: H is token ids, expected numbers [S,B,M].");
        }
    }
}
