// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.examples.task.Answers;
import io.github.unroll4j.examples.task.TextPair;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqObjective;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.TrainStep;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.models.train.Validation;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.plots.Chart;
import io.github.unroll4j.text.PairBatches;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/**
 * Networks on a problem whose right answers are known: one recipe for all of them, their test errors as they fall, and
 * what was expected beside what was reached.
 *
 * <p>The recipe is Adam, a rate of {@code --lr} that falls to 0 along half a cosine, and gradients of a norm of at most
 * 1.
 */
final class Contest {
    private static final double CLIP = 1;
    private static final int MEASUREMENTS = 20;
    private static final int CURVE = 500; // questions of a measurement; the last is on all
    private static final int SHOWN = 10;

    private final Example example;
    private final Chart chart;
    private final List<String> table = new ArrayList<>();

    /** A contest without networks yet; the flags give the rate and the number of iterations. */
    Contest(Example example, Chart chart) {
        this.example = example;
        this.chart = chart;
        table.add(row("", "expected", "reached"));
        example.file(""); // a folder that cannot be written is refused before the work
    }

    private static String row(String name, String expected, String reached) {
        return String.format(Locale.ROOT, "%-11s %-36s %s", name, expected, reached);
    }

    /** Trains weights that belong to no model of the library. */
    void train(String name, Objective objective, DoubleSupplier error) {
        Parameters parameters = objective.parameters();
        train(name, objective, error, trainer -> example.train(name, trainer, parameters));
    }

    /** Teaches a model questions and answers, shows some of its own answers, and measures how many are right. */
    void teach(Seq2Seq model, List<TextPair> questions, List<TextPair> test, Rng rng, String expected) {
        int longest =
                test.stream().mapToInt(pair -> pair.target().length()).max().orElseThrow();
        List<TextPair> some = test.subList(0, Math.min(CURVE, test.size()));
        var batches = PairBatches.shuffled(TextPair.encode(questions, model), example.count("batch"), example.seed());
        var loss = new SoftmaxCrossEntropy(model.target().size(), Reduction.MEAN);
        var objective = new Seq2SeqObjective(model, batches, loss, rng);
        train("model", objective, () -> Answers.wrong(model, some, longest), t -> example.train(t, model));
        Answers.lines(model, test.subList(0, Math.min(SHOWN, test.size())), longest)
                .forEach(example::say);
        double right = 100 * (1 - Answers.wrong(model, test, longest));
        compare("exact match", example.isFull() ? expected : "–", "%.2f %% of %d", right, test.size());
        String file = Program.word(example.file("model.safetensors").toString());
        String text = Program.word(test.get(0).source());
        example.say("ask it: %s translate-text %s --text %s", Program.LAUNCHER, file, text);
    }

    private void train(String name, Objective objective, DoubleSupplier error, Consumer<Trainer> run) {
        example.say("%n%s%n%s", name, objective.parameters());
        long iterations = example.iterations();
        Schedule rate = Schedule.cosine(example.number("lr"), 0, iterations);
        TrainerConfig config = new TrainerConfig(new Adam(objective.parameters()), rate, iterations)
                .with(GradientClip.byGlobalNorm(CLIP))
                .with(new Validation(Math.max(1, iterations / MEASUREMENTS), error));
        Curve curve = new Curve(example);
        run.accept(new Trainer(objective, config).listen(curve));
        chart.curve(name, curve.values(Measurement::iteration), curve.values(Measurement::loss));
    }

    /** Adds a row to the table. */
    void compare(String name, String expected, String format, Object... reached) {
        table.add(row(name, expected, String.format(Locale.ROOT, format, reached)));
    }

    /** Prints the table and draws the errors. */
    void end(String picture) {
        example.say("%n%s%n", String.join(System.lineSeparator(), table));
        example.draw(picture, chart);
    }

    private record Measurement(long iteration, double loss) {}

    /** Shows and keeps the test errors of one network. */
    private static final class Curve implements TrainListener {
        private final Example example;
        private final List<Measurement> measured = new ArrayList<>();

        Curve(Example example) {
            this.example = example;
        }

        @Override
        public void onEvaluation(TrainStep step, double loss) {
            measured.add(new Measurement(step.iteration(), loss));
            example.progress(
                    step,
                    String.format(
                            Locale.ROOT,
                            "%7d of %d  error on new ones %.5f",
                            step.iteration(),
                            example.iterations(),
                            loss));
        }

        double[] values(ToDoubleFunction<Measurement> value) {
            return measured.stream().mapToDouble(value).toArray();
        }
    }
}
