// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.cli.flags.PlainFlag;
import io.github.unroll4j.cli.flags.RunFlags;
import io.github.unroll4j.cli.flags.SampleFlags;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.models.train.TrainerConfig;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * What happens around the training of a language model.
 *
 * @since 0.1.0
 */
public final class LanguageModelRun extends TrainingRun {
    private final Samples samples;

    /**
     * Begins a run: starts the backend, reads the run to resume.
     *
     * @param flags of the run
     * @param sampling how to write samples
     */
    public LanguageModelRun(RunFlags flags, SampleFlags sampling) {
        super(flags);
        samples = new Samples(console(), sampling, rng());
    }

    /**
     * The model to train: the one to go on with, or a fresh one with a start of its own.
     *
     * @param text what it is to learn
     * @param config what it is built of
     * @param start changes the weights of a fresh model
     * @return the model, for the caller to close
     * @throws IllegalArgumentException if the one to go on with learned another text or is built otherwise
     */
    public LanguageModel model(Corpus text, LanguageModelConfig config, BiConsumer<Parameters, Rng> start) {
        fact("text", text.describe());
        if (resumed().isPresent()) {
            ResumedRun run = resumed().get();
            LanguageModel model = PlainFlag.inRunner(config.plain(), LanguageModel.read(run.checkpoint()));
            Subject here = new Subject(
                    List.of(text.vocabulary()), config, ModelText.describe(config), text.name(), text.hash());
            run.require(here, LanguageModelTrainee.subject(model, "", run.textHash()), model::close);
            return model;
        }
        LanguageModel model = LanguageModel.create(text.vocabulary(), config, rng());
        start.accept(model.parameters(), rng());
        return model;
    }

    /**
     * Trains, and puts everything away.
     *
     * @param model the model
     * @param text what it learns and what it is measured on
     * @param objective what to train
     * @param config how
     * @return the exit code
     */
    public int train(LanguageModel model, Corpus text, Objective objective, TrainerConfig config) {
        return train(new LanguageModelTrainee(model, text, samples), objective, config);
    }
}
