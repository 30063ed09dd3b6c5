// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.examples.task.AdditionPairs;
import io.github.unroll4j.examples.task.Answers;
import io.github.unroll4j.examples.task.Contest;
import io.github.unroll4j.examples.task.TextPair;
import io.github.unroll4j.models.seq2seq.AttentionKind;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.plots.Chart;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.util.List;

/** Addition: an encoder-decoder reads 345+678 digit by digit, from the end, and writes 1023. */
public final class Addition {
    private static final int DIGITS = 3; // of a number, at most
    private static final int TRAIN = 200_000; // sums to learn from, of the half million that there are
    private static final int EMBEDDING = 32; // numbers that stand for a character

    static final Program PROGRAM = Program.of(
                    "addition", "Trains an encoder-decoder to add numbers of three digits.", 1, Addition::run)
            .training(6000, 2000)
            .with("held-out", 10_000, 200, "N", "sums held out for validation")
            .with("hidden", 128, 64, "N", "units of each side")
            .with("batch", 128, 32, "N", "sums of an iteration")
            .with("lr", 0.005, 0.01, "X", "learning rate at the start");

    static void run(Example example) {
        Rng rng = Rng.seeded(example.seed());
        AdditionPairs sums = new AdditionPairs(DIGITS, example.count("held-out"), rng);
        List<TextPair> train = sums.train(TRAIN, rng);
        List<TextPair> test = sums.heldOut();
        example.say("read %s, write %s", test.get(0).source(), test.get(0).target());
        example.say(
                "%d sums are held out, of which training sees neither a+b nor b+a; validation: the share of wrong answers",
                test.size());

        // The whole sum goes through the last state of the encoder: no attention. The units come first, being read
        // last.
        var lstm = new Seq2SeqConfig.Side("lstm", EMBEDDING, example.count("hidden"), 1);
        var bridge = new Bridge.Options(Bridge.Kind.IDENTITY, Bridge.Directions.CONCATENATED);
        var options = Seq2SeqConfig.Options.STANDARD.reversed(true);
        var config = new Seq2SeqConfig(lstm, lstm, new AttentionKind.None(false, 0), bridge, options);
        WordVocabulary question = WordVocabulary.of(Tokenizers.CODE_POINTS, "0123456789+");
        WordVocabulary answer = WordVocabulary.of(Tokenizers.CODE_POINTS, "0123456789");
        Chart chart = new Chart(
                        "addition of 3 digits: encoder-decoder of LSTMs, no attention",
                        "iteration",
                        "share of wrong answers")
                .fromZero();
        Contest contest = new Contest(chart, example.number("lr"), example.iterations());
        try (Seq2Seq model = Seq2Seq.create(question, answer, config, rng)) {
            Answers answers = new Answers(model, test);
            example.say("%s", model.parameters());
            var objective = answers.objective(train, example.count("batch"), example.seed(), rng);
            example.train(contest.trainer("encoder-decoder", objective, answers::wrongAbout), model);
            example.say("%nof those held out:%n%s%nmeasuring on all %d of them ...", answers.some(), test.size());
            String expected = example.expected("at least 99 % of sums held out");
            contest.compare("exact match", expected, "%s", answers.score());
        }
        example.say("%n%s", contest.table());
        example.draw("error.png", chart);
        example.say("ask it: %s", Answers.command(example.file("model.safetensors"), test.get(0)));
    }

    /** Runs it; {@code --help} names the flags. */
    public static void main(String... args) {
        PROGRAM.start(args);
    }
}
