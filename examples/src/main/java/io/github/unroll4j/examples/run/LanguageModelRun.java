// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.run;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.examples.flags.RunFlags;
import io.github.unroll4j.examples.flags.SampleFlags;
import io.github.unroll4j.models.lm.Evaluation;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.models.train.Outcome;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.TrainStep;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.models.train.Validation;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Vocabulary;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What happens around the training of a language model: facts, progress, samples, files, Ctrl-C, going on later. */
public final class LanguageModelRun {
    private static final int SAMPLE_TOKENS = 300;
    private static final int INTERRUPTED = 130;

    private final RunFlags flags;
    private final SampleFlags sampling;
    private final Console console;
    private final Optional<Checkpoint> resumed;
    private final Rng rng;

    /**
     * Begins a run: starts the backend, reads the run to resume.
     *
     * @param flags of the run
     * @param sampling how to write samples
     */
    public LanguageModelRun(RunFlags flags, SampleFlags sampling) {
        this.flags = flags;
        this.sampling = sampling;
        console = new Console(flags.command().commandLine(), flags.quiet());
        flags.useThreads();
        resumed = flags.resume().map(Checkpoint::load);
        rng = resumed.map(SavedRun::sampling).orElseGet(() -> Rng.seeded(flags.seed()));
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
     * The model to train: the one to go on with, or a fresh one.
     *
     * @param vocabulary the tokens of the text
     * @param config the sizes
     * @return the model, for the caller to close
     * @throws IllegalArgumentException if the one to go on with has other tokens or other sizes
     */
    public LanguageModel model(Vocabulary vocabulary, LanguageModelConfig config) {
        if (resumed.isEmpty()) {
            return LanguageModel.create(vocabulary, config, rng);
        }
        LanguageModel model = LanguageModel.read(resumed.get());
        String file = "--resume: " + resumed.get().source();
        Optional<String> difference = vocabulary.differenceFrom(model.vocabulary());
        if (difference.isPresent()) {
            model.close();
            throw new IllegalArgumentException(file + " was trained on a text of other tokens: " + difference.get()
                    + ", here being this text, there the model; give the text it was trained on.");
        }
        if (!model.config().equals(config)) {
            model.close();
            throw new IllegalArgumentException(
                    file + " holds a model of " + describe(model.config()) + ", the flags ask for " + describe(config)
                            + "; the sizes of a model cannot be changed, leave their flags out.");
        }
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
    @SuppressWarnings("try") // the interrupt does its work by being open
    public int train(LanguageModel model, HeldOut text, Objective objective, TrainerConfig config) {
        console.fact("split", text.describe());
        console.fact("model", describe(model.config()) + ", seed " + flags.seed());
        console.fact("", model.parameters());
        if (flags.dryRun()) {
            return dryRun(model, text, objective, config);
        }
        long rowEvery = Math.max(1, config.iterations() / 200);
        long every = 10 * rowEvery;
        Validation validation =
                new Validation(every, () -> model.evaluate(text.quick()).nats());
        Trainer trainer = new Trainer(objective, text.hasValidation() ? config.with(validation) : config);
        RunFolder folder = RunFolder.open(flags.out());
        List<MetricsRow> before = goOn(trainer, config, folder);
        SavedRun saved = new SavedRun(model, trainer, rng, flags.command().commandLine(), folder.model());
        try (Metrics metrics = Metrics.create(folder.metrics(), before, rowEvery);
                Interrupt interrupt = new Interrupt(trainer::requestStop)) {
            trainer.listen(metrics)
                    .listen(new Progress(console, config.iterations(), every))
                    .listen(samples(model, text, config.iterations()))
                    .listen(saved.every(every));
            Outcome outcome = trainer.run();
            if (outcome instanceof Outcome.Diverged diverged) {
                diverged.lastSaved().ifPresent(at -> console.result("model", folder.model() + ", of iteration " + at));
                draw(metrics, folder);
                throw new IllegalStateException(diverged.sentence());
            }
            saved.save();
            return outcome instanceof Outcome.Finished
                    ? finished(outcome, model, text, metrics, folder)
                    : stopped(outcome, folder);
        }
    }

    private static String describe(LanguageModelConfig config) {
        return config.cell() + " " + config.hidden() + " x " + config.layers() + " in " + config.dtype();
    }

    private static String describe(Evaluation result, Vocabulary vocabulary) {
        String unit = vocabulary instanceof CharVocabulary ? "character" : "token";
        return String.format(
                Locale.ROOT,
                "%.4f nats, %.4f bits per %s, perplexity %.3f over %d %ss",
                result.nats(),
                result.bitsPerToken(),
                unit,
                result.perplexity(),
                result.tokens(),
                unit);
    }

    /** One iteration and one sample. */
    private int dryRun(LanguageModel model, HeldOut text, Objective objective, TrainerConfig config) {
        TrainerConfig one = new TrainerConfig(config.optimizer(), config.schedule(), 1).with(config.clip());
        new Trainer(objective, one).listen(new Progress(console, 1, 1)).run();
        sample(model, text);
        console.result("dry run", "all fits; nothing was written");
        return 0;
    }

    /** Brings a trainer to where the resumed run was, and returns the metrics up to there. */
    private List<MetricsRow> goOn(Trainer trainer, TrainerConfig config, RunFolder folder) {
        if (resumed.isEmpty()) {
            folder.keepEarlierRun();
            return List.of();
        }
        trainer.restore(resumed.get());
        if (trainer.iteration() >= config.iterations()) {
            throw new IllegalArgumentException(
                    "--resume: the run in " + resumed.get().source() + " has done all its " + trainer.iteration()
                            + " iterations; go on with a larger --iterations.");
        }
        RunFolder old = RunFolder.of(flags.resume().orElseThrow());
        List<MetricsRow> rows = Metrics.read(old.metrics(), trainer.iteration());
        if (!old.isSameAs(folder)) {
            folder.keepEarlierRun();
        }
        console.fact("resumed", "at iteration " + trainer.iteration());
        return rows;
    }

    private TrainListener samples(LanguageModel model, HeldOut text, long iterations) {
        long every = flags.sampleEvery(iterations);
        return new TrainListener() {
            @Override
            public void onStep(TrainStep step) {
                if (!flags.quiet() && step.iteration() % every == 0 && step.iteration() < iterations) {
                    sample(model, text);
                }
            }
        };
    }

    /** Starts with the first token of the text, the only one that is ever read in the state of a fresh start. */
    private void sample(LanguageModel model, HeldOut text) {
        String prime = prime(model, text);
        String written = model.generate(prime, SAMPLE_TOKENS, sampling.policy(), rng);
        console.text("\n" + prime + written + "\n");
    }

    private static String prime(LanguageModel model, HeldOut text) {
        return model.vocabulary().token(text.train()[0]);
    }

    private int stopped(Outcome outcome, RunFolder folder) {
        console.result("stopped", "after " + outcome.iteration() + " iterations");
        console.result("model", folder.model());
        console.result(
                "go on",
                Commands.of(flags.command().name(), "--resume", folder.model().toString()));
        return INTERRUPTED;
    }

    private int finished(Outcome outcome, LanguageModel model, HeldOut text, Metrics metrics, RunFolder folder) {
        sample(model, text);
        String file = folder.model().toString();
        console.result(
                text.hasValidation() ? "validation" : "training",
                describe(model.evaluate(text.measured()), model.vocabulary()));
        console.result("model", file);
        console.result("metrics", folder.metrics());
        draw(metrics, folder);
        String more = "--iterations=" + 2 * outcome.iteration();
        console.result("train more", Commands.of(flags.command().name(), "--resume", file, more));
        console.result("write", Commands.of("sample", file, "--prime", prime(model, text), sampling.temperatureFlag()));
        return 0;
    }

    private void draw(Metrics metrics, RunFolder folder) {
        Chart chart = LossChart.of(metrics.rows(), flags.command().name());
        console.result("picture", Pictures.save(chart, folder.picture(), "the figures are in the metrics"));
    }
}
