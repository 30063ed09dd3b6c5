// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.run;

import io.github.unroll4j.models.lm.Evaluation;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.train.Outcome;
import java.util.Locale;

/**
 * What is said at the end of the training of a language model.
 *
 * @param console where
 * @param command name of the example
 * @param folder its files
 * @param metrics its figures
 */
record Results(Console console, String command, RunFolder folder, Metrics metrics) {
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

    /** The figures and the files; those of the best model where one was kept. */
    void finished(LanguageModel model, Corpus text, BestModel best) {
        int[] measured = text.hasValidation() ? text.validation() : text.train();
        console.result(
                text.hasValidation() ? "validation" : "training", describe(model.evaluate(measured), text.unit()));
        best.result(text).forEach(console::result);
        console.result("model", folder.model() + (best.isKept() ? ", the best one in " + folder.best() : ""));
        console.result("metrics", folder.metrics());
        draw();
    }

    /** Commands to go on with. */
    void commands(Outcome outcome, LanguageModel model, Corpus text, String temperature) {
        String file = folder.model().toString();
        String more = "--iterations=" + 2 * outcome.iteration();
        console.result("train more", Commands.of(command, "--resume", file, more));
        console.result("write", Commands.of("generate", file, "--prime", Samples.prime(model, text), temperature));
    }

    private void draw() {
        Chart chart = LossChart.of(metrics.rows(), command);
        console.result("picture", Pictures.save(chart, folder.picture(), "the figures are in the metrics"));
    }
}
