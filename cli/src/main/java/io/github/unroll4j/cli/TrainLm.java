// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import io.github.unroll4j.cli.flags.CorpusFlags;
import io.github.unroll4j.cli.flags.ModelFlags;
import io.github.unroll4j.cli.flags.NetworkFlags;
import io.github.unroll4j.cli.flags.PlainFlag;
import io.github.unroll4j.cli.flags.Presets;
import io.github.unroll4j.cli.flags.RecipeFlags;
import io.github.unroll4j.cli.flags.RunFlags;
import io.github.unroll4j.cli.flags.SampleFlags;
import io.github.unroll4j.cli.flags.StateFlags;
import io.github.unroll4j.cli.flags.TrainFlags;
import io.github.unroll4j.cli.run.Corpus;
import io.github.unroll4j.cli.run.LanguageModelRun;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.text.Windows;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Any language model of the library on any text, with all that published recipes set. */
@Command(
        name = "train-lm",
        footer = {
            "",
            "For example:",
            "  ${ROOT-COMMAND-NAME} train-lm --preset tiny",
            "  ${ROOT-COMMAND-NAME} train-lm --preset char-rnn --data input.txt --out out/mine"
        },
        description =
                "Trains any language model on any text: cells, words or characters, regularisers, published recipes.")
final class TrainLm implements Callable<Integer>, Presets {
    @Mixin
    private CorpusFlags source;

    @Mixin
    private ModelFlags sizes;

    @Mixin
    private NetworkFlags network;

    @Mixin
    private PlainFlag runner;

    @Mixin
    private TrainFlags training;

    @Mixin
    private RecipeFlags recipe;

    @Mixin
    private StateFlags state;

    @Mixin
    private SampleFlags sampling;

    @Mixin
    private RunFlags flags;

    @Override
    public Map<String, List<String>> presets() {
        return Map.of(
                "tiny", List.of("--hidden=32", "--batch=8", "--seq-len=25", "--epochs=3", "--lr=0.01"),
                "small", List.of("--hidden=128", "--dropout=0.5", "--batch=4", "--epochs=60"),
                // karpathy/char-rnn, as it comes; the loss is the sum over time of means over the batch.
                "char-rnn",
                        List.of(
                                "--cell=lstm",
                                "--layers=2",
                                "--hidden=128",
                                "--seq-len=50",
                                "--batch=50",
                                "--optimizer=rmsprop",
                                "--rms-decay=0.95",
                                "--lr=0.002",
                                "--lr-decay=0.97",
                                "--lr-decay-after=10",
                                "--clip-value=5",
                                "--init=uniform:0.08",
                                "--forget-bias=1",
                                "--reduction=batch-mean",
                                "--held-out=0.05",
                                "--epochs=50"),
                // Zaremba, Sutskever and Vinyals (2014), small, on --train, --valid and --test of Penn Treebank.
                "zaremba-small",
                        List.of(
                                "--tokenizer=whitespace",
                                "--end-of-line=true",
                                "--cell=lstm",
                                "--layers=2",
                                "--hidden=200",
                                "--embed=200",
                                "--seq-len=20",
                                "--batch=20",
                                "--optimizer=sgd",
                                "--lr=1",
                                "--lr-decay=0.5",
                                "--lr-decay-after=4",
                                "--clip-norm=5",
                                "--init=uniform:0.1",
                                "--forget-bias=0",
                                "--reduction=batch-mean",
                                "--state=carried",
                                "--epochs=13"));
    }

    @Override
    public Integer call() {
        LanguageModelRun run = new LanguageModelRun(flags, sampling);

        Corpus text = Corpus.of(source);
        Windows windows = state.windows(training, text.train());
        long epoch = recipe.stepsPerEpoch(windows.perEpoch());
        long iterations = training.iterations(epoch);
        run.fact("training", training.describe(iterations, recipe.describe() + ", " + state.describe()));

        run.measureEachEpoch(epoch, recipe.patience());
        try (LanguageModel model = run.model(text, network.config(sizes).plain(runner.plain()), recipe::start)) {
            LanguageModelObjective objective =
                    new LanguageModelObjective(model, windows, recipe.reduction(), windows.steps(), run.noise());
            TrainerConfig config = new TrainerConfig(
                            training.optimizer(model.parameters()), recipe.schedule(training, iterations), iterations)
                    .with(training.clip());
            return run.train(model, text, recipe.accumulated(objective), config);
        }
    }
}
