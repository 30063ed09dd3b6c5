// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.cli.flags.LanguageModelFlags;
import io.github.unroll4j.cli.flags.Presets;
import io.github.unroll4j.cli.run.Corpus;
import io.github.unroll4j.cli.run.LanguageModelRun;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.Windows;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** An Elman network that reads a text word by word, learns to guess the next one, and then writes. */
@Command(name = "word-rnn", description = "Trains an Elman network on the words of a text, then lets it write.")
public final class WordRnn implements Callable<Integer>, Presets {
    /** Words seen less often are not in the vocabulary. */
    private static final int MIN_COUNT = 2;

    @Mixin
    private LanguageModelFlags flags;

    @Override
    public Map<String, List<String>> presets() {
        return Map.of(
                "tiny", List.of("--hidden=32", "--embed=16", "--batch=4", "--seq-len=10", "--iterations=400"),
                "small",
                        List.of(
                                "--hidden=64",
                                "--embed=32",
                                "--batch=4",
                                "--seq-len=25",
                                "--iterations=1200",
                                "--optimizer=adamw",
                                "--weight-decay=0.7"));
    }

    @Override
    public Integer call() {
        LanguageModelRun run = new LanguageModelRun(flags, flags.sampling());

        // The text, as one id for each word or mark. The last tenth is kept aside to measure on; a word that the rest
        // has
        // only once is <UNK>, so that the model learns what may stand where it knows no word.
        Corpus text = Corpus.ofWords(flags.text().read(), Tokenizers.NOTEBOOK, MIN_COUNT);

        // B streams of the text side by side, T words at a time.
        Windows windows = flags.training().windows(text.train());
        long iterations = flags.training().iterations(windows);
        run.fact("training", flags.training().describe(iterations));

        // p(next word | all before) = softmax(h_t W + b), with
        // h_t = tanh(x_t W_x + h_{t-1} W_h + b).
        try (LanguageModel model = run.model(text, flags.sizes().config("rnn"))) {
            // Truncated backpropagation through time: gradients end where a window begins, the state goes on.
            LanguageModelObjective objective = new LanguageModelObjective(model, windows, Reduction.MEAN);
            return run.train(model, text, objective, flags.training().config(model.parameters(), iterations));
        }
    }

    /**
     * Runs this example.
     *
     * @param args its flags
     */
    public static void main(String... args) {
        Examples.main("word-rnn", args);
    }
}
