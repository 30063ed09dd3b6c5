// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.cli.flags.Presets;
import io.github.unroll4j.cli.flags.TranslatorFlags;
import io.github.unroll4j.cli.run.PairCorpus;
import io.github.unroll4j.cli.run.TranslationRun;
import io.github.unroll4j.models.seq2seq.Attending;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.seq2seq.Seq2SeqObjective;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.text.PairBatches;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** One network reads a sentence into a single vector, another writes the translation out of it. */
@Command(
        name = "encoder-decoder",
        description = "Trains two LSTMs to translate: one reads a sentence into a vector, the other writes from it.")
public final class EncoderDecoder implements Callable<Integer>, Presets {
    @Mixin
    private TranslatorFlags flags;

    @Override
    public Map<String, List<String>> presets() {
        return Map.of(
                "tiny",
                        List.of(
                                "--hidden=32",
                                "--embed=16",
                                "--batch=8",
                                "--iterations=300",
                                "--sample-every=150",
                                "--lr=0.02"),
                "small",
                        List.of(
                                "--hidden=64",
                                "--embed=32",
                                "--batch=8",
                                "--iterations=600",
                                "--sample-every=300",
                                "--lr=0.01"));
    }

    @Override
    public Integer call() {
        TranslationRun run = new TranslationRun(flags, flags.decoding());

        // English sentences and their German translations, each word as one id.
        PairCorpus text = PairCorpus.bundled();

        // A few pairs of about the same length side by side; shorter ones are padded, and the padding counts nowhere.
        PairBatches batches = flags.training().batches(text.train().pairs(), flags.seed());
        long iterations = flags.training().iterations(batches.perEpoch());
        run.fact("training", flags.training().describe(iterations));

        // h_s = LSTM(E_x x_s, h_{s-1})                       reads the sentence, word by word
        // s_0 = tanh(h_S W + b)                              all that is handed over
        // s_t = LSTM(E_y y_{t-1}, s_{t-1})                   reads the word that it wrote last
        // p(y_t | y_1 … y_{t-1}, x) = softmax(s_t W_o + b_o)
        Seq2SeqConfig config = new Seq2SeqConfig(
                flags.sizes().side("lstm"),
                flags.sizes().side("lstm"),
                new Attending.None(false, 0),
                new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.CONCATENATED),
                flags.sizes().options());
        try (Seq2Seq model = run.model(text, config)) {
            // Teacher forcing: in training the decoder reads the true word before, not its own.
            Seq2SeqObjective objective = flags.training().objective(model, batches, Reduction.MEAN, run.noise());
            return run.train(model, text, objective, flags.training().config(model.parameters(), iterations));
        }
    }

    /**
     * Runs this example.
     *
     * @param args its flags
     */
    public static void main(String... args) {
        Examples.main("encoder-decoder", args);
    }
}
