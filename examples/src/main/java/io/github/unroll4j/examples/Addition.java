// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.cli.flags.HeldOutFlags;
import io.github.unroll4j.cli.flags.Presets;
import io.github.unroll4j.cli.run.TaskRun;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.examples.task.AdditionPairs;
import io.github.unroll4j.examples.task.Answers;
import io.github.unroll4j.examples.task.TextPair;
import io.github.unroll4j.models.seq2seq.Attending;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.seq2seq.Seq2SeqObjective;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Addition: an encoder-decoder reads 345+678 digit by digit, from the end, and writes 1023. */
@Command(name = "addition", description = "Trains an encoder-decoder to add numbers of three digits.")
public final class Addition implements Callable<Integer>, Presets {
    /** Most digits of a number. */
    private static final int DIGITS = 3;
    /** Sums to learn from, of the half million that there are. */
    private static final int TRAIN = 200_000;
    /** Size E of an embedded character. */
    private static final int EMBEDDING = 32;
    /** Limit on the norm of the gradient. */
    private static final double CLIP = 1;
    /** Digits of the longest sum. */
    private static final int LONGEST = DIGITS + 1;
    /** Sums of the curve; the last figure is of all that are held out. */
    private static final int CURVE = 500;
    /** Sums that are printed. */
    private static final int SAMPLES = 5;

    /** The settings that reach what is claimed. */
    private static final List<String> SMALL = List.of("--hidden=128", "--batch=128", "--iterations=6000", "--lr=0.005");

    @Mixin
    private HeldOutFlags flags;

    @Override
    public Map<String, List<String>> presets() {
        return Map.of(
                "small",
                SMALL,
                "tiny",
                List.of("--hidden=64", "--batch=32", "--iterations=2000", "--lr=0.01", "--held-out=200"));
    }

    @Override
    public Integer call() {
        Chart chart =
                new Chart("addition of " + DIGITS + " digits", "iteration", "share of wrong sums, held out").fromZero();
        try (TaskRun run = new TaskRun(flags, chart)) {
            Rng rng = Rng.seeded(flags.seed());
            AdditionPairs sums = new AdditionPairs(DIGITS, flags.heldOut(), rng);
            List<TextPair> train = sums.train(TRAIN, rng);
            List<TextPair> test = sums.heldOut();
            run.fact(
                    "task",
                    "read " + test.get(0).source() + ", write " + test.get(0).target());
            run.fact("held out", test.size() + " sums, of which training sees neither a+b nor b+a");

            // The whole sum goes through the last state of the encoder: no attention. The units come first, being read
            // last.
            Seq2SeqConfig.Side lstm = new Seq2SeqConfig.Side("lstm", EMBEDDING, flags.hidden(), 1);
            Seq2SeqConfig config = new Seq2SeqConfig(
                    lstm,
                    lstm,
                    new Attending.None(false, 0),
                    new Bridge.Options(Bridge.Kind.IDENTITY, Bridge.Directions.CONCATENATED),
                    Seq2SeqConfig.Options.STANDARD.reversedSource());
            WordVocabulary question = WordVocabulary.of(Tokenizers.CODE_POINTS, "0123456789+");
            WordVocabulary answer = WordVocabulary.of(Tokenizers.CODE_POINTS, "0123456789");
            try (Seq2Seq model = Seq2Seq.create(question, answer, config, rng)) {
                train(run, model, train, test, rng);
            }
            return run.finish("error.png");
        }
    }

    private void train(TaskRun run, Seq2Seq model, List<TextPair> train, List<TextPair> test, Rng rng) {
        PairBatches batches = PairBatches.shuffled(TextPair.encode(train, model), flags.batch(), flags.seed());
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(model.target().size(), Reduction.MEAN);
        Schedule rate = Schedule.cosine(flags.lr(), 0, flags.iterations());
        TrainerConfig config = new TrainerConfig(new Adam(model.parameters()), rate, flags.iterations())
                .with(GradientClip.byGlobalNorm(CLIP));
        List<TextPair> curve = test.subList(0, Math.min(CURVE, test.size()));
        run.train(
                "lstm",
                new Seq2SeqObjective(model, batches, loss, rng),
                config,
                () -> Answers.wrong(model, curve, LONGEST));
        run.show(Answers.lines(model, test.subList(0, Math.min(SAMPLES, test.size())), LONGEST));
        double right = 100 * (1 - Answers.wrong(model, test, LONGEST));
        run.compare(
                "exact match",
                flags.expected("at least 99 % of sums held out", SMALL),
                String.format(Locale.ROOT, "%.2f %% of %d", right, test.size()));
        run.keep(model::save, test.get(0).source());
    }

    /**
     * Runs this example.
     *
     * @param args its flags
     */
    public static void main(String... args) {
        Examples.main("addition", args);
    }
}
