// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.task;

import io.github.unroll4j.cli.run.Commands;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.Translation;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqObjective;
import io.github.unroll4j.models.seq2seq.Translator;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.ExactMatch;
import io.github.unroll4j.text.PairBatches;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a model answers to questions with one right answer each.
 *
 * @param model asked
 * @param test questions and right answers
 */
public record Answers(Seq2Seq model, List<TextPair> test) {
    private static final int FEW = 500; // questions of a measurement on the way; the last is on all
    private static final int SHOWN = 10;

    /**
     * What teaches the model other questions.
     *
     * @param questions with their answers
     * @param batch questions of an iteration
     * @param seed of their order
     * @param rng of whatever else is drawn
     * @return the mean loss per character
     */
    public Objective objective(List<TextPair> questions, int batch, long seed, Rng rng) {
        var batches = PairBatches.shuffled(TextPair.encode(questions, model), batch, seed);
        return new Seq2SeqObjective(
                model, batches, new SoftmaxCrossEntropy(model.target().size(), Reduction.MEAN), rng);
    }

    /**
     * The most likely answers, character by character.
     *
     * @param questions what to answer
     * @return the answers, no longer than the longest right one
     */
    public List<Translation> to(List<String> questions) {
        int longest =
                test.stream().mapToInt(pair -> pair.target().length()).max().orElseThrow();
        return new Translator(model, false)
                .translate(questions, Decoding.greedy().upTo(longest));
    }

    /** Some answers beside their questions, a line each, to read. */
    public String some() {
        List<TextPair> pairs = test.subList(0, Math.min(SHOWN, test.size()));
        List<Translation> answers = to(pairs.stream().map(TextPair::source).toList());
        return IntStream.range(0, answers.size())
                .mapToObj(i -> {
                    String answer = answers.get(i).text();
                    String right = pairs.get(i).target();
                    return pairs.get(i).source() + "  " + answer + (answer.equals(right) ? "" : ", wrong: " + right);
                })
                .collect(Collectors.joining(System.lineSeparator()));
    }

    /** The share of the test that is answered wrongly, in whatever character: 0 to 1. */
    public double wrong() {
        List<Translation> answers = to(test.stream().map(TextPair::source).toList());
        return 1
                - ExactMatch.share(
                        answers.stream().map(Translation::text).toList(),
                        test.stream().map(TextPair::target).toList());
    }

    /** The same for the first 500 of the test. */
    public double wrongAbout() {
        return new Answers(model, test.subList(0, Math.min(FEW, test.size()))).wrong();
    }

    /** The share that is answered rightly, in words. */
    public String score() {
        return String.format(Locale.ROOT, "%.2f %% of %d", 100 * (1 - wrong()), test.size());
    }

    /**
     * The command that asks a saved model.
     *
     * @param file of the model
     * @param pair what to ask
     * @return the command, to copy
     */
    public static String command(Path file, TextPair pair) {
        return Commands.of("translate-text", file.toString(), "--text", pair.source());
    }
}
