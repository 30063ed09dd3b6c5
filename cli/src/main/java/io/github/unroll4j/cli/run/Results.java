// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.models.decoding.Evaluation;
import io.github.unroll4j.models.train.BestModel;
import io.github.unroll4j.models.train.Outcome;
import io.github.unroll4j.models.train.TrainRow;
import io.github.unroll4j.plots.Chart;
import io.github.unroll4j.plots.Pictures;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What is said at the end of a run.
 *
 * @param console where
 * @param command name of the command
 * @param folder its files
 * @param metrics its figures
 * @param trainee what was trained
 * @param limit the norm that gradients are clipped to, infinite for none
 * @param plot whether to draw in the terminal too
 */
record Results(
        Console console,
        String command,
        RunFolder folder,
        Metrics metrics,
        Trainee trainee,
        double limit,
        boolean plot) {
    /** A measurement, in words. */
    static String describe(Evaluation result, String unit) {
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

    IllegalStateException diverged(Outcome.Diverged diverged) {
        diverged.lastSaved().ifPresent(at -> console.result("model", folder.model() + ", of iteration " + at));
        draw();
        return new IllegalStateException(diverged.sentence());
    }

    void stopped(Outcome outcome) {
        console.result("stopped", "after " + outcome.iteration() + " iterations");
        console.result("model", folder.model());
        console.result("go on", Commands.of(command, "--resume", folder.model().toString()));
    }

    /** The figures and, if they could be saved, the files; those of the best model where one was kept. */
    void finished(BestModel best, boolean saved) {
        trainee.results(folder).forEach(console::result);
        if (best.isKept()) {
            console.result(
                    "best",
                    String.format(Locale.ROOT, "%.4f nats, perplexity %.3f", best.best(), Math.exp(best.best())));
        }
        if (saved) {
            trainee.test(best.isKept() ? best.file() : folder.model()).forEach(console::result);
            console.result("model", folder.model() + (best.isKept() ? ", the best one in " + best.file() : ""));
        }
        console.result("metrics", folder.metrics());
        draw();
    }

    /** How long it took, measurements and samples included, and why it ended before its time if it did. */
    void time(Outcome outcome, Duration time) {
        if (outcome instanceof Outcome.NoProgress ended) {
            console.result(
                    "ended",
                    "after " + ended.iteration() + " iterations: the best loss is that of iteration "
                            + ended.bestIteration());
        }
        console.result("time", Progress.clock(time));
    }

    /**
     * Commands to go on with: training with the model as it is, everything else with the best one where one was kept.
     */
    void commands(Outcome outcome, BestModel best) {
        String file = folder.model().toString();
        String more = "--iterations=" + 2 * outcome.iteration();
        console.result("train more", Commands.of(command, "--resume", file, more));
        trainee.commands(best.isKept() ? best.file() : folder.model()).forEach(console::result);
    }

    private void draw() {
        double[] iterations = column(TrainRow::iteration);
        draw(
                "picture",
                Chart.losses(
                        trainee.title(),
                        iterations,
                        column(TrainRow::trainLoss),
                        column(TrainRow::validationLoss),
                        trainee.subject().tokens()),
                folder.picture());
        draw(
                "gradients",
                Chart.gradientNorms(trainee.title(), iterations, column(TrainRow::gradientNorm), limit),
                folder.gradients());
    }

    private void draw(String label, Chart chart, Path file) {
        if (plot) {
            console.text(chart.text());
        }
        console.result(label, Pictures.save(chart, file, "the figures are in the metrics"));
    }

    private double[] column(ToDoubleFunction<TrainRow> figure) {
        return metrics.rows().stream().mapToDouble(figure).toArray();
    }
}
