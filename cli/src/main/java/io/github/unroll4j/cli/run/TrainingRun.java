// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.cli.flags.Inputs;
import io.github.unroll4j.cli.flags.RunFlags;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Workers;
import io.github.unroll4j.models.train.BestModel;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.models.train.Outcome;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.TrainRow;
import io.github.unroll4j.models.train.TrainStep;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.models.train.Validation;
import io.github.unroll4j.optim.GradientClip;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * What happens around the training of a model: facts, progress, samples, files, Ctrl-C, going on later.
 *
 * @since 0.1.0
 */
public abstract class TrainingRun {
    private static final int INTERRUPTED = 130;

    private final RunFlags flags;
    private final Console console;
    private final Optional<ResumedRun> resumed;
    private final Rng rng;
    private OptionalLong epoch = OptionalLong.empty();
    private int patience = Validation.UNLIMITED;
    private double latestLoss = Double.NaN;

    /** Begins a run: starts the backend, reads the run to resume. */
    TrainingRun(RunFlags flags) {
        this.flags = flags;
        console = new Console(flags.command().commandLine(), flags.quiet());
        flags.useThreads();
        resumed = flags.resume().map(ResumedRun::read);
        rng = resumed.map(ResumedRun::sampling).orElseGet(() -> Rng.seeded(flags.seed()));
        console.fact("unroll4j", Version.text() + ", " + Backend.describe());
        if (resumed.isPresent()) { // also if quiet: nobody is to be led to read a file unseen
            Inputs.of(flags.command().commandLine()).forEach(flag -> console.result("reads", flag));
        }
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
     * Measures on all of the held-out text after each epoch, instead of on its beginning every so often, and keeps the
     * model that did best.
     *
     * @param iterations of an epoch
     * @param epochs the run ends after so many in a row without a new best, or {@link Validation#UNLIMITED}
     */
    public void measureEachEpoch(long iterations, int epochs) {
        epoch = OptionalLong.of(iterations);
        patience = epochs;
    }

    /**
     * {@return source of the masks of regularisers: the same for the same seed, and another than that of weights and
     * samples}
     */
    public Rng noise() {
        return Rng.seeded(flags.seed()).split();
    }

    /** The terminal. */
    Console console() {
        return console;
    }

    /** The run to go on with; empty for a fresh start. */
    Optional<ResumedRun> resumed() {
        return resumed;
    }

    /** Source of the weights of a fresh model, and of the samples. */
    Rng rng() {
        return rng;
    }

    /** Trains, puts everything away, and returns the exit code. */
    @SuppressWarnings("try") // the interrupt does its work by being open
    int train(Trainee trainee, Objective objective, TrainerConfig given) {
        TrainerConfig config = flags.withWorkers(given);
        if (patience != Validation.UNLIMITED && !trainee.hasValidation()) {
            throw new IllegalArgumentException(
                    "--patience is about the validation loss, and nothing is held out for validation;"
                            + " leave it out, or hold something out");
        }
        console.fact("split", trainee.describeSplit(epoch.isEmpty()));
        console.fact("model", trainee.subject().model() + ", seed " + flags.seed());
        console.fact("", trainee.parameters());
        console.fact(
                "progress",
                "losses in nats per token: training is the mean over about 100 iterations, with dropout where there is"
                        + " some; validation is measured on what is held out at the end of them, without dropout, and so"
                        + " may be below it; norm is that of the gradient before clipping");
        if (flags.dryRun()) {
            return dryRun(trainee, objective, config);
        }
        long rowEvery = Math.max(1, config.iterations() / 200);
        long every = 10 * rowEvery;
        Trainer trainer = new Trainer(objective, trainee.hasValidation() ? measured(trainee, config, every) : config);
        try (RunFolder folder = RunFolder.open(flags.out(), flags.command().name())) {
            List<TrainRow> before = goOn(trainer, objective, config, folder);
            folder.keepInputs(Inputs.of(flags.command().commandLine()));
            SavedRun saved = new SavedRun(trainee, trainer, rng, flags.command().commandLine(), folder);
            BestFile file = new BestFile(folder.best(), trainee);
            double bestBefore =
                    resumed.isEmpty() ? Double.POSITIVE_INFINITY : file.goOn(resumed.get(), trainer, folder, console);
            Consumer<Path> keep = path -> {
                folder.requireHeld();
                file.save(latestLoss);
            };
            BestModel best = new BestModel(file.path(), keep, bestBefore);
            Retries retries = new Retries(console);
            try (Metrics metrics = Metrics.create(
                            folder.metrics(), before, rowEvery, line -> console.result("not saved", line));
                    Interrupt interrupt = new Interrupt(trainer::requestStop)) {
                folder.lockMetrics();
                trainer.listen(metrics)
                        .listen(new Progress(console, config.iterations(), every))
                        .listen(samples(trainee, config.iterations()))
                        .listen(epoch.isPresent() ? retries.of(best) : new TrainListener() {})
                        .listen(RunFolder.every(every, trainee.parameters(), saved::save, retries::tell));
                console.fact(
                        "workers",
                        "each batch in " + trainer.parts() + (trainer.parts() == 1 ? " part" : " parts") + " on "
                                + Math.min(trainer.parts(), Workers.threads()) + " of " + Workers.threads()
                                + (Workers.threads() == 1 ? " thread" : " threads"));
                Results results = new Results(
                        console,
                        flags.command().name(),
                        folder,
                        metrics,
                        trainee,
                        config.clip() instanceof GradientClip.ByGlobalNorm by ? by.max() : Double.POSITIVE_INFINITY,
                        flags.plotsText());
                long start = System.nanoTime();
                Outcome outcome = trainer.run();
                Duration time = Duration.ofNanos(System.nanoTime() - start);
                if (outcome instanceof Outcome.Diverged diverged) {
                    throw results.diverged(diverged);
                }
                if (outcome instanceof Outcome.Stopped) {
                    saved.save();
                    results.stopped(outcome);
                    return INTERRUPTED;
                }
                retries.last(saved::save);
                trainee.show();
                results.finished(best, retries.failure().isEmpty());
                results.time(outcome, time);
                if (retries.failure().isPresent()) { // only now: a full disk must not cost the figures
                    throw retries.failure().get();
                }
                results.commands(outcome, best);
                return 0;
            }
        }
    }

    private TrainerConfig measured(Trainee trainee, TrainerConfig config, long every) {
        boolean quickly = epoch.isEmpty();
        return config.with(
                new Validation(epoch.orElse(every), () -> latestLoss = trainee.validationLoss(quickly), patience));
    }

    private TrainListener samples(Trainee trainee, long iterations) {
        long every = flags.sampleEvery(iterations);
        return new TrainListener() {
            @Override
            public void onStep(TrainStep step) {
                if (!console.isQuiet() && step.iteration() % every == 0 && step.iteration() < iterations) {
                    trainee.show();
                }
            }
        };
    }

    /** One iteration and one sample. */
    private int dryRun(Trainee trainee, Objective objective, TrainerConfig config) {
        TrainerConfig one = new TrainerConfig(config.optimizer(), config.schedule(), 1).with(config.clip());
        new Trainer(objective, one).listen(new Progress(console, 1, 1)).run();
        trainee.show();
        console.result("dry run", "all fits; nothing was written");
        return 0;
    }

    private void keepEarlierRun(RunFolder folder) {
        folder.keepEarlierRun().ifPresent(kept -> console.result("earlier run", "its files are in " + kept + " now"));
    }

    /** Brings a trainer to where the resumed run was, and returns the metrics up to there. */
    private List<TrainRow> goOn(Trainer trainer, Objective objective, TrainerConfig config, RunFolder folder) {
        if (resumed.isEmpty()) {
            keepEarlierRun(folder);
            return List.of();
        }
        List<TrainRow> rows = resumed.get().restore(trainer, config.iterations(), console);
        if (!resumed.get().folder().isSameAs(folder)) {
            keepEarlierRun(folder);
        }
        long at = trainer.iteration();
        double rate = config.schedule().rate(at, objective.epochs(at));
        console.fact("resumed", "at iteration " + at + ResumedRun.describeRate(rows, rate, config.iterations()));
        return rows;
    }
}
