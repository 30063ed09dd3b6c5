// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {

    @Test
    void cutsOnceAndKeepsEverything() {
        Split split = Split.of(IntStream.range(0, 15).toArray(), 0.75);

        assertThat(split.train()).isEqualTo(IntStream.range(0, 11).toArray());
        assertThat(split.validation()).isEqualTo(IntStream.range(11, 15).toArray());
    }

    @Test
    void theCutIsTheWholePartOfTheProduct() {
        // 0.29 * 100 is 28.999999999999996 in double arithmetic.
        assertThat(Split.of(new int[100], 0.29).train()).hasSize(28);
        assertThat(Split.of(new int[1_115_394], 0.9).train()).hasSize(1_003_854);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -0.5, 1.5, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesFractionsOutsideZeroToOne(double fraction) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Split.of(new int[100], fraction))
                .withMessageContaining("fraction to train on is " + fraction);
    }

    @Test
    void refusesPartsTooShortForOnePair() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Split.of(new int[10], 0.9))
                .withMessageContaining("a text of 10 tokens cut at 0.9 gives parts of 9 and 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Split.of(new int[10], 0.1))
                .withMessageContaining("gives parts of 1 and 9");
        assertThat(Split.of(new int[4], 0.5).validation()).hasSize(2);
    }
}
