// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.recorded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Outputs that other libraries recorded, met by both runners in double. docs/reliability.md lists the cases that the
 * library has no layer for.
 */
class RecordedOutputsTest {
    static Stream<Recorded> cases() {
        return Recorded.all().stream().filter(one -> one.beyond().isEmpty());
    }

    private static Stream<Recorded> layers() {
        return cases().filter(
                        one -> !one.op().equals("AttnLSTM") && !one.attributes().containsKey("training"));
    }

    private static void check(Recorded one) {
        for (boolean inPlainLoop : new boolean[] {false, true}) {
            try (RecordedLayer ours = new RecordedLayer(one, inPlainLoop)) {
                ours.check();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void agreesWithWhatWasRecorded(Recorded one) {
        check(one);
    }

    /** Every array counts: with its last number moved by a hundred times its tolerance, the agreement is gone. */
    @ParameterizedTest
    @MethodSource("layers")
    void aChangedFigureIsFound(Recorded one) {
        for (String output : one.outputs().keySet()) {
            Recorded spoilt = one.spoilt(output, one.out(output).data().length - 1);
            assertThatThrownBy(() -> check(spoilt)).as(output).isInstanceOf(AssertionError.class);
        }
    }

    /** What the file ought to hold, so that a shorter one does not pass unseen. */
    @Test
    void holdsAllKinds() {
        assertThat(Recorded.all()).hasSize(161);
        assertThat(cases()).hasSize(149);
        assertThat(layers()).hasSize(141);
    }
}
