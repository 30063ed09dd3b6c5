// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.examples.flags.ModelFlags;
import io.github.unroll4j.examples.flags.Presets;
import io.github.unroll4j.examples.flags.RunFlags;
import io.github.unroll4j.examples.flags.SampleFlags;
import io.github.unroll4j.examples.flags.TextFlags;
import io.github.unroll4j.examples.flags.TrainFlags;
import io.github.unroll4j.examples.run.HeldOut;
import io.github.unroll4j.examples.run.LanguageModelRun;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.text.CharVocabulary;
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
    private TextFlags source;

    @Mixin
    private ModelFlags sizes;

    @Mixin
    private TrainFlags training;

    @Mixin
    private SampleFlags sampling;

    @Mixin
    private RunFlags flags;

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
        LanguageModelRun run = new LanguageModelRun(flags, sampling);

        // The text, as one id for each character. The last tenth is kept aside to measure on.
        String text = source.read();
        CharVocabulary vocabulary = CharVocabulary.of(text);
        HeldOut ids = HeldOut.of(vocabulary.encode(text));
        run.fact("text", source.describe() + ", " + vocabulary.size() + " different characters");

        // B streams of the text side by side, T characters at a time.
        Windows windows = training.windows(ids.train());
        long iterations = training.iterations(windows);
        run.fact("training", iterations + " iterations of " + training.describe());

        // p(next character | all before) = softmax(h_t W + b), with h_t = tanh(x_t W_x + h_{t-1} W_h + b).
        try (LanguageModel model = run.model(vocabulary, sizes.config("rnn"))) {
            // Truncated backpropagation through time: gradients end where a window begins, the state goes on.
            LanguageModelObjective objective = new LanguageModelObjective(model, windows, Reduction.MEAN);
            TrainerConfig config = new TrainerConfig(
                            training.optimizer(model.parameters()), training.schedule(iterations), iterations)
                    .with(training.clip());
            return run.train(model, ids, objective, config);
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
