// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

/** Makes a score for a decoder and an encoder of given sizes. */
@FunctionalInterface
public interface ScoreFactory {
    /**
     * Makes a score.
     *
     * @param hidden size H of the decoder's state
     * @param annotation size M of an annotation
     * @return the score
     */
    Score create(int hidden, int annotation);
}
