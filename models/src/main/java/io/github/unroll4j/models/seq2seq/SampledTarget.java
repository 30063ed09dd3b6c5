// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A target that is being drawn. */
final class SampledTarget {
    private final Rng rng;
    private final int maxLength;
    private final List<Integer> ids = new ArrayList<>();
    private final List<double[]> weights = new ArrayList<>();
    private double logProbability;
    private boolean finished;
    private boolean cut;

    SampledTarget(Rng rng, int maxLength) {
        this.rng = rng;
        this.maxLength = maxLength;
    }

    boolean done() {
        return finished || cut;
    }

    /**
     * Draws a token. One at the longest length is cut, unless it is the end.
     *
     * @param logProbabilities (Input) ln p of each token; -∞ for what must not be chosen
     * @param policy how to choose
     * @param alpha where the step looked
     * @return the token, to be read next
     */
    int next(double[] logProbabilities, SamplingPolicy policy, Supplier<double[]> alpha) {
        if (done()) {
            return WordVocabulary.EOS_ID;
        }
        int id = policy.choose("Translator.sample", logProbabilities, rng);
        finished = id == WordVocabulary.EOS_ID;
        cut = !finished && ids.size() == maxLength;
        logProbability += cut ? 0 : logProbabilities[id];
        if (!cut) {
            weights.add(alpha.get());
        }
        if (!done()) {
            ids.add(id);
        }
        return id;
    }

    Hypothesis hypothesis() {
        int[] tokens = ids.stream().mapToInt(n -> n).toArray();
        return new Hypothesis(tokens, logProbability, logProbability, finished, weights.toArray(double[][]::new));
    }
}
