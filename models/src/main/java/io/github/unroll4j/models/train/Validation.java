// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import java.util.Objects;
import java.util.function.DoubleSupplier;

/**
 * How often, and how, to measure the loss on held-out data, and when to stop because it falls no more.
 *
 * @param every iterations from one measurement to the next, 1 or more; the last iteration is always followed by one
 * @param loss measures the loss per token, in nats, without changing what is trained
 * @param patience the run ends after so many measurements in a row without a new best, 1 or more; {@link #UNLIMITED}
 *     for never
 * @since 0.1.0
 */
public record Validation(long every, DoubleSupplier loss, int patience) {
    /** No early stopping. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /**
     * Checks the numbers.
     *
     * @param every {@link #every()}
     * @param loss {@link #loss()}
     * @param patience {@link #patience()}
     */
    public Validation {
        Objects.requireNonNull(loss, "loss");
        if (every < 1 || patience < 1) {
            throw new IllegalArgumentException("Validation: every is " + every + " and patience " + patience
                    + ", expected 1 or more of each; Validation.UNLIMITED is the patience that never ends.");
        }
    }

    /**
     * Measurements that never end a run.
     *
     * @param every iterations from one measurement to the next, 1 or more; the last iteration is always followed by one
     * @param loss measures the loss per token, in nats, without changing what is trained
     */
    public Validation(long every, DoubleSupplier loss) {
        this(every, loss, UNLIMITED);
    }

    boolean due(long iteration, long last) {
        return iteration % every == 0 || iteration == last;
    }
}
