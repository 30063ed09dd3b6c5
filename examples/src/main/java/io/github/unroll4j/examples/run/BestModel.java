// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.run;

import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.train.TrainEvaluation;
import io.github.unroll4j.models.train.TrainListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Saves the model, weights only, whenever it has done better than ever before on the held-out text. */
final class BestModel implements TrainListener {
    private final LanguageModel model;
    private final Path file;
    private double best;
    private boolean kept;

    /** Goes on from the measurements of the part of the run that is continued. */
    BestModel(LanguageModel model, Path file, List<MetricsRow> before) {
        this.model = model;
        this.file = file;
        best = before.stream()
                .mapToDouble(MetricsRow::validationLoss)
                .filter(loss -> !Double.isNaN(loss))
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }

    @Override
    public void onEvaluation(TrainEvaluation evaluation) {
        if (evaluation.loss() < best || !Files.exists(file)) {
            best = evaluation.loss();
            model.save(file);
        }
        kept = true;
    }

    /** Whether there is such a model. */
    boolean isKept() {
        return kept;
    }

    /** The figures of the best model by their labels: on the held-out text, and on the text kept for the end. */
    Map<String, String> result(Corpus text) {
        Map<String, String> results = new LinkedHashMap<>();
        if (!kept) {
            return results;
        }
        results.put("best", String.format(Locale.ROOT, "%.4f nats, perplexity %.3f", best, Math.exp(best)));
        if (text.hasTest()) {
            try (LanguageModel loaded = LanguageModel.load(file)) {
                results.put("test", Results.describe(loaded.evaluate(text.test()), text.unit()));
            }
        }
        return results;
    }
}
