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

/** A decoder that looks at the sentence after its step, with the state it has now: Luong, Pham and Manning (2015). */
@Command(
        name = "luong",
        description = "Trains GRUs with the general score and input feeding to translate, and draws where they look.")
public final class Luong implements Callable<Integer>, Presets {
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
                                "--lr=0.01"),
                // A state too small to learn sentences by heart, so that it has to look.
                "small",
                        List.of(
                                "--hidden=24",
                                "--embed=48",
                                "--dropout=0.2",
                                "--batch=8",
                                "--iterations=1000",
                                "--sample-every=500",
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

        // h_s = [→h_s ; ←h_s] of two GRUs,  s_0 = 0          what the decoder is to know, it must look up
        // s_t = GRU([E_y y_{t-1} ; s̃_{t-1}], s_{t-1})       reads what it was about to say, too: input feeding
        // α_ts = softmax_s(s_t · (h_s W_a))                   where to look
        // c_t = Σ_s α_ts h_s                                 what is seen there
        // s̃_t = tanh([c_t ; s_t] W_c)                        the attentional vector
        // p(y_t | y_1 … y_{t-1}, x) = softmax(s̃_t W_o + b_o)
        Seq2SeqConfig config = new Seq2SeqConfig(
                flags.sizes().side("gru"),
                flags.sizes().side("gru"),
                new Attending.Luong(Attending.ScoreName.GENERAL),
                new Bridge.Options(Bridge.Kind.ZEROS, Bridge.Directions.CONCATENATED),
                flags.sizes().options().bothWays());
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
        Examples.main("luong", args);
    }
}
