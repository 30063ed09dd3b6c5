// SPDX-License-Identifier: Apache-2.0
// What a session of jshell starts with: the names that are used most, and a model that learns a text.
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.decoding.*;
import io.github.unroll4j.models.lm.*;
import io.github.unroll4j.models.seq2seq.*;
import io.github.unroll4j.models.train.*;
import io.github.unroll4j.optim.*;
import io.github.unroll4j.text.*;
import java.nio.file.Path;

LanguageModel learn(String text, long iterations) {
    var vocabulary = CharVocabulary.of(text);
    var model = LanguageModel.create(vocabulary, new LanguageModelConfig("lstm", 128), Rng.seeded(1));
    var objective = new LanguageModelObjective(model, Windows.of(vocabulary.encode(text), 25, 16), Reduction.MEAN);
    var how = new TrainerConfig(new Adam(model.parameters()), Schedule.constant(3e-3), iterations);
    System.out.println(new Trainer(objective, how.with(GradientClip.byGlobalNorm(5))).run());
    return model;
}
