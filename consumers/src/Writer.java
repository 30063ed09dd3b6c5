// SPDX-License-Identifier: Apache-2.0
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The program of every consumer: trains, saves, loads, writes. */
public final class Writer {
    public static void main(String[] args) throws IOException {
        String text = "the keeper of the light went down to the sea and the sea was still\n".repeat(20);
        Path file = Files.createTempFile("writer", ".safetensors");
        CharVocabulary vocabulary = CharVocabulary.of(text);
        try (LanguageModel model =
                LanguageModel.create(vocabulary, new LanguageModelConfig("lstm", 32), Rng.seeded(1))) {
            var windows = Windows.of(vocabulary.encode(text), 25, 4);
            var objective = new LanguageModelObjective(model, windows, Reduction.MEAN);
            var how = new TrainerConfig(new Adam(model.parameters()), Schedule.constant(1e-2), 60);
            System.out.println(new Trainer(objective, how).run());
            model.save(file);
        }
        try (LanguageModel model = LanguageModel.load(file)) {
            System.out.println(model.generate("the ", 40, SamplingPolicy.temperature(0.5), Rng.seeded(2)));
        }
        Files.delete(file);
        System.out.println(Backend.describe() + ", JDK " + Runtime.version().feature());
    }
}
