// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.task;

import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.Translation;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Translator;
import io.github.unroll4j.text.ExactMatch;
import java.util.ArrayList;
import java.util.List;

/** What a model answers to questions with one right answer. */
public final class Answers {
    private Answers() {}

    /**
     * The most likely answers, token by token.
     *
     * @param model asked
     * @param questions what to answer
     * @param longest tokens of the longest answer
     * @return the answers
     */
    public static List<Translation> to(List<String> questions, Seq2Seq model, int longest) {
        Translator translator = new Translator(model, false);
        return translator.translate(questions, Decoding.greedy().upTo(longest));
    }

    /**
     * Answers beside their questions, to read.
     *
     * @param model asked
     * @param pairs questions and right answers
     * @param longest tokens of the longest answer
     * @return a line each
     */
    public static List<String> lines(Seq2Seq model, List<TextPair> pairs, int longest) {
        List<Translation> answers = to(pairs.stream().map(TextPair::source).toList(), model, longest);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            String answer = answers.get(i).text();
            String right = pairs.get(i).target();
            lines.add(pairs.get(i).source() + "  " + answer + (answer.equals(right) ? "" : ", wrong: " + right));
        }
        return lines;
    }

    /**
     * The share of answers that are wrong in whatever character.
     *
     * @param model asked
     * @param pairs questions and right answers
     * @param longest tokens of the longest answer
     * @return 0 to 1
     */
    public static double wrong(Seq2Seq model, List<TextPair> pairs, int longest) {
        List<Translation> answers = to(pairs.stream().map(TextPair::source).toList(), model, longest);
        return 1
                - ExactMatch.share(
                        answers.stream().map(Translation::text).toList(),
                        pairs.stream().map(TextPair::target).toList());
    }
}
