// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.run;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A saved run to go on with.
 *
 * @param checkpoint its file
 * @param folder where it lies
 */
record ResumedRun(Checkpoint checkpoint, RunFolder folder) {
    static ResumedRun read(Path file) {
        return new ResumedRun(Checkpoint.load(file), RunFolder.of(file));
    }

    /** The generator of the samples, where the run left it. */
    Rng sampling() {
        return SavedRun.sampling(checkpoint);
    }

    /** The model of the run, if it is for that text and configuration. */
    LanguageModel model(Corpus text, LanguageModelConfig config) {
        LanguageModel model = LanguageModel.read(checkpoint);
        Optional<String> objection = objection(model, text, config);
        if (objection.isPresent()) {
            model.close();
            throw new IllegalArgumentException("--resume: " + checkpoint.source() + " " + objection.get());
        }
        return model;
    }

    private Optional<String> objection(LanguageModel model, Corpus text, LanguageModelConfig config) {
        Optional<String> difference = text.vocabulary().differenceFrom(model.vocabulary());
        if (difference.isPresent()) {
            return Optional.of("was trained on a text of other tokens: " + difference.get()
                    + ", here being this text, there the model; give the text it was trained on");
        }
        if (!model.config().equals(config)) {
            return Optional.of("holds a model of " + ModelText.describe(model.config()) + ", the flags ask for "
                    + ModelText.describe(config)
                    + "; what a model is built of cannot be changed, leave these flags out");
        }
        if (!SavedRun.textHash(checkpoint).equals(text.hash())) {
            return Optional.of("was trained on another text than " + text.name()
                    + ", or on another share of it; give the text it was trained on");
        }
        return Optional.empty();
    }

    /** Brings a trainer to where the run was, and returns the metrics up to there. */
    List<MetricsRow> restore(Trainer trainer, long iterations) {
        trainer.restore(checkpoint);
        if (trainer.iteration() >= iterations) {
            throw new IllegalArgumentException("--resume: the run in " + checkpoint.source() + " has done all its "
                    + trainer.iteration() + " iterations; go on with a larger --iterations or --epochs");
        }
        return Metrics.read(folder.metrics(), trainer.iteration());
    }
}
