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

/** A GRU that reads a text character by character, learns to guess the next one, and then writes. */
@Command(name = "char-gru", description = "Trains a GRU on the characters of a text, then lets it write.")
public final class CharGru implements Callable<Integer>, Presets {
    @Mixin
    private LanguageModelFlags flags;

    @Override
    public Map<String, List<String>> presets() {
        return Map.of(
                "tiny", List.of("--hidden=64", "--batch=8", "--seq-len=25", "--iterations=1000", "--lr=0.01"),
                "small", List.of("--hidden=128", "--batch=8", "--iterations=800", "--lr=0.01"));
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
        // r, z = σ(x_t W_x + h_{t-1} W_h + b),  n = tanh(x_t W_xn + r ⊙ (h_{t-1} W_hn + b_hn)),
        // h_t = z ⊙ h_{t-1} + (1-z) ⊙ n.
        try (LanguageModel model = run.model(text, flags.sizes().config("gru"))) {
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
        Examples.main("char-gru", args);
    }
}
