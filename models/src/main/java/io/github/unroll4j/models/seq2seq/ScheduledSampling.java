// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.text.PairBatch;
import java.util.Objects;
import java.util.function.LongToDoubleFunction;

/**
 * Scheduled sampling of Bengio, Vinyals, Jaitly and Shazeer (2015): a decoder in training reads the true token before
 * with probability ε, and otherwise the one that it finds most likely itself.
 *
 * <p>The tokens to read are chosen first, step by step without a way back, dropout left out; then the model learns with
 * them as inputs, all steps at once. A coin is tossed for each real step of each row but the first. No gradient goes
 * through the choice, as in the paper. Costs a second pass forward where ε &lt; 1.
 *
 * @param truth ε at an iteration, in [0, 1]
 * @since 0.1.0
 */
public record ScheduledSampling(LongToDoubleFunction truth) {
    /**
     * Requires what is not optional.
     *
     * @param truth {@link #truth()}
     */
    public ScheduledSampling {
        Objects.requireNonNull(truth, "truth");
    }

    /** {@return teacher forcing: ε = 1} */
    public static ScheduledSampling never() {
        return constant(1);
    }

    /**
     * The same probability throughout, what the paper calls uniform.
     *
     * @param truth ε, 0 to 1
     * @return the schedule
     */
    public static ScheduledSampling constant(double truth) {
        if (!(truth >= 0 && truth <= 1)) {
            throw new IllegalArgumentException(
                    "ScheduledSampling.constant: the probability of the truth is " + truth + ", expected 0 to 1.");
        }
        return new ScheduledSampling(iteration -> truth);
    }

    /**
     * The inverse sigmoid decay of the paper, ε = k / (k + e^(i/k)).
     *
     * @param k the larger, the later; 1 or more
     * @return the schedule
     */
    public static ScheduledSampling inverseSigmoid(double k) {
        if (!(k >= 1) || Double.isInfinite(k)) {
            throw new IllegalArgumentException("ScheduledSampling.inverseSigmoid: k is " + k + ", expected 1 or more.");
        }
        return new ScheduledSampling(iteration -> k / (k + Math.exp(Math.min(700, iteration / k))));
    }

    /** The batch with inputs chosen, or the batch itself. Each row has coins of its own. */
    PairBatch mix(DecoderSteps steps, PairBatch batch, long iteration, Noise coins) {
        double epsilon = truth.applyAsDouble(iteration);
        if (!(epsilon >= 0 && epsilon <= 1)) {
            throw new IllegalArgumentException("ScheduledSampling: the probability of the truth at iteration "
                    + iteration + " is " + epsilon + ", expected 0 to 1.");
        }
        if (epsilon == 1) {
            return batch;
        }
        int B = batch.batch();
        int[] inputs = batch.inputs().clone();
        steps.follow(
                batch,
                (t, predicted) -> {
                    for (int b = 0; b < B; b++) {
                        if (t < batch.targetLengths()[b] && coins.uniform(b) >= epsilon) {
                            inputs[t * B + b] = predicted.applyAsInt(b);
                        }
                    }
                },
                inputs);
        return new PairBatch(batch.source(), batch.sourceLengths(), inputs, batch.targets(), batch.targetLengths());
    }
}
