// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.cli.flags.HeldOutFlags;
import io.github.unroll4j.cli.flags.Presets;
import io.github.unroll4j.cli.run.TaskRun;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.examples.task.Answers;
import io.github.unroll4j.examples.task.DatePairs;
import io.github.unroll4j.examples.task.TextPair;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.seq2seq.Attending;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.seq2seq.Seq2SeqObjective;
import io.github.unroll4j.models.seq2seq.Translation;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.plots.Chart;
import io.github.unroll4j.text.PairBatches;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Dates: attention finds year, month and day in what people write, and the decoder writes them as ISO 8601. */
@Command(name = "dates", description = "Trains attention to read dates in thirty locales, and draws where it looks.")
public final class Dates implements Callable<Integer>, Presets {
    /** Pairs to learn from. */
    private static final int TRAIN = 100_000;
    /** Size E of an embedded character. */
    private static final int EMBEDDING = 32;
    /** Limit on the norm of the gradient. */
    private static final double CLIP = 1;
    /** Characters of an answer, 2024-03-05. */
    private static final int LONGEST = 10;
    /** Dates of the curve; the last figure is of all that are held out. */
    private static final int CURVE = 500;
    /** Dates that are printed. */
    private static final int SAMPLES = 10;

    /** The settings that reach what is claimed. */
    private static final List<String> SMALL = List.of("--hidden=128", "--batch=64", "--iterations=3000", "--lr=0.003");

    @Mixin
    private HeldOutFlags flags;

    @Override
    public Map<String, List<String>> presets() {
        return Map.of(
                "small",
                SMALL,
                "tiny",
                List.of("--hidden=32", "--batch=32", "--iterations=300", "--lr=0.01", "--held-out=200"));
    }

    @Override
    public Integer call() {
        Chart chart = new Chart("dates: share of wrong answers", "iteration", "share of wrong answers, dates held out")
                .fromZero();
        try (TaskRun run = new TaskRun(flags, chart)) {
            Rng rng = Rng.seeded(flags.seed());
            DatePairs dates = new DatePairs(flags.heldOut(), rng);
            List<TextPair> train = dates.train(TRAIN, rng);
            List<TextPair> test = dates.heldOut(rng);
            run.fact(
                    "task",
                    "read " + test.get(0).source() + ", write " + test.get(0).target());
            run.fact("texts", dates.styles() + " ways to write a date, in " + dates.locales() + " locales");
            run.fact(
                    "held out",
                    test.size() + " dates of " + (test.size() + dates.train().size()) + ", in whatever style");

            WordVocabulary written = WordVocabulary.of(
                    Tokenizers.CODE_POINTS, train.stream().map(TextPair::source).collect(Collectors.joining()));
            WordVocabulary iso = WordVocabulary.of(Tokenizers.CODE_POINTS, "0123456789-");
            try (Seq2Seq model = Seq2Seq.create(written, iso, config(), rng)) {
                train(run, model, train, test, rng);
            }
            return run.finish("error.png");
        }
    }

    /**
     * All that the decoder learns of the text comes through attention: it starts from zeros, and without input feeding its state knows
     * only what has been written. So the picture shows the one way by which year, month and day can come; an annotation knows its
     * letter's surroundings too, so that a month is read off one or two letters of its name.
     */
    private Seq2SeqConfig config() {
        Seq2SeqConfig.Side gru = new Seq2SeqConfig.Side("gru", EMBEDDING, flags.hidden(), 1);
        return new Seq2SeqConfig(
                gru,
                gru,
                new Attending.Luong(Attending.ScoreName.GENERAL, 0, Focus.global(), false, false),
                new Bridge.Options(Bridge.Kind.ZEROS, Bridge.Directions.CONCATENATED),
                Seq2SeqConfig.Options.STANDARD.bothWays());
    }

    private void train(TaskRun run, Seq2Seq model, List<TextPair> train, List<TextPair> test, Rng rng) {
        PairBatches batches = PairBatches.shuffled(TextPair.encode(train, model), flags.batch(), flags.seed());
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(model.target().size(), Reduction.MEAN);
        Schedule rate = Schedule.cosine(flags.lr(), 0, flags.iterations());
        TrainerConfig config = new TrainerConfig(new Adam(model.parameters()), rate, flags.iterations())
                .with(GradientClip.byGlobalNorm(CLIP));
        List<TextPair> curve = test.subList(0, Math.min(CURVE, test.size()));
        run.train(
                "gru",
                new Seq2SeqObjective(model, batches, loss, rng),
                config,
                () -> Answers.wrong(model, curve, LONGEST));

        run.show(Answers.lines(model, test.subList(0, Math.min(SAMPLES, test.size())), LONGEST));
        String text = DatePairs.inFull(test.get(0).target());
        Translation answer = Answers.to(List.of(text), model, LONGEST).get(0);
        run.show(answer.alignment().orElseThrow(), text + " → " + answer.text(), "alignment.png");
        double right = 100 * (1 - Answers.wrong(model, test, LONGEST));
        run.compare(
                "exact match",
                flags.expected("at least 99 % of dates held out", SMALL),
                String.format(Locale.ROOT, "%.2f %% of %d", right, test.size()));
        run.keep(model::save, text);
    }

    /**
     * Runs this example.
     *
     * @param args its flags
     */
    public static void main(String... args) {
        Examples.main("dates", args);
    }
}
