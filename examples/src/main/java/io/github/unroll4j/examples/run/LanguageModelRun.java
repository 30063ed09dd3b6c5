// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.run;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.examples.flags.LanguageModelFlags;
import io.github.unroll4j.examples.flags.RunFlags;
import io.github.unroll4j.examples.flags.SampleFlags;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.models.train.Outcome;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.models.train.Validation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/** What happens around the training of a language model: facts, progress, samples, files, Ctrl-C, going on later. */
public final class LanguageModelRun {
    private static final int INTERRUPTED = 130;

    private final RunFlags flags;
    private final Console console;
    private final Optional<ResumedRun> resumed;
    private final Rng rng;
    private final Samples samples;
    private OptionalLong epoch = OptionalLong.empty();

    /**
     * Begins a run: starts the backend, reads the run to resume.
     *
     * @param flags of the run and of everything else
     */
    public LanguageModelRun(LanguageModelFlags flags) {
        this(flags, flags.sampling());
    }

    /**
     * Begins a run: starts the backend, reads the run to resume.
     *
     * @param flags of the run
     * @param sampling how to write samples
     */
    public LanguageModelRun(RunFlags flags, SampleFlags sampling) {
        this.flags = flags;
        console = new Console(flags.command().commandLine(), flags.quiet());
        flags.useThreads();
        resumed = flags.resume().map(ResumedRun::read);
        rng = resumed.map(ResumedRun::sampling).orElseGet(() -> Rng.seeded(flags.seed()));
        samples = new Samples(console, sampling, rng);
        console.fact("unroll4j", Version.text() + ", " + Backend.describe());
    }

    /**
     * Prints a fact about the run.
     *
     * @param label what it is about
     * @param value the fact
     */
    public void fact(String label, String value) {
        console.fact(label, value);
    }

    /**
     * Measures on all of the held-out text after each epoch, instead of on its beginning every so often, and keeps the model that
     * did best.
     *
     * @param iterations of an epoch
     */
    public void measureEachEpoch(long iterations) {
        epoch = OptionalLong.of(iterations);
    }

    /**
     * The model to train: the one to go on with, or a fresh one.
     *
     * @param text what it is to learn
     * @param config what it is built of
     * @return the model, for the caller to close
     * @throws IllegalArgumentException if the one to go on with learned another text or is built otherwise
     */
    public LanguageModel model(Corpus text, LanguageModelConfig config) {
        return model(text, config, (parameters, random) -> {});
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
        console.fact("text", text.describe());
        if (resumed.isPresent()) {
            return resumed.get().model(text, config);
        }
        LanguageModel model = LanguageModel.create(text.vocabulary(), config, rng);
        start.accept(model.parameters(), rng);
        return model;
    }

    /** Source of the masks of regularisers: the same for the same seed, and another than that of weights and samples. */
    public Rng noise() {
        return Rng.seeded(flags.seed()).split();
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
    @SuppressWarnings("try") // the interrupt does its work by being open
    public int train(LanguageModel model, Corpus text, Objective objective, TrainerConfig config) {
        console.fact("split", text.describeSplit(epoch.isEmpty()));
        console.fact("model", ModelText.describe(model.config()) + ", seed " + flags.seed());
        console.fact("", model.parameters());
        if (flags.dryRun()) {
            return dryRun(model, text, objective, config);
        }
        long rowEvery = Math.max(1, config.iterations() / 200);
        long every = 10 * rowEvery;
        Trainer trainer = new Trainer(objective, text.hasValidation() ? measured(model, text, config, every) : config);
        try (RunFolder folder = RunFolder.open(flags.out(), flags.command().name())) {
            List<MetricsRow> before = goOn(trainer, config, folder);
            SavedRun saved = new SavedRun(
                    model, trainer, text.hash(), rng, flags.command().commandLine(), folder.model());
            BestModel best = new BestModel(model, folder.best(), before);
            try (Metrics metrics = Metrics.create(folder.metrics(), before, rowEvery);
                    Interrupt interrupt = new Interrupt(trainer::requestStop)) {
                trainer.listen(metrics)
                        .listen(new Progress(console, config.iterations(), every))
                        .listen(samples.during(
                                model, text, flags.sampleEvery(config.iterations()), config.iterations()))
                        .listen(epoch.isPresent() ? best : new TrainListener() {})
                        .listen(saved.every(every));
                Outcome outcome = trainer.run();
                Results results = new Results(console, flags.command().name(), folder, metrics);
                if (outcome instanceof Outcome.Diverged diverged) {
                    throw results.diverged(diverged);
                }
                saved.save();
                if (!(outcome instanceof Outcome.Finished)) {
                    results.stopped(outcome);
                    return INTERRUPTED;
                }
                samples.write(model, text);
                results.finished(model, text, best);
                results.commands(outcome, model, text, samples.temperatureFlag());
                return 0;
            }
        }
    }

    private TrainerConfig measured(LanguageModel model, Corpus text, TrainerConfig config, long every) {
        int[] ids = epoch.isPresent() ? text.validation() : text.quick();
        return config.with(
                new Validation(epoch.orElse(every), () -> model.evaluate(ids).nats()));
    }

    /** One iteration and one sample. */
    private int dryRun(LanguageModel model, Corpus text, Objective objective, TrainerConfig config) {
        TrainerConfig one = new TrainerConfig(config.optimizer(), config.schedule(), 1).with(config.clip());
        new Trainer(objective, one).listen(new Progress(console, 1, 1)).run();
        samples.write(model, text);
        console.result("dry run", "all fits; nothing was written");
        return 0;
    }

    /** Brings a trainer to where the resumed run was, and returns the metrics up to there. */
    private List<MetricsRow> goOn(Trainer trainer, TrainerConfig config, RunFolder folder) {
        if (resumed.isEmpty()) {
            folder.keepEarlierRun();
            return List.of();
        }
        List<MetricsRow> rows = resumed.get().restore(trainer, config.iterations());
        if (!resumed.get().folder().isSameAs(folder)) {
            folder.keepEarlierRun();
        }
        console.fact("resumed", "at iteration " + trainer.iteration());
        return rows;
    }
}
