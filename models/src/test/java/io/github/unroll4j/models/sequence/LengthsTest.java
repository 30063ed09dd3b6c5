// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LengthsTest {

    @Property(tries = 100)
    void aStepIsPaddingFromTheLengthOn(
            @ForAll @IntRange(min = 1, max = 9) int T, @ForAll @IntRange(max = 9) int raw, @ForAll boolean second) {
        int length = Math.min(raw, T);
        Lengths lengths = second ? Lengths.of(T, T, length) : Lengths.of(T, length, T);
        int row = second ? 1 : 0;

        assertThat(lengths.steps()).isEqualTo(T);
        assertThat(lengths.batch()).isEqualTo(2);
        assertThat(lengths.of(row)).isEqualTo(length);
        assertThat(lengths.isFull()).isEqualTo(length == T);
        assertThat(lengths.longest()).isEqualTo(T);
        for (int t = 0; t < T; t++) {
            assertThat(lengths.padded(t, row)).isEqualTo(t >= length);
            assertThat(lengths.padded(t, 1 - row)).isFalse();
        }
    }

    @Test
    void theLongestRowMayBeShorterThanTheSteps() {
        assertThat(Lengths.of(5, 1, 3, 2).longest()).isEqualTo(3);
        assertThat(Lengths.of(5, 0, 0).longest()).isZero();
    }

    @Test
    void fullLengthsHaveNoPadding() {
        Lengths full = Lengths.full(3, 2);

        assertThat(full.isFull()).isTrue();
        assertThat(full.of(1)).isEqualTo(3);
        assertThat(full.padded(2, 1)).isFalse();
    }

    @Test
    void theArrayIsCopied() {
        int[] each = {3, 1};
        Lengths lengths = Lengths.of(3, each);

        each[1] = 3;

        assertThat(lengths.of(1)).isEqualTo(1);
        assertThat(lengths.isFull()).isFalse();
    }

    @Test
    void aLengthOutsideTheStepsIsPlaced() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Lengths.of(3, 3, 4))
                .withMessage("Lengths.of: length of row 1 is 4, expected 0 to T=3.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Lengths.of(3, -1))
                .withMessage("Lengths.of: length of row 0 is -1, expected 0 to T=3.");
    }

    @Test
    void aRowThatIsNotThereAndSizesThatCannotBeAreTold() {
        Lengths lengths = Lengths.of(3, 2, 1);
        for (int b : new int[] {-1, 2}) {
            String sentence = "Lengths: row " + b + " was asked for, expected 0 to 1.";
            assertThatIllegalArgumentException().isThrownBy(() -> lengths.of(b)).withMessage(sentence);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> lengths.padded(0, b))
                    .withMessage(sentence);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Lengths.full(-1, 2))
                .withMessage("Lengths.full: T is -1 and B 2, expected a T of 0 or more and a B of 1 or more.");
        assertThatIllegalArgumentException().isThrownBy(() -> Lengths.full(2, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> Lengths.of(2, new int[0]));
    }

    @Test
    void equalLengthsAreOfEqualSteps() {
        assertThat(Lengths.of(3, 3, 3)).isEqualTo(Lengths.full(3, 2)).hasSameHashCodeAs(Lengths.full(3, 2));
        assertThat(Lengths.of(4, 3, 3)).isNotEqualTo(Lengths.full(3, 2)).hasToString("Lengths[3, 3] of T=4");
    }
}
