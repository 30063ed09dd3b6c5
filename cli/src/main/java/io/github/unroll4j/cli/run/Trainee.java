// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import java.nio.file.Path;
import java.util.Map;

/** What a run trains: a model, what it learns from, and what it is measured on. */
interface Trainee {
    /** What must be the same for a run to go on. */
    Subject subject();

    /** What is trained on what, for a title. */
    String title();

    /** All weights. */
    Parameters parameters();

    /** Adds the model to a checkpoint. */
    void writeTo(Checkpoint.Builder checkpoint);

    /** How much there is to train on and to measure on. */
    String describeSplit(boolean quickly);

    /** Whether something is held out to measure on. */
    boolean hasValidation();

    /** A hash of what is held out, to know it again. */
    String validationHash();

    /** The loss on what is held out, in nats per token; quickly: on enough of it. */
    double validationLoss(boolean quickly);

    /** Shows what the model writes now. */
    void show();

    /** The figures of the finished model by their labels, and what it drew. */
    Map<String, String> results(RunFolder folder);

    /** The figures of a saved model on what is kept for the end by their labels; none where nothing is. */
    Map<String, String> test(Path saved);

    /** Commands to go on with by what they do. */
    Map<String, String> commands(Path saved);
}
