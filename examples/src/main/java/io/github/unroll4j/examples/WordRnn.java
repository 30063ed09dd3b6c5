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
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.util.List;

/** The fourth notebook: a simple recurrent network reads a text, guesses the next word, and writes. */
public final class WordRnn {
    private static final int H = 100; // units, and numbers that stand for a word
    private static final double SCALE = 0.01; // all weights start as 0.01·N(0, 1), biases as 0

    static final Program PROGRAM = Program.of(
                    "word-rnn", "Trains a simple RNN on the words of a text, then lets it write.", 42, WordRnn::run)
            .reading("crow.txt", "text in UTF-8")
            .training(10_000, 300);

    static void run(Example example) {
        String text = example.text();
        WordVocabulary vocabulary = WordVocabulary.of(Tokenizers.NOTEBOOK, text);
        // h_t = tanh(e_t W_x + h_{t-1} W_h + b), e_t being the word's row of a table that is learned too,
        // p(next word) = softmax(h_t W + b).
        var config = new LanguageModelConfig("rnn", H, 1, Dtype.DOUBLE).embedding(H);
        try (LanguageModel model = LanguageModel.create(vocabulary, config, Rng.seeded(0))) {
            // Drawn as NumPy draws them, in the order of the notebook.
            new NotebookWeights(model.parameters(), example.seed(), NotebookWeights.always(SCALE))
                    .table("embedding.W")
                    .matrices("l0.rnn.W_x", "l0.rnn.W_h", "head.W");

            // Windows of 25 words: the state goes on from one to the next, the gradient ends where one begins.
            NotebookLoss loss = NotebookLoss.smoothed(model, text);
            Trainer trainer = loss.trainer(example.iterations()); // Adam, gradients clipped
            trainer.listen(loss.lines(500, s -> example.progress(s, loss.line(s))));
            trainer.listen(NotebookLoss.each(2000, s -> example.say("%n%s%n", write(model, "", 50, Rng.seeded(1)))));
            example.train(trainer, model);
            example.draw("loss.png", loss.curve("rnn", "word-rnn, as its notebook trains it"));

            Rng rng = Rng.seeded(example.seed());
            // fox and river are not in the story, and an empty prime is <SOS>.
            List<String> primes = List.of("crow", "stone", "water", "fox", "river");
            primes.forEach(prime -> example.say("%n%s", write(model, prime, 150, rng)));
            List<String> more = List.of("crow", "stone", "water", "fox", "river", "", "", "", "lighthouse");
            more.forEach(prime -> example.say("%n%s", write(model, prime, 30, rng)));
        }
        example.end(
                "word 01, simple RNN",
                "rnn.md and embedding.md",
                "Elman (1990)",
                "train-lm --cell rnn --tokenizer notebook");
    }

    private static String write(LanguageModel model, String prime, int length, Rng rng) {
        String read = prime.isEmpty() || model.vocabulary().contains(prime) ? prime : prime + " (<UNK>)";
        return read + "… " + model.generate(prime, length, SamplingPolicy.temperature(1), rng);
    }

    /** Runs it; {@code --help} names the flags. */
    public static void main(String... args) {
        PROGRAM.start(args);
    }
}
