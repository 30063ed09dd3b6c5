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

/** The sixth notebook: a GRU in the frameworks' form reads a text, guesses the next word, and writes. */
public final class WordGru {
    private static final int H = 100; // units, and numbers that stand for a word
    private static final double SCALE = 0.01; // all weights start as 0.01·N(0, 1), biases as 0

    static final Program PROGRAM = Program.of(
                    "word-gru",
                    "Trains a GRU in the frameworks' form on the words of a text, then lets it write.",
                    42,
                    WordGru::run)
            .reading("crow.txt", "text in UTF-8")
            .training(10_000, 300);

    static void run(Example example) {
        String text = example.text();
        WordVocabulary vocabulary = WordVocabulary.of(Tokenizers.NOTEBOOK, text);
        // r, z = σ(e_t W_x + h_{t-1} W_h + b),  n = tanh(e_t W_x + r ⊙ (h_{t-1} W_h) + b): r acts after the product,
        // h_t = z ⊙ h_{t-1} + (1-z) ⊙ n: z keeps,  p(next word) = softmax(h_t W + b).
        // In char-gru, the form of Chung et al. (2014), r acts before the product and z writes. PyTorch adds a bias
        // b_h.
        var config = new LanguageModelConfig("gru-notebook-word", H, 1, Dtype.DOUBLE).embedding(H);
        try (LanguageModel model = LanguageModel.create(vocabulary, config, Rng.seeded(0))) {
            // Drawn as NumPy draws them, in the order of the notebook.
            new NotebookWeights(model.parameters(), example.seed(), NotebookWeights.always(SCALE))
                    .table("embedding.W")
                    .gates("l0.gru", "z r n")
                    .matrices("head.W");

            // Windows of 25 words: the state goes on from one to the next, the gradient ends where one begins.
            NotebookLoss loss = NotebookLoss.smoothed(model, text);
            Trainer trainer = loss.trainer(example.iterations()); // Adam, gradients clipped
            trainer.listen(loss.lines(500, s -> example.progress(s, loss.line(s))));
            String first = vocabulary.token(vocabulary.encode(text)[0]);
            trainer.listen(NotebookLoss.each(1000, s -> example.say("%n%s%n", write(model, first, 50, Rng.seeded(1)))));
            example.train(trainer, model);
            example.draw("loss.png", loss.curve("gru", "word-gru, as its notebook trains it"));

            Rng rng = Rng.seeded(example.seed());
            // fox is not in the story, and an empty prime is <SOS>.
            List<String> primes = List.of("crow", "stone", "water", "patience", "fox");
            primes.forEach(prime -> example.say("%n%s", write(model, prime, 50, rng)));
            List<String> more = List.of("", "", "", "lighthouse");
            more.forEach(prime -> example.say("%n%s", write(model, prime, 30, rng)));
        }
        example.end(
                "word 03, GRU",
                "gru.md and embedding.md",
                "Cho et al. (2014), arXiv:1406.1078v1",
                "train-lm --cell gru --tokenizer notebook");
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
