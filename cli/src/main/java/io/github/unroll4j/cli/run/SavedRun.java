// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.cli.flags.FlagLayers;
import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.train.Trainer;
import picocli.CommandLine;

/**
 * Saves all that a run needs to go on with the same bits: the model, the trainer, the randomness of the
 * samples, the flags.
 */
record SavedRun(Trainee trainee, Trainer trainer, Rng sampling, CommandLine command, RunFolder folder) {
    private static final String RANDOMNESS = "unroll4j.sampling";
    private static final String TEXT = "unroll4j.text";
    private static final String VALIDATION = "unroll4j.validation";

    /** Requires what a run adds to a model. */
    static void check(Checkpoint saved) {
        sampling(saved);
        textHash(saved);
    }

    /** The generator of the samples, where a saved run left it. */
    static Rng sampling(Checkpoint saved) {
        return saved.rng(RANDOMNESS);
    }

    /** The hash of the text that a saved run was trained on. */
    static String textHash(Checkpoint saved) {
        return saved.metadata(TEXT);
    }

    /** The hash of what a saved run measured on; empty if it does not say. */
    static String validationHash(Checkpoint saved) {
        return saved.metadata().getOrDefault(VALIDATION, "");
    }

    void save() {
        folder.requireHeld();
        Checkpoint.Builder checkpoint = Checkpoint.builder();
        trainee.writeTo(checkpoint);
        trainer.writeTo(checkpoint);
        checkpoint
                .metadata(RANDOMNESS, sampling.saveState())
                .metadata(TEXT, trainee.subject().hash())
                .metadata(VALIDATION, trainee.validationHash());
        FlagLayers.writeTo(checkpoint, command);
        checkpoint.build().save(folder.model());
    }
}
