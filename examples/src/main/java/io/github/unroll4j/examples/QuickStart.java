// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.models.lm.SamplingPolicy;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.TextFiles;
import io.github.unroll4j.text.Windows;
import java.nio.file.Path;

/** The programs of the README, compiled and run by the tests; what the README shows lies between the markers. */
final class QuickStart {
    private QuickStart() {}

    static String train(Path input, Path file, long iterations) {
        // [train]
        String text = TextFiles.read(input);
        CharVocabulary vocabulary = CharVocabulary.of(text);
        var config = new LanguageModelConfig("lstm", 128);
        try (LanguageModel model = LanguageModel.create(vocabulary, config, Rng.seeded(1))) {
            Windows windows = Windows.of(vocabulary.encode(text), 25, 16);
            var objective = new LanguageModelObjective(model, windows, Reduction.MEAN);
            var how = new TrainerConfig(new Adam(model.parameters()), Schedule.constant(3e-3), iterations);
            Trainer trainer = new Trainer(objective, how.with(GradientClip.byGlobalNorm(5)));
            trainer.listen(TrainListener.every(
                    100, s -> System.out.printf("%d: %.3f nats%n", s.iteration(), s.smoothedLoss())));
            System.out.println(trainer.run());
            model.save(file);
            return model.generate("The ", 200, SamplingPolicy.temperature(0.7), Rng.seeded(2));
        }
        // [/train]
    }

    static String load(Path file) {
        // [load]
        try (LanguageModel model = LanguageModel.load(file)) {
            return model.generate("The ", 200, SamplingPolicy.temperature(0.7), Rng.seeded(2));
        }
        // [/load]
    }
}
