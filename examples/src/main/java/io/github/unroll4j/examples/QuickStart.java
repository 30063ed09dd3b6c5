// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.models.train.BestModel;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.models.train.Validation;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.TextFiles;
import io.github.unroll4j.text.Windows;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** An LSTM learns to write like a text, is measured on the last tenth of it, saved at its best, loaded, and writes. */
public final class QuickStart {
    public static void main(String... args) {
        String text = TextFiles.read(Path.of(args.length > 0 ? args[0] : "pom.xml")); // a longer one is better
        long iterations = args.length > 1 ? Long.parseLong(args[1]) : 1000;
        CharVocabulary vocabulary = CharVocabulary.of(text);
        int[] ids = vocabulary.encode(text);
        int[] train = Arrays.copyOf(ids, ids.length * 9 / 10);
        int[] validation = Arrays.copyOfRange(ids, train.length, ids.length);
        Path file = Path.of("quick-start.safetensors");
        var config = new LanguageModelConfig("lstm", 128);
        try (LanguageModel model = LanguageModel.create(vocabulary, config, Rng.seeded(1))) {
            var objective = new LanguageModelObjective(model, Windows.of(train, 25, 16), Reduction.MEAN);
            var how = new TrainerConfig(new Adam(model.parameters()), Schedule.constant(3e-3), iterations);
            var measured = new Validation(100, () -> model.evaluate(validation).nats());
            Trainer trainer = new Trainer(
                    objective, how.with(GradientClip.byGlobalNorm(5)).with(measured));
            trainer.listen(TrainListener.rows(100, row -> {
                System.out.printf(
                        Locale.ROOT, "%4d: nats a character: training %.3f", row.iteration(), row.trainLoss());
                System.out.printf(Locale.ROOT, ", validation %.3f%n", row.validationLoss());
            }));
            trainer.listen(new BestModel(file, model::save, Double.POSITIVE_INFINITY)); // the last one may be worse
            System.out.println(trainer.run());
        }
        try (LanguageModel model = LanguageModel.load(file)) { // as another program would
            String prime = text.substring(0, 1);
            System.out.println(prime + model.generate(prime, 300, SamplingPolicy.temperature(0.7), Rng.seeded(2)));
        }
    }
}
