// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.cli.flags.CommonFlags;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.models.seq2seq.Alignment;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.models.train.Outcome;
import io.github.unroll4j.models.train.TrainEvaluation;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.models.train.Validation;
import io.github.unroll4j.plots.Chart;
import io.github.unroll4j.plots.Heatmap;
import io.github.unroll4j.plots.Pictures;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/** What happens around a problem with a known answer: facts, progress, a picture, and what is expected beside what was reached. */
public final class TaskRun implements AutoCloseable {
    private static final int MEASUREMENTS = 20;

    private final Console console;
    private final Chart chart;
    private final RunFolder folder;
    private final List<String> comparison = new ArrayList<>();
    private final long start = System.nanoTime();

    /**
     * Begins a run: starts the backend, opens the folder.
     *
     * @param flags of the run
     * @param chart the picture to fill
     */
    public TaskRun(CommonFlags flags, Chart chart) {
        this.chart = chart;
        console = new Console(flags.command().commandLine(), flags.quiet());
        flags.useThreads();
        folder = RunFolder.open(flags.out(), flags.command().name());
        console.fact("unroll4j", Version.text() + ", " + Backend.describe());
    }

    /**
     * Prints a fact about the run.
     *
     * @param label what it is about
     * @param value the fact
     */
    public void fact(String label, Object value) {
        console.fact(label, value);
    }

    /** The picture of this run. */
    public Chart chart() {
        return chart;
    }

    /**
     * Trains one network and adds the curve of its test error to the picture.
     *
     * @param name of the network
     * @param objective what to train
     * @param config how
     * @param test measures the error on sequences that were never trained on
     * @return the test error at the end
     * @throws IllegalStateException if training diverges
     */
    public double train(String name, Objective objective, TrainerConfig config, DoubleSupplier test) {
        console.fact(name, objective.parameters());
        Curve curve = new Curve(name, config.iterations());
        Validation validation = new Validation(Math.max(1, config.iterations() / MEASUREMENTS), test);
        Outcome outcome =
                new Trainer(objective, config.with(validation)).listen(curve).run();
        if (outcome instanceof Outcome.Diverged diverged) {
            throw new IllegalStateException(name + ": " + diverged.sentence());
        }
        chart.curve(name, curve.at(), curve.errors());
        return curve.last();
    }

    /**
     * Adds a line to what is printed at the end.
     *
     * @param name what was measured
     * @param expected what theory says
     * @param reached what this run gave
     */
    public void compare(String name, String expected, String reached) {
        comparison.add(String.format("%-11s %-40s %s", name, expected, reached));
    }

    /**
     * Prints what a network wrote.
     *
     * @param text lines
     */
    public void show(List<String> text) {
        text.forEach(console::text);
    }

    /**
     * Prints an alignment and draws it.
     *
     * @param alignment what to show
     * @param title of both
     * @param picture name of its file
     */
    public void show(Alignment alignment, String title, String picture) {
        console.text("weights of attention: " + title);
        console.text(alignment.text());
        console.result("alignment", Pictures.save(new Heatmap(title, alignment), folder.file(picture), "it is above"));
    }

    /**
     * Saves a model that translates, and prints how to ask it.
     *
     * @param save writes it to a file
     * @param question to ask it
     */
    public void keep(Consumer<Path> save, String question) {
        save.accept(folder.model());
        console.result("model", folder.model());
        console.result("ask it", Commands.of("translate-text", folder.model().toString(), "--text", question));
    }

    /**
     * Prints the comparison and draws the picture.
     *
     * @param picture name of its file
     * @return the exit code
     */
    public int finish(String picture) {
        comparison.add(0, String.format("%-11s %-40s %s", "", "expected", "reached"));
        console.text(String.join(System.lineSeparator(), comparison));
        console.result("picture", Pictures.save(chart, folder.file(picture), "the figures are above"));
        console.result("time", Progress.clock(Duration.ofNanos(System.nanoTime() - start)));
        return 0;
    }

    @Override
    public void close() {
        folder.close();
    }

    /** Shows and keeps the test errors of one network. */
    private final class Curve implements TrainListener {
        private final String name;
        private final long iterations;
        private final long start = System.nanoTime();
        private final List<TrainEvaluation> measured = new ArrayList<>();

        Curve(String name, long iterations) {
            this.name = name;
            this.iterations = iterations;
        }

        @Override
        public void onEvaluation(TrainEvaluation evaluation) {
            measured.add(evaluation);
            Duration time = Duration.ofNanos(System.nanoTime() - start);
            console.progress(String.format(
                    Locale.ROOT,
                    "%-11s %7d/%d  error on new sequences %.5f  %.2f ms an iteration  %02d:%02d",
                    name,
                    evaluation.iteration(),
                    iterations,
                    evaluation.loss(),
                    time.toMillis() / (double) evaluation.iteration(),
                    time.toMinutes(),
                    time.toSecondsPart()));
        }

        double[] at() {
            return measured.stream().mapToDouble(TrainEvaluation::iteration).toArray();
        }

        double[] errors() {
            return measured.stream().mapToDouble(TrainEvaluation::loss).toArray();
        }

        double last() {
            return measured.get(measured.size() - 1).loss();
        }
    }
}
