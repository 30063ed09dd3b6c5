// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import io.github.unroll4j.optim.Loss;
import java.util.Locale;
import java.util.Optional;

/**
 * Ends a run that is going nowhere before its weights are spoiled.
 *
 * <p>Looks at each iteration before the optimiser step: a loss or gradient that is no finite number would turn every
 * weight into NaN, and a smoothed loss far above the first one means that the steps are too large (char-rnn stops at
 * three times the first loss).
 *
 * @param explosion how many times its start the smoothed loss may reach, above 1; infinite to look for NaN only. A
 *     start below 1 nat per token counts as 1, so that a well trained model may be trained further on another text.
 * @since 0.1.0
 */
public record Guard(double explosion) {
    /**
     * Checks the factor.
     *
     * @param explosion {@link #explosion()}
     */
    public Guard {
        if (!(explosion > 1)) {
            throw new IllegalArgumentException("Guard: explosion is " + explosion + ", expected a factor above 1.");
        }
    }

    /**
     * Stops at NaN, infinity, and three times the first loss.
     *
     * @return the guard
     */
    public static Guard standard() {
        return new Guard(3);
    }

    /**
     * Stops at NaN and infinity.
     *
     * @return the guard
     */
    public static Guard numbersOnly() {
        return new Guard(Double.POSITIVE_INFINITY);
    }

    /** What is wrong with an iteration, if anything. */
    Optional<String> objection(Loss loss, double gradientNorm, SmoothedLoss smoothed) {
        if (!Double.isFinite(loss.nats()) || !Double.isFinite(loss.value())) {
            return Optional.of("the loss is " + loss.nats());
        }
        if (!Double.isFinite(gradientNorm)) {
            return Optional.of("the gradient is not finite");
        }
        if (smoothed.value() > explosion * Math.max(1, smoothed.first())) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "the smoothed loss has risen from %.3g to %.3g nats per token, more than %.3g times its start",
                    smoothed.first(),
                    smoothed.value(),
                    explosion));
        }
        return Optional.empty();
    }
}
