// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import org.jspecify.annotations.Nullable;

/**
 * Gathers steps into rows: one every so many iterations, one for each measurement on held-out data, one at the end. A
 * row waits for the step after it, because what was measured in its iteration is told after it.
 */
abstract class Rows implements TrainListener {
    private final long every;
    private double nats;
    private long tokens;
    /** Null before the first step of a run. */
    private @Nullable TrainStep latest;

    private double validation = Double.NaN;

    /** With a row every so many iterations; {@code method} is what the user called. */
    Rows(String method, long every) {
        if (every < 1) {
            throw new IllegalArgumentException(method + ": every is " + every + ", expected 1 or more.");
        }
        this.every = every;
    }

    /** A run begins after so many iterations of those that it continues. */
    void begin(long iterations) {}

    /** A row is complete. */
    abstract void add(TrainRow row);

    @Override
    public final void onStep(TrainStep step) {
        if (latest == null) {
            begin(step.iteration() - 1);
        } else if (latest.iteration() % every == 0 || !Double.isNaN(validation)) {
            finish(latest);
        }
        nats += step.loss().nats();
        tokens += step.loss().tokens();
        latest = step;
    }

    @Override
    public final void onEvaluation(TrainStep step, double loss) {
        validation = loss;
    }

    @Override
    public void onEnd(Outcome outcome) {
        if (latest != null) {
            finish(latest);
            latest = null; // the same listener may hear of another run
        }
    }

    private void finish(TrainStep step) {
        TrainRow row = TrainRow.of(step, nats / Math.max(1, tokens), validation);
        nats = 0;
        tokens = 0;
        validation = Double.NaN;
        add(row);
    }
}
