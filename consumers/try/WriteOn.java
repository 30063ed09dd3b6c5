///usr/bin/env jbang "$0" "$@" ; exit $?
// SPDX-License-Identifier: Apache-2.0
//JAVA 17+
//DEPS io.github.unroll4j:unroll4j-starter:0.1.0-SNAPSHOT
//DEPS org.slf4j:slf4j-nop:2.0.20

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
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

/** An LSTM reads a text and writes on: jbang WriteOn.java FILE [ITERATIONS]. */
public final class WriteOn {
    public static void main(String... args) {
        String text = TextFiles.read(Path.of(args[0]));
        long iterations = args.length > 1 ? Long.parseLong(args[1]) : 1000;
        CharVocabulary vocabulary = CharVocabulary.of(text);
        try (var model = LanguageModel.create(vocabulary, new LanguageModelConfig("lstm", 128), Rng.seeded(1))) {
            var windows = Windows.of(vocabulary.encode(text), 25, 16);
            var objective = new LanguageModelObjective(model, windows, Reduction.MEAN);
            var how = new TrainerConfig(new Adam(model.parameters()), Schedule.constant(3e-3), iterations);
            System.out.println(new Trainer(objective, how.with(GradientClip.byGlobalNorm(5))).run());
            System.out.println(model.generate("", 300, SamplingPolicy.temperature(0.7), Rng.seeded(2)));
        }
    }
}
