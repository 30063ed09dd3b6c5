// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

/**
 * How well a query fits each position of a memory, as pointwise equations and their gradient: all that a new score has to write.
 *
 * <p>Nearly every score is at most two linear maps, {@code q = query W} once a step and {@code key_s = h_s U} once a batch,
 * followed by a function of q and key_s that gives one number. {@link Attention} makes the maps, hoists the keys of all positions
 * into one product, masks, normalises, and goes back through time; the score holds the rest.
 *
 * <p>The double form is required. A score that also implements {@link FloatScore} trains in float without conversion.
 */
public interface Score {
    /** Names and sizes of this score. */
    ScoreSpec spec();

    /**
     * Writes {@code e}, one number for each row and position.
     *
     * @param p the arrays of one step
     */
    void forward(DoublePairs p);

    /**
     * From {@code de} adds to {@code dq}, {@code dKey} and {@code dp}. Nothing is kept from forward: what is needed again is
     * computed again, which costs less than storing T·S arrays. {@code e} holds no scores any more but the weights α, which were made
     * in its place.
     *
     * @param p the arrays of the same step; its inputs are left as they are
     */
    void backward(DoublePairs p);
}
