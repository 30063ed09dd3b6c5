// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

/**
 * What every use of a model says where its weights have become NaN or so large that a logit has: measuring, writing and
 * translating refuse alike, in one sentence.
 *
 * @since 0.1.0
 */
public final class Diverged {
    private Diverged() {}

    /**
     * Requires a finite number.
     *
     * @param where the operation, for the sentence
     * @param what name of the number there
     * @param number a logit, or what was computed from logits
     * @return the number
     * @throws IllegalStateException if it is NaN or infinite
     */
    public static double requireFinite(String where, String what, double number) {
        if (!Double.isFinite(number)) {
            throw new IllegalStateException(where + ": " + what + " is " + number
                    + ", expected a finite number; likely cause: the weights are not numbers, training diverged.");
        }
        return number;
    }
}
