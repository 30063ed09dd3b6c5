// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.cli.flags.LanguageModelFlags;
import io.github.unroll4j.cli.flags.Presets;
import io.github.unroll4j.cli.run.Corpus;
import io.github.unroll4j.cli.run.LanguageModelRun;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.text.Windows;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** An Elman network that reads a text character by character, learns to guess the next one, and then writes. */
@Command(name = "char-rnn", description = "Trains an Elman network on the characters of a text, then lets it write.")
public final class CharRnn implements Callable<Integer>, Presets {
    @Mixin
    private LanguageModelFlags flags;

    @Override
    public Map<String, List<String>> presets() {
        return Map.of(
                "tiny", List.of("--hidden=64", "--batch=8", "--seq-len=25", "--iterations=1000"),
                // Three small layers and a strong pull to zero: what keeps 19 kB from being learned by heart.
                "small",
                        List.of(
                                "--hidden=128",
                                "--layers=3",
                                "--batch=4",
                                "--iterations=8000",
                                "--optimizer=adamw",
                                "--weight-decay=0.7"));
    }

    @Override
    public Integer call() {
        LanguageModelRun run = new LanguageModelRun(flags, flags.sampling());

        // The text, as one id for each character. The last tenth is kept aside to measure on.
        Corpus text = Corpus.ofCharacters(flags.text().read());

        // B streams of the text side by side, T characters at a time.
        Windows windows = flags.training().windows(text.train());
        long iterations = flags.training().iterations(windows);
        run.fact("training", flags.training().describe(iterations));

        // p(next character | all before) = softmax(h_t W + b), with
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
        Examples.main("char-rnn", args);
    }
}
