// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.cli.flags.DecodingFlags;
import io.github.unroll4j.cli.flags.PlainFlag;
import io.github.unroll4j.cli.flags.RunFlags;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.seq2seq.Seq2SeqParts;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.models.train.TrainerConfig;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * What happens around the training of a model that translates.
 *
 * @since 0.1.0
 */
public final class TranslationRun extends TrainingRun {
    private final DecodingFlags decoding;

    /**
     * Begins a run: starts the backend, reads the run to resume.
     *
     * @param flags of the run
     * @param decoding how to search for translations
     */
    public TranslationRun(RunFlags flags, DecodingFlags decoding) {
        super(flags);
        this.decoding = decoding;
    }

    /**
     * The model to train: the one to go on with, or a fresh one with a start of its own.
     *
     * @param text what it is to learn
     * @param config what it is built of
     * @param start changes the weights of a fresh model
     * @return the model, for the caller to close
     * @throws IllegalArgumentException if the one to go on with learned other pairs or is built otherwise
     */
    public Seq2Seq model(PairCorpus text, Seq2SeqConfig config, BiConsumer<Parameters, Rng> start) {
        fact("text", text.describe());
        if (resumed().isPresent()) {
            ResumedRun run = resumed().get();
            Seq2Seq saved = Seq2Seq.read(run.checkpoint(), Seq2SeqParts::builtIn);
            Seq2Seq model = PlainFlag.inRunner(config.options().plain(), saved);
            Subject here = new Subject(
                    List.of(text.source(), text.target()), config, config.describe(), text.name(), text.hash());
            run.require(here, TranslationTrainee.subject(model, "", run.textHash()), model::close);
            return model;
        }
        Seq2Seq model = Seq2Seq.create(text.source(), text.target(), config, rng());
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
    public int train(Seq2Seq model, PairCorpus text, Objective objective, TrainerConfig config) {
        TranslationTrainee trainee = new TranslationTrainee(model, text, decoding, console());
        fact("samples", trainee.legend());
        return train(trainee, objective, config);
    }
}
