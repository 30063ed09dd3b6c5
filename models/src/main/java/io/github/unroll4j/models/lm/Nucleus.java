// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.rng.Rng;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Temperature, then the k largest, then the nucleus of probability p, then a draw. */
record Nucleus(double temperature, int topK, double topP) implements SamplingPolicy {
    Nucleus {
        if (!(temperature > 0) || Double.isInfinite(temperature) || topK < 0 || !(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException(
                    "SamplingPolicy.of: temperature is " + temperature + ", top-k " + topK + ", top-p " + topP
                            + "; expected a temperature above 0, k of 0 (all) or more, p above 0 and at most 1.");
        }
    }

    @Override
    public int choose(double[] logits, Rng rng) {
        double max = requireMax(logits);
        double sum = 0;
        for (int i = 0; i < logits.length; i++) { // unnormalised probabilities in place
            logits[i] = Math.exp((logits[i] - max) / temperature);
            sum += logits[i];
        }
        if ((topK > 0 && topK < logits.length) || topP < 1) {
            sum = keepMostLikely(logits, sum);
        }
        double u = rng.nextDouble() * sum;
        int last = 0;
        for (int i = 0; i < logits.length; i++) {
            if (logits[i] > 0) {
                u -= logits[i];
                last = i;
                if (u < 0) {
                    break;
                }
            }
        }
        return last;
    }

    /** The largest logit, which must be finite; a NaN anywhere counts as the largest. */
    static double requireMax(double[] logits) {
        double max = Arrays.stream(logits).max().orElseThrow();
        if (!Double.isFinite(max)) {
            throw new IllegalStateException("SamplingPolicy: the largest logit is " + max
                    + ", expected a finite number; likely cause: the weights are not numbers, training diverged.");
        }
        return max;
    }

    /** Zeroes all but the most likely and returns what is left of the sum. */
    private double keepMostLikely(double[] weights, double sum) {
        int limit = topK > 0 ? Math.min(topK, weights.length) : weights.length;
        int[] order = IntStream.range(0, weights.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -weights[i]))
                .mapToInt(i -> i)
                .toArray();
        double ofLimit = limit == weights.length
                ? sum
                : Arrays.stream(order, 0, limit).mapToDouble(i -> weights[i]).sum();
        double kept = 0;
        for (int rank = 0; rank < order.length; rank++) {
            if (rank < limit && (rank == 0 || topP == 1 || kept < topP * ofLimit)) {
                kept += weights[order[rank]];
            } else {
                weights[order[rank]] = 0;
            }
        }
        return kept;
    }
}
