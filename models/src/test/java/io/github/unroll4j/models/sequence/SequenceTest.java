// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SequenceTest {
    private static final Sequence.Ids IDS = Sequence.ids(new int[] {0, 4, 2, 9, 1, -7}, 3, 2);

    @Test
    void idsOfPaddingMayBeAnything() {
        Lengths lengths = Lengths.of(3, 3, 1);

        assertThatCode(() -> IDS.requireBelow("Embedding(e).forward", 5, lengths))
                .doesNotThrowAnyException();
    }

    @Test
    void anIdThatCannotBeLookedUpIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IDS.requireBelow("Embedding(e).forward", 5, Lengths.full(3, 2)))
                .withMessage("Embedding(e).forward: token id at t=1, b=1 is 9, expected 0 to 4;"
                        + " likely cause: the text was encoded with another vocabulary.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IDS.requireBelow("Embedding(e).forward", 10, Lengths.full(3, 2)))
                .withMessageContaining("t=2, b=1 is -7, expected 0 to 9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IDS.requireBelow("Embedding(e).forward", 4, Lengths.of(3, 3, 1)))
                .withMessageContaining("t=0, b=1 is 4, expected 0 to 3");
    }

    @Test
    void lengthsForAnotherBatchAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IDS.requireBelow("Embedding(e).forward", 10, Lengths.full(2, 3)))
                .withMessage("Embedding(e).forward: lengths are for T=2, B=3, the input has T=3, B=2.");
    }
}
