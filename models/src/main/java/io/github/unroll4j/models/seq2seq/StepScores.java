// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.internal.Softmax;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.text.WordVocabulary;

/**
 * ln p of each token after each row of a step, {@code ln p = z - ln Σ e^z}; -∞ for {@code <SOS>}, which is never a
 * target. One row at a time is there, read by whoever needs it, so that it stays in the nearest caches.
 */
final class StepScores {
    private final Softmax softmax = new Softmax();
    private final double[] z;
    private Vec logits = Vec.zeros(Dtype.FLOAT, 0);
    private int position;
    private double logSum;

    /**
     * Scores of no step.
     *
     * @param tokens V
     */
    StepScores(int tokens) {
        z = new double[tokens];
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
        logSum = softmax.logSumExp(logits, row * z.length, z.length);
        if (!Double.isFinite(logSum)) {
            throw new IllegalStateException("Search: the logits of step " + position
                    + " are no finite numbers; likely cause: the weights are not numbers, training diverged.");
        }
        logits.widen(z, row * z.length);
        z[WordVocabulary.SOS_ID] = Double.NEGATIVE_INFINITY;
        return this;
    }

    /** V. */
    int tokens() {
        return z.length;
    }

    /** ln p of a token after this row. */
    double logProbability(int id) {
        return z[id] - logSum;
    }

    /** ln p of all tokens after this row, until the next one is read. */
    double[] logProbabilities() {
        for (int id = 0; id < z.length; id++) {
            z[id] -= logSum;
        }
        return z;
    }

    /**
     * The next token whose log-probability is, within rounding, above a bound.
     *
     * @param from the first that is looked at
     * @param bound a log-probability
     * @return its id, V if there is none
     */
    int nextAbove(int from, double bound) {
        double least = bound == Double.NEGATIVE_INFINITY
                ? bound
                : bound + logSum - 1e-9 * (Math.abs(bound) + Math.abs(logSum));
        int id = from;
        while (id < z.length && !(z[id] > least)) {
            id++;
        }
        return id;
    }
}
