// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import java.util.Locale;
import org.slf4j.Logger;

/** Logs each row as a line, and how the run ended. */
final class LogRows extends Rows {
    private final Logger log;

    LogRows(Logger log, long every) {
        super("TrainListener.slf4j", every);
        this.log = log;
    }

    @Override
    void add(TrainRow row) {
        if (log.isInfoEnabled()) {
            log.info(String.format(
                    Locale.ROOT,
                    "iteration %d, epoch %.2f: training %.4f%s nats a token, gradient norm %.3g, learning rate %.3g, %.0f tokens/s",
                    row.iteration(),
                    row.epoch(),
                    row.trainLoss(),
                    Double.isNaN(row.validationLoss())
                            ? ""
                            : String.format(Locale.ROOT, ", validation %.4f", row.validationLoss()),
                    row.gradientNorm(),
                    row.learningRate(),
                    row.tokensPerSecond()));
        }
    }

    @Override
    public void onEnd(Outcome outcome) {
        super.onEnd(outcome);
        if (outcome instanceof Outcome.Diverged diverged) {
            log.warn(diverged.sentence());
        } else {
            log.info("training ended: {}", outcome);
        }
    }
}
