// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

/** A score that also has its equations in float, so that training in float needs no conversion. */
public interface FloatScore extends Score {
    /**
     * As {@link Score#forward(DoublePairs)}.
     *
     * @param p the arrays of one step
     */
    void forward(FloatPairs p);

    /**
     * As {@link Score#backward(DoublePairs)}.
     *
     * @param p the arrays of the same step
     */
    void backward(FloatPairs p);
}
