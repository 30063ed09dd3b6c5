// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.internal.Softmax;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.internal.Diverged;
import io.github.unroll4j.text.WordVocabulary;

/**
 * ln p of each token after each row of a step, {@code ln p = z - ln Σ e^z}; -∞ for {@code <SOS>}, which is never a
 * target. One row at a time is looked at, by whoever needs it, so that it stays in the nearest caches.
 */
final class StepScores {
    private final Softmax softmax = new Softmax();
    private final double[] all;
    private Vec logits = Vec.zeros(Dtype.FLOAT, 0);
    private int position;
    /** Of the row at hand. */
    private int at;

    private double logSum;

    /**
     * Scores of no step.
     *
     * @param tokens V
     */
    StepScores(int tokens) {
        all = new double[tokens];
    }

    /**
     * Takes a step.
     *
     * @param logits row-major [rows,V], borrowed until the next one
     * @param position of the step, for a message
     */
    void take(Vec logits, int position) {
        this.logits = logits;
        this.position = position;
    }

    /**
     * Goes to a row.
     *
     * @return this
     * @throws IllegalStateException if its logits are no finite numbers
     */
    StepScores read(int row) {
        at = row * all.length;
        logSum = softmax.logSumExp(logits, at, all.length);
        Diverged.requireFinite("Translator.translate", "the log-sum of the logits of step " + position, logSum);
        return this;
    }

    /** V. */
    int tokens() {
        return all.length;
    }

    /** ln p of a token after this row. */
    double logProbability(int id) {
        return id == WordVocabulary.SOS_ID ? Double.NEGATIVE_INFINITY : logits.get(at + id) - logSum;
    }

    /** ln p of all tokens after this row, until the next call. */
    double[] logProbabilities() {
        for (int id = 0; id < all.length; id++) {
            all[id] = logProbability(id);
        }
        return all;
    }

    /**
     * The next token whose log-probability is, within rounding, above a bound.
     *
     * @param from the first that is looked at
     * @param bound a log-probability
     * @return its id, V if there is none
     */
    int nextAbove(int from, double bound) {
        if (bound == Double.NEGATIVE_INFINITY) {
            return from == WordVocabulary.SOS_ID ? from + 1 : from;
        }
        double least = bound + logSum - 1e-6 * (1 + Math.abs(bound) + Math.abs(logSum));
        int end = at + all.length;
        return (logits.dtype() == Dtype.FLOAT
                        ? nextAbove(logits.floats(), at + from, end, (float) least)
                        : nextAbove(logits.doubles(), at + from, end, least))
                - at;
    }

    private static int nextAbove(float[] z, int from, int end, float least) {
        int k = from;
        while (k < end && !(z[k] > least)) {
            k++;
        }
        return k;
    }

    private static int nextAbove(double[] z, int from, int end, double least) {
        int k = from;
        while (k < end && !(z[k] > least)) {
            k++;
        }
        return k;
    }
}
