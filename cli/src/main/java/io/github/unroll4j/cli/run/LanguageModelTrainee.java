// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.lm.LanguageModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A language model and its text. */
record LanguageModelTrainee(LanguageModel model, Corpus text, Samples samples) implements Trainee {
    /** What a model and the text that it was trained on must be the same as. */
    static Subject subject(LanguageModel model, String text, String hash) {
        return new Subject(List.of(model.vocabulary()), model.config(), ModelText.describe(model.config()), text, hash);
    }

    @Override
    public Subject subject() {
        return subject(model, text.name(), text.hash());
    }

    @Override
    public String title() {
        return subject().model() + ": " + text.name();
    }

    @Override
    public Parameters parameters() {
        return model.parameters();
    }

    @Override
    public void writeTo(Checkpoint.Builder checkpoint) {
        model.writeTo(checkpoint);
    }

    @Override
    public String describeSplit(boolean quickly) {
        return text.describeSplit(quickly);
    }

    @Override
    public boolean hasValidation() {
        return text.hasValidation();
    }

    @Override
    public String validationHash() {
        return TextHash.of(text.validation());
    }

    @Override
    public double validationLoss(boolean quickly) {
        return model.evaluate(quickly ? text.quick() : text.validation()).nats();
    }

    @Override
    public void show() {
        samples.write(model, text);
    }

    @Override
    public Map<String, String> results(RunFolder folder) {
        int[] measured = text.hasValidation() ? text.validation() : text.train();
        return Map.of(
                text.hasValidation() ? "validation" : "training",
                Results.describe(model.evaluate(measured), text.unit()));
    }

    @Override
    public Map<String, String> test(Path saved) {
        if (!text.hasTest()) {
            return Map.of();
        }
        try (LanguageModel loaded = LanguageModel.load(saved)) {
            return Map.of("test", Results.describe(loaded.evaluate(text.test()), text.unit()));
        }
    }

    @Override
    public Map<String, String> commands(Path saved) {
        return Map.of(
                "write",
                Commands.of(
                        "generate",
                        saved.toString(),
                        "--prime",
                        Samples.prime(model, text),
                        samples.temperatureFlag()));
    }
}
