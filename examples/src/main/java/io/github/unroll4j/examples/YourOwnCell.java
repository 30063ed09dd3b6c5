// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Windows;
import java.nio.file.Path;

/**
 * What docs/your-own-cell.md does with its cell, compiled and run by the tests; what it shows lies between the markers.
 */
final class YourOwnCell {
    private YourOwnCell() {}

    static void check() {
        // [check]
        System.out.println(CellCheck.verify(() -> new MinimalGate(4)));
        // [/check]
    }

    static void train(String text, Path file) {
        // [train]
        CharVocabulary vocabulary = CharVocabulary.of(text);
        var config = new LanguageModelConfig("minimal", 64);
        try (LanguageModel model = LanguageModel.create(vocabulary, config, MinimalGate::new, Rng.seeded(1))) {
            Windows windows = Windows.of(vocabulary.encode(text), 25, 16);
            var objective = new LanguageModelObjective(model, windows, Reduction.MEAN);
            var how = new TrainerConfig(new Adam(model.parameters()), Schedule.constant(1e-2), 300);
            System.out.println(new Trainer(objective, how).run());
            model.save(file);
        }
        // [/train]
    }

    static void load(Path file) {
        // [load]
        try (LanguageModel model = LanguageModel.load(file, MinimalGate::new)) {
            System.out.println(model.generate("The ", 80, SamplingPolicy.greedy(), Rng.seeded(2)));
        }
        // [/load]
    }
}
