// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
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
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** The first program of the README; what is shown there lies between the markers. */
public final class QuickStart {
    static final Program PROGRAM = Program.of("quick-start", 1, QuickStart::run)
            .about("Trains an LSTM on characters, saves, loads and lets it write, as in the README.")
            .with("iterations", 1000, 100, "N", "how many; char-lstm shows how to stop and go on")
            .reading("lighthouse.txt", "text in UTF-8");

    static void run(Example example) throws IOException {
        Path file = example.file("model.safetensors");
        example.say(train(example.textFile(), file, example.iterations()));
        example.say(load(file));
    }

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
                    100, s -> System.out.printf(Locale.ROOT, "%d: %.3f nats%n", s.iteration(), s.smoothedLoss())));
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

    /** Runs it; {@code --help} names the flags. */
    public static void main(String... args) {
        PROGRAM.start(args);
    }
}
