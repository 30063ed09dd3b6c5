// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.decoding;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.internal.Diverged;
import java.util.Arrays;
import java.util.Objects;

/** Temperature, then the k largest, then the nucleus of probability p, then a draw. */
record Nucleus(double temperature, int topK, double topP) implements SamplingPolicy {
    private static final int LANES = 256;

    Nucleus {
        if (!(temperature > 0) || Double.isInfinite(temperature) || topK < 0 || !(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException(
                    "SamplingPolicy.of: temperature is " + temperature + ", top-k " + topK + ", top-p " + topP
                            + "; expected a temperature above 0, k of 0 (all) or more, p above 0 and at most 1.");
        }
    }

    @Override
    public int choose(double[] logits, Rng rng) {
        return draw(logits, requireMax("SamplingPolicy", logits), rng);
    }

    /** What is drawn here needs no guard but that of the logits, which looks at each of them once. */
    @Override
    public int choose(String where, double[] logits, Rng rng) {
        Objects.requireNonNull(logits, "logits");
        Objects.requireNonNull(rng, "rng");
        double max = requireMax(where, logits);
        return draw(logits.clone(), max, rng);
    }

    private int draw(double[] logits, double max, Rng rng) {
        double sum = Exponentials.of(logits, max, temperature); // unnormalised probabilities in place
        if ((topK > 0 && topK < logits.length) || topP < 1) {
            sum = keepMostLikely(logits, sum);
        }
        double u = rng.nextDouble() * sum;
        for (int i = 0; i < logits.length; i++) {
            u -= logits[i];
            if (u < 0) {
                return i;
            }
        }
        int last = logits.length - 1; // rounding has left something of u: the last that can be chosen
        while (logits[last] == 0) {
            last--;
        }
        return last;
    }

    /** The largest logit, which must be finite; a NaN anywhere counts as the largest. */
    static double requireMax(String where, double... logits) {
        double[] x = logits.length < 4 * LANES ? logits : lanes(logits);
        double max0 = Double.NEGATIVE_INFINITY; // four at once: one would wait for each comparison
        double max1 = max0;
        double max2 = max0;
        double max3 = max0;
        int i = 0;
        for (; i + 3 < x.length; i += 4) {
            max0 = Math.max(max0, x[i]);
            max1 = Math.max(max1, x[i + 1]);
            max2 = Math.max(max2, x[i + 2]);
            max3 = Math.max(max3, x[i + 3]);
        }
        for (; i < x.length; i++) {
            max0 = Math.max(max0, x[i]);
        }
        double max = Math.max(Math.max(max0, max1), Math.max(max2, max3));
        return Diverged.requireFinite(where, "the largest logit", max);
    }

    /** The largest of every 256th number, from each of the first 256 on: loops that HotSpot vectorises. */
    private static double[] lanes(double[] x) {
        double[] lanes = Arrays.copyOf(x, LANES);
        double[] some = new double[LANES];
        for (int from = LANES; from < x.length; from += LANES) {
            int n = Math.min(LANES, x.length - from);
            System.arraycopy(x, from, some, 0, n);
            for (int k = 0; k < n; k++) {
                lanes[k] = Math.max(lanes[k], some[k]);
            }
        }
        return lanes;
    }

    /** Zeroes all but the most likely, of equals the later ones first, and returns what is left of the sum. */
    private double keepMostLikely(double[] weights, double sum) {
        double[] ascending = weights.clone();
        Arrays.sort(ascending);
        int last = weights.length - 1;
        int limit = topK > 0 ? Math.min(topK, weights.length) : weights.length;
        double ofLimit = limit == weights.length ? sum : sumOfLargest(ascending, limit);
        int count = 1;
        double kept = ascending[last];
        while (count < limit && (topP == 1 || kept < topP * ofLimit)) {
            kept += ascending[last - count++];
        }
        double smallest = ascending[last - count + 1];
        int ofSmallest = 0; // how many of the equals that the cut goes through are kept
        for (int rank = 0; rank < count; rank++) {
            ofSmallest += ascending[last - rank] == smallest ? 1 : 0;
        }
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] < smallest || (weights[i] == smallest && ofSmallest-- <= 0)) {
                weights[i] = 0;
            }
        }
        return kept;
    }

    private static double sumOfLargest(double[] ascending, int count) {
        double sum = 0;
        for (int rank = 0; rank < count; rank++) {
            sum += ascending[ascending.length - 1 - rank];
        }
        return sum;
    }
}
