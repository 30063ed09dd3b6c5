// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.optim.Loss;
import java.util.Objects;

/**
 * What learning a window returns.
 *
 * @param loss the loss of the window
 * @param run the forward pass, borrowed until the model's next one
 * @since 0.1.0
 */
public record LearnResult(Loss loss, Run run) {
    /**
     * Requires what is not optional.
     *
     * @param loss {@link #loss()}
     * @param run {@link #run()}
     */
    public LearnResult {
        Objects.requireNonNull(loss, "loss");
        Objects.requireNonNull(run, "run");
    }
}
