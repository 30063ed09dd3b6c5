// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void constantNeverMoves() {
        Schedule schedule = Schedule.constant(0.3);

        assertThat(schedule.rate(0, 0)).isEqualTo(0.3);
        assertThat(schedule.rate(Long.MAX_VALUE, 1e9)).isEqualTo(0.3);
    }

    @Test
    void zarembaHalvesFromTheFifthEpochOn() {
        Schedule schedule = Schedule.stepDecay(1, 0.5, 4);

        assertThat(schedule.rate(0, 0)).isEqualTo(1);
        assertThat(schedule.rate(1, 3.999)).isEqualTo(1);
        assertThat(schedule.rate(1, 4)).isEqualTo(0.5);
        assertThat(schedule.rate(1, 4.999)).isEqualTo(0.5);
        assertThat(schedule.rate(1, 5)).isEqualTo(0.25);
        assertThat(schedule.rate(1, 12.5)).isEqualTo(Math.pow(0.5, 9));
    }

    @Test
    void charRnnDecaysAtTheEndOfEachEpochFromTheTenthOn() {
        Schedule schedule = Schedule.stepDecay(2e-3, 0.97, 10);
        double rate = 2e-3;
        for (int epoch = 1; epoch <= 50; epoch++) {
            assertThat(schedule.rate(0, epoch - 0.5)).isCloseTo(rate, within(1e-15));
            if (epoch >= 10) { // char-rnn: at the end of an epoch
                rate *= 0.97;
            }
        }
    }

    @Test
    void decayAfterNoEpochIsLowerFromTheStart() {
        assertThat(Schedule.stepDecay(1, 0.5, 0).rate(0, 0)).isEqualTo(0.5);
    }

    @Test
    void epochsThatAreQuotientsOfStepsTurnOverExactly() {
        Schedule schedule = Schedule.stepDecay(1, 0.5, 1);
        for (int perEpoch = 1; perEpoch <= 1000; perEpoch++) {
            assertThat(schedule.rate(perEpoch - 1, (perEpoch - 1) / (double) perEpoch))
                    .isEqualTo(1);
            assertThat(schedule.rate(3L * perEpoch, 3 * perEpoch / (double) perEpoch))
                    .isEqualTo(0.125);
        }
    }

    @Test
    void exponentialFallsByItsFactorAnEpoch() {
        Schedule schedule = Schedule.exponential(0.1, 0.25);

        assertThat(schedule.rate(0, 0)).isEqualTo(0.1);
        assertThat(schedule.rate(7, 0.5)).isCloseTo(0.05, within(1e-17));
        assertThat(schedule.rate(7, 2)).isCloseTo(0.1 / 16, within(1e-17));
    }

    @Test
    void cosineGoesFromTheRateToTheFloorAndStays() {
        Schedule schedule = Schedule.cosine(1, 0.2, 100);

        assertThat(schedule.rate(0, 0)).isEqualTo(1);
        assertThat(schedule.rate(50, 0)).isCloseTo(0.6, within(1e-15));
        assertThat(schedule.rate(25, 0)).isCloseTo(0.2 + 0.4 * (1 + Math.sqrt(0.5)), within(1e-15));
        assertThat(schedule.rate(100, 0)).isEqualTo(0.2);
        assertThat(schedule.rate(101, 0)).isEqualTo(0.2);
        assertThat(schedule.rate(Long.MAX_VALUE, 0)).isEqualTo(0.2);
    }

    @Test
    void warmUpRisesToTheOtherScheduleAndLeavesItsClock() {
        Schedule schedule = Schedule.cosine(1, 0, 100).afterWarmUp(4);
        Schedule bare = Schedule.cosine(1, 0, 100);

        assertThat(schedule.rate(0, 0)).isEqualTo(0.25 * bare.rate(0, 0));
        assertThat(schedule.rate(1, 0)).isEqualTo(0.5 * bare.rate(1, 0));
        assertThat(schedule.rate(3, 0)).isEqualTo(bare.rate(3, 0));
        assertThat(schedule.rate(4, 0)).isEqualTo(bare.rate(4, 0));
        assertThat(Schedule.constant(0.5).afterWarmUp(1).rate(0, 0)).isEqualTo(0.5);
    }

    @Property(tries = 200)
    void decayingSchedulesNeverRise(
            @ForAll @DoubleRange(min = 0.01, max = 1) double factor,
            @ForAll @IntRange(max = 20) int after,
            @ForAll @DoubleRange(max = 30) double epoch,
            @ForAll @DoubleRange(max = 30) double later) {
        long now = (long) (epoch * 10);
        long then = now + (long) (later * 10);
        for (Schedule schedule : new Schedule[] {
            Schedule.stepDecay(0.1, factor, after), Schedule.exponential(0.1, factor), Schedule.cosine(0.1, 0.01, 200)
        }) {
            double rate = schedule.rate(now, epoch);
            assertThat(rate).isBetween(0.0, 0.1);
            assertThat(schedule.rate(then, epoch + later)).isLessThanOrEqualTo(rate);
        }
    }

    @Test
    void aScheduleIsALambda() {
        Schedule noam = (iteration, epoch) -> 1 / Math.sqrt(iteration + 1.0);

        assertThat(noam.rate(3, 0)).isEqualTo(0.5);
    }

    @Test
    void refusesNumbersThatMakeNoSchedule() {
        refused(() -> Schedule.constant(-1), "Schedule.constant: rate is -1.0, expected finite, 0 or more.");
        refused(() -> Schedule.constant(Double.NaN), "Schedule.constant: rate is NaN, expected finite, 0 or more.");
        refused(
                () -> Schedule.stepDecay(1, 1.5, 4),
                "Schedule.stepDecay: factor is 1.5, expected above 0 and at most 1.");
        refused(() -> Schedule.stepDecay(1, 0.5, -1), "Schedule.stepDecay: afterEpoch is -1, expected 0 or more.");
        refused(
                () -> Schedule.exponential(1, 0),
                "Schedule.exponential: factor is 0.0, expected above 0 and at most 1.");
        refused(() -> Schedule.cosine(1, 2, 10), "Schedule.cosine: floor is 2.0, expected at most the rate 1.0.");
        refused(() -> Schedule.cosine(1, 0, 0), "Schedule.cosine: iterations is 0, expected 1 or more.");
        refused(
                () -> Schedule.constant(1).afterWarmUp(0),
                "Schedule.afterWarmUp: iterations is 0, expected 1 or more.");
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
    }
}
