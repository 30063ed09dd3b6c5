// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

/**
 * How well a query fits each position of a memory, as pointwise equations and their gradient: all that a new score has
 * to write.
 *
 * <p>Nearly every score is at most two linear maps, {@code q = query W} once a step and {@code key_s = h_s U} once a
 * batch, followed by a function of q and key_s that gives one number. {@link Attention} makes the maps, hoists the keys
 * of all positions into one product, masks, normalises, and goes back through time; the score holds the rest, written
 * with the verbs of {@link io.github.unroll4j.core.tensor.Vec}: one form serves float and double.
 *
 * <pre>{@code
 * final class MyScore implements Score {
 *     private final ScoreLayout layout = new ScoreLayout("mine", 128).query("W_q", Init.glorotUniform());
 *     private final ScoreLayout.Vector V = layout.vector("v", Init.glorotUniform());
 *     …
 * }
 * }</pre>
 *
 * <p>A score holds names and settings, no numbers: one object serves any number of attentions.
 *
 * @since 0.1.0
 */
public interface Score {
    /** {@return what this score is made of; the same object at each call} */
    ScoreLayout layout();

    /**
     * Writes {@code e}, one number for each row and position. A row does not see the others.
     *
     * @param p the arrays of one step; its inputs are left as they are
     */
    void forward(Pairs p);

    /**
     * From {@code de} adds to {@code dq}, {@code dKey} and {@code dp}. Of what forward computed only {@code e} is kept:
     * what else is needed again is computed again, which costs less than storing T·S arrays.
     *
     * @param p the arrays of the same step; its inputs are left as they are
     */
    void backward(Pairs p);

    /** Makes a score for a decoder and an encoder of given sizes. */
    @FunctionalInterface
    interface Factory {
        /**
         * Makes a score.
         *
         * @param hidden size H of the decoder's state
         * @param annotation size M of an annotation
         * @return the score
         */
        Score create(int hidden, int annotation);
    }
}
