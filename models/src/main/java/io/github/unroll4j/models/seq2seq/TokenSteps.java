// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.tensor.Vec;
import java.util.List;

/** A model that writes targets token by token, several rows side by side: what a {@link Search} steps. */
interface TokenSteps {
    /**
     * Reads a batch of sources; the rows of a source follow each other, each at its start.
     *
     * @param sources token ids of each
     * @param rowsEach rows for each source
     */
    void begin(List<int[]> sources, int rowsEach);

    /**
     * Takes a step in every row.
     *
     * @param inputs the token that each row reads
     * @param position of the step in the whole target, from 0
     * @return the logits, row-major [rows,V], borrowed until the next step; the array may be longer
     */
    Vec step(int[] inputs, int position);

    /**
     * Lets each row go on from what some row has come to.
     *
     * @param rows the row that each goes on from
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
