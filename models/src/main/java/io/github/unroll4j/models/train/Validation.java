// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import java.util.function.DoubleSupplier;

/**
 * How often, and how, to measure the loss on held-out data.
 *
 * @param every iterations from one measurement to the next, 1 or more; the last iteration is always followed by one
 * @param loss measures the loss per token, in nats, without changing what is trained
 */
public record Validation(long every, DoubleSupplier loss) {
    /** Checks the interval. */
    public Validation {
        if (every < 1) {
            throw new IllegalArgumentException("Validation: every is " + every + ", expected 1 or more.");
        }
    }

    boolean due(long iteration, long last) {
        return iteration % every == 0 || iteration == last;
    }
}
