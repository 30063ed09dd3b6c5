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
import io.github.unroll4j.text.CharVocabulary;
import java.util.stream.Stream;

/** The first notebook: a simple recurrent network reads a text, guesses the next character, and writes. */
public final class CharRnn {
    private static final int H = 100; // units
    private static final double SCALE = 0.01; // all weights start as 0.01·N(0, 1), biases as 0

    static final Program PROGRAM = Program.of(
                    "char-rnn",
                    "Trains a simple RNN on the characters of a text, then lets it write.",
                    42,
                    CharRnn::run)
            .reading("crow.txt", "text in UTF-8")
            .training(50_000, 300);

    static void run(Example example) {
        String text = example.text();
        CharVocabulary vocabulary = CharVocabulary.of(text);
        // h_t = tanh(x_t W_x + h_{t-1} W_h + b),  p(next character) = softmax(h_t W + b).
        // A character selects a row of W_x: the product with its one-hot vector.
        var config = new LanguageModelConfig("rnn", H, 1, Dtype.DOUBLE);
        try (LanguageModel model = LanguageModel.create(vocabulary, config, Rng.seeded(0))) {
            // Drawn as NumPy draws them, in the order of the notebook.
            new NotebookWeights(model.parameters(), example.seed(), NotebookWeights.always(SCALE))
                    .matrices("l0.rnn.W_x", "l0.rnn.W_h", "head.W");

            // Windows of 25 characters: the state goes on from one to the next, the gradient ends where one begins.
            NotebookLoss loss = NotebookLoss.smoothed(model, text);
            Trainer trainer = loss.trainer(example.iterations()); // Adam, gradients clipped
            trainer.listen(loss.lines(1000, s -> example.progress(s, loss.line(s))));
            String first = text.substring(0, 1);
            trainer.listen(NotebookLoss.each(
                    5000, s -> example.say("%n%s%n", write(model, first, 200, Rng.seeded(1)))));
            example.train(trainer, model);
            example.draw("loss.png", loss.curve("rnn", "char-rnn, as its notebook trains it"));

            Rng rng = Rng.seeded(example.seed());
            Stream<String> primes = Stream.of("T", "A", "H", "W", "I").filter(vocabulary::contains);
            primes.forEach(prime -> example.say("%n%s", write(model, prime, 150, rng)));
        }
        example.end(
                "char 01, simple RNN",
                "rnn.md",
                "Elman (1990), Finding structure in time",
                "train-lm --cell rnn --layers 2");
    }

    private static String write(LanguageModel model, String prime, int length, Rng rng) {
        return prime + model.generate(prime, length, SamplingPolicy.temperature(1), rng);
    }

    /** Runs it; {@code --help} names the flags. */
    public static void main(String... args) {
        PROGRAM.start(args);
    }
}
