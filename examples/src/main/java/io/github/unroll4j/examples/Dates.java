// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.examples.task.Answers;
import io.github.unroll4j.examples.task.Contest;
import io.github.unroll4j.examples.task.DatePairs;
import io.github.unroll4j.examples.task.TextPair;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.seq2seq.AttentionKind;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.plots.Chart;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.util.List;
import java.util.stream.Collectors;

/** Dates: attention finds year, month and day in what people write, and the decoder writes them as ISO 8601. */
public final class Dates {
    private static final int TRAIN = 100_000; // pairs to learn from
    private static final int EMBEDDING = 32; // numbers that stand for a character

    static final Program PROGRAM = Program.of(
                    "dates", "Trains attention to read dates in 30 locales, and draws where it looks.", 1, Dates::run)
            .training(3000, 300)
            .with("held-out", 10_000, 200, "N", "dates held out for validation")
            .with("hidden", 128, 32, "N", "units of each direction and of the decoder")
            .with("batch", 64, 32, "N", "dates of an iteration")
            .with("lr", 0.003, 0.01, "X", "learning rate at the start");

    static void run(Example example) {
        Rng rng = Rng.seeded(example.seed());
        DatePairs dates = new DatePairs(example.count("held-out"), rng);
        List<TextPair> train = dates.train(TRAIN, rng);
        List<TextPair> test = dates.heldOut(rng);
        example.say("read %s, write %s", test.get(0).source(), test.get(0).target());
        example.say("%d ways to write a date, in %d locales", dates.styles(), dates.locales());
        int all = test.size() + dates.train().size();
        example.say(
                "%d dates of %d are held out, in whatever style; validation: the share of wrong answers",
                test.size(), all);
        String letters = train.stream().map(TextPair::source).collect(Collectors.joining());
        WordVocabulary written = WordVocabulary.of(Tokenizers.CODE_POINTS, letters);
        WordVocabulary iso = WordVocabulary.of(Tokenizers.CODE_POINTS, "0123456789-");

        // All that the decoder learns of the text comes through attention: it starts from zeros, and without input
        // feeding its state knows only what has been written. An annotation knows its letter's surroundings too.
        var gru = new Seq2SeqConfig.Side("gru", EMBEDDING, example.count("hidden"), 1);
        var attending = new AttentionKind.Luong(AttentionKind.ScoreName.GENERAL, 0, Focus.global(), false, false);
        var bridge = new Bridge.Options(Bridge.Kind.ZEROS, Bridge.Directions.CONCATENATED);
        var config = new Seq2SeqConfig(gru, gru, attending, bridge, Seq2SeqConfig.Options.STANDARD.bidirectional(true));
        Chart chart = new Chart("dates, Luong attention", "iteration", "share of wrong answers").fromZero();
        Contest contest = new Contest(chart, example.number("lr"), example.iterations());
        try (Seq2Seq model = Seq2Seq.create(written, iso, config, rng)) {
            Answers answers = new Answers(model, test);
            example.say("%s", model.parameters());
            var objective = answers.objective(train, example.count("batch"), example.seed(), rng);
            example.train(contest.trainer("luong", objective, answers::wrongAbout), model);
            example.say("%nof those held out:%n%s%nmeasuring on all %d of them ...", answers.some(), test.size());
            String expected = example.expected("at least 99 % of dates held out");
            contest.compare("exact match", expected, "%s", answers.score());
            String text = DatePairs.inFull(test.get(0).target());
            example.show(
                    "dates: " + text,
                    answers.to(List.of(text)).get(0).alignment().orElseThrow());
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
