// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import io.github.unroll4j.optim.Loss;
import java.time.Duration;
import java.util.Objects;

/**
 * One finished iteration.
 *
 * @param iteration iterations done, this one included
 * @param epoch epochs done, this iteration included
 * @param loss the loss of its batch
 * @param smoothedLoss mean loss per token, in nats, of about the last hundred iterations
 * @param gradientNorm Euclidean norm of all gradients together, before clipping
 * @param learningRate rate of its optimiser step
 * @param tokensPerSecond recent speed of training alone: validation and listeners are not counted
 * @param elapsed time since {@link Trainer#run} was called
 * @since 0.1.0
 */
public record TrainStep(
        long iteration,
        double epoch,
        Loss loss,
        double smoothedLoss,
        double gradientNorm,
        double learningRate,
        double tokensPerSecond,
        Duration elapsed) {
    /**
     * Requires what is not optional.
     *
     * @param iteration {@link #iteration()}
     * @param epoch {@link #epoch()}
     * @param loss {@link #loss()}
     * @param smoothedLoss {@link #smoothedLoss()}
     * @param gradientNorm {@link #gradientNorm()}
     * @param learningRate {@link #learningRate()}
     * @param tokensPerSecond {@link #tokensPerSecond()}
     * @param elapsed {@link #elapsed()}
     */
    public TrainStep {
        Objects.requireNonNull(loss, "loss");
        Objects.requireNonNull(elapsed, "elapsed");
    }

    /** {@return the loss per token of this batch, in nats} */
    public double lossPerToken() {
        return perToken(loss);
    }

    /** A batch of padding only has no loss. */
    static double perToken(Loss loss) {
        return loss.nats() / Math.max(1, loss.tokens());
    }
}
