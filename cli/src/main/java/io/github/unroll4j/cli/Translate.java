// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import io.github.unroll4j.cli.flags.DecodingFlags;
import io.github.unroll4j.cli.flags.PairTrainFlags;
import io.github.unroll4j.cli.flags.ParallelFlags;
import io.github.unroll4j.cli.flags.PlainFlag;
import io.github.unroll4j.cli.flags.Presets;
import io.github.unroll4j.cli.flags.RecipeFlags;
import io.github.unroll4j.cli.flags.RunFlags;
import io.github.unroll4j.cli.flags.Seq2SeqFlags;
import io.github.unroll4j.cli.flags.SideFlags;
import io.github.unroll4j.cli.run.PairCorpus;
import io.github.unroll4j.cli.run.TranslationRun;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqObjective;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.text.PairBatches;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Any sequence-to-sequence model of the library on any two files whose lines belong together. */
@Command(
        name = "translate",
        footer = {
            "",
            "For example:",
            "  ${ROOT-COMMAND-NAME} translate --preset tiny",
            "  ${ROOT-COMMAND-NAME} translate --src train.de --trg train.en --valid-src val.de --valid-trg val.en"
        },
        description = "Trains any sequence-to-sequence model on any two files whose lines belong together.")
final class Translate implements Callable<Integer>, Presets {
    @Mixin
    private ParallelFlags source;

    @Mixin
    private SideFlags sizes;

    @Mixin
    private Seq2SeqFlags network;

    @Mixin
    private PlainFlag runner;

    @Mixin
    private PairTrainFlags training;

    @Mixin
    private RecipeFlags recipe;

    @Mixin
    private DecodingFlags decoding;

    @Mixin
    private RunFlags flags;

    @Override
    public Map<String, List<String>> presets() {
        return Map.of(
                "tiny", List.of("--hidden=16", "--embed=16", "--batch=8", "--iterations=60", "--lr=0.01"),
                "small",
                        List.of(
                                "--hidden=64",
                                "--embed=64",
                                "--bidirectional=true",
                                "--batch=8",
                                "--iterations=600",
                                "--lr=0.005"),
                // Cho et al. (2014), section 4.1.1; the model is Seq2SeqConfig.cho2014.
                "cho-2014",
                        List.of(
                                "--cell=gru-cho-2014",
                                "--decoder-cell=gru-cho-2014-decoder",
                                "--hidden=1000",
                                "--embed=100",
                                "--attention=none",
                                "--summary=true",
                                "--maxout=500",
                                "--bridge=summary",
                                "--init=papers-2014",
                                "--batch=64",
                                "--optimizer=adadelta",
                                "--lr=1",
                                "--lr-decay=1"),
                // Bahdanau, Cho and Bengio (2015), appendices A.2.3 and B; the model is Seq2SeqConfig.bahdanau2014.
                "bahdanau-2014",
                        List.of(
                                "--cell=gru-bahdanau-2014",
                                "--hidden=1000",
                                "--embed=620",
                                "--attention=additive",
                                "--maxout=500",
                                "--bidirectional=true",
                                "--directions=backward",
                                "--init=papers-2014",
                                "--batch=80",
                                "--optimizer=adadelta",
                                "--lr=1",
                                "--lr-decay=1",
                                "--clip-norm=1"),
                // Captions of Multi30k, tokenised and in small letters, on --src, --trg and so on.
                "multi30k",
                        List.of(
                                "--tokenizer=whitespace",
                                "--min-count=2",
                                "--cell=gru",
                                "--hidden=256",
                                "--embed=256",
                                "--attention=additive",
                                "--maxout=256",
                                "--bidirectional=true",
                                "--directions=backward",
                                "--dropout=0.4",
                                "--batch=80",
                                "--optimizer=adam",
                                "--lr=0.001",
                                "--clip-norm=1",
                                "--epochs=12"));
    }

    @Override
    public Integer call() {
        TranslationRun run = new TranslationRun(flags, decoding);

        PairCorpus text = PairCorpus.of(source, network.oneVocabulary());
        PairBatches batches = training.batches(text.train().pairs(), flags.seed());
        long epoch = recipe.stepsPerEpoch(batches.perEpoch());
        long iterations = training.iterations(epoch);
        run.fact("training", training.describe(iterations, recipe.describe()));

        run.measureEachEpoch(epoch, recipe.patience());
        try (Seq2Seq model = run.model(text, network.config(sizes, runner), recipe::start)) {
            Seq2SeqObjective objective = training.objective(model, batches, recipe.reduction(), run.noise());
            TrainerConfig config = new TrainerConfig(
                            training.optimizer(model.parameters()), recipe.schedule(training, iterations), iterations)
                    .with(training.clip());
            return run.train(model, text, recipe.accumulated(objective), config);
        }
    }
}
