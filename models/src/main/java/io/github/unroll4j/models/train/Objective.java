// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.optim.Loss;

/**
 * What a trainer trains: the batches of one task, numbered through all epochs, and the gradient of each.
 *
 * @since 0.1.0
 */
public interface Objective {
    /** {@return the weights that the gradients belong to} */
    Parameters parameters();

    /**
     * Runs forward and backward on one batch and adds to the gradients. Called with 0, 1, 2, … in turn, or from the
     * number after the last one after {@link #restore}.
     *
     * @param iteration number of the batch, from 0
     * @return the loss of the batch
     */
    Loss gradients(long iteration);

    /**
     * The same in parts of the batch, each of rows side by side, which several threads compute at once. The gradients
     * of the parts are added up in their order, so that their bits depend on the number of parts and not on that of
     * threads; for another number of parts they are equal up to rounding.
     *
     * @param iteration number of the batch, from 0
     * @param parts how many, 1 or more; an objective takes fewer where a batch has fewer rows, or cannot be cut
     * @return the loss of the batch
     */
    default Loss gradients(long iteration, int parts) {
        return gradients(iteration);
    }

    /** {@return into how many parts a batch can be cut: its rows; 1 for an objective that cannot cut it} */
    default int rows() {
        return 1;
    }

    /**
     * Epochs done before an iteration.
     *
     * @param iteration number of the batch
     * @return 0 at the start, 1.5 in the middle of the second epoch
     */
    double epochs(long iteration);

    /**
     * Saves what is carried from one batch to the next.
     *
     * @param checkpoint (Output) where to
     */
    void writeTo(Checkpoint.Builder checkpoint);

    /**
     * Takes back what {@link #writeTo} saved. Looks at all of it before it takes any.
     *
     * @param checkpoint (Input) where from
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException if that is not there, or cannot belong to this
     *     objective; then nothing has changed
     */
    void restore(Checkpoint checkpoint);
}
