// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.tensor.Vec;
import java.util.List;

/** A model that writes targets token by token, several rows side by side: what a {@link Search} steps. */
interface TokenSteps {
    /**
     * Reads a batch of sources, a row each, at its start.
     *
     * @param sources token ids of each
     */
    void begin(List<int[]> sources);

    /**
     * Takes a step in every row.
     *
     * @param inputs the token that each row reads
     * @param position of the step in the whole target, from 0
     * @return the logits, row-major [rows,V], borrowed until the next step; the array may be longer
     */
    Vec step(int[] inputs, int position);

    /**
     * Makes another batch of what the rows have come to: one may go on in several, or in none.
     *
     * @param rows the row that each row from now on goes on from
     */
    void select(int[] rows);

    /**
     * Where the latest step looked.
     *
     * @param row of the batch
     * @return a weight for each token of the row's source, in the order of the source as given; none without attention
     */
    double[] weights(int row);

    /** The number of tokens V. */
    int tokens();
}
