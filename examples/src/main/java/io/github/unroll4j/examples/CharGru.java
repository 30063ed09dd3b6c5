// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.examples.notebook.NotebookLoss;
import io.github.unroll4j.examples.notebook.NotebookWeights;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.plots.Heatmap;
import io.github.unroll4j.text.CharVocabulary;
import java.util.stream.Stream;

/** The third notebook: a GRU in the form of Chung et al. reads a text, guesses the next character, and writes. */
public final class CharGru {
    private static final int H = 100; // units
    private static final double SCALE = 0.01; // all weights start as 0.01·N(0, 1), biases as 0

    static final Program PROGRAM = Program.of(
                    "char-gru",
                    "Trains a GRU in the form of Chung et al. on the characters of a text, then lets it write.",
                    42,
                    CharGru::run)
            .reading("crow.txt", "text in UTF-8")
            .training(10_000, 300);

    static void run(Example example) {
        String text = example.text();
        CharVocabulary vocabulary = CharVocabulary.of(text);
        // r, z = σ(x_t W_x + h_{t-1} W_h + b),  n = tanh(x_t W_x + (r ⊙ h_{t-1}) U_n + b): r acts before the product,
        // h_t = (1-z) ⊙ h_{t-1} + z ⊙ n: z writes,  p(next character) = softmax(h_t W + b).
        // In word-gru, the form of the frameworks, r acts after the product and z keeps.
        var config = new LanguageModelConfig("gru-notebook-char", H, 1, Dtype.DOUBLE);
        try (LanguageModel model = LanguageModel.create(vocabulary, config, Rng.seeded(0))) {
            // Drawn as NumPy draws them, in the order of the notebook.
            new NotebookWeights(model.parameters(), example.seed(), NotebookWeights.always(SCALE))
                    .gates("l0.gru", "z r n")
                    .matrices("head.W");

            // Windows of 25 characters: the state goes on from one to the next, the gradient ends where one begins.
            NotebookLoss loss = NotebookLoss.smoothed(model, text);
            Trainer trainer = loss.trainer(example.iterations()); // Adam, gradients clipped
            trainer.listen(loss.lines(500, s -> example.progress(s, loss.line(s))));
            String first = text.substring(0, 1);
            trainer.listen(NotebookLoss.each(
                    1000, s -> example.say("%n%s%n", write(model, first, 200, Rng.seeded(1)))));
            example.train(trainer, model);
            example.draw("loss.png", loss.curve("gru", "char-gru, as its notebook trains it"));

            Rng rng = Rng.seeded(example.seed());
            Stream<String> primes = Stream.of("T", "A", "H", "W", "I").filter(vocabulary::contains);
            primes.forEach(prime -> example.say("%n%s", write(model, prime, 150, rng)));
            String read = text.substring(0, Math.min(60, text.length()));
            example.draw("gates.png", Heatmap.gates("char-gru: how far are its gates open?", model, read, "z", 12));
        }
        example.end("char 03, GRU", "gru.md", "Chung et al. (2014), arXiv:1412.3555", "train-lm --cell gru --layers 2");
    }

    private static String write(LanguageModel model, String prime, int length, Rng rng) {
        return prime + model.generate(prime, length, SamplingPolicy.temperature(1), rng);
    }

    /** Runs it; {@code --help} names the flags. */
    public static void main(String... args) {
        PROGRAM.start(args);
    }
}
