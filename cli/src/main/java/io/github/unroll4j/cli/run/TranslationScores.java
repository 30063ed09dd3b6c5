// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.cli.flags.DecodingFlags;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.Translation;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Translator;
import io.github.unroll4j.text.Bleu;
import io.github.unroll4j.text.ExactMatch;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.ParallelText;
import io.github.unroll4j.text.WordVocabulary;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * How well a model translates, beside translations that are known to be good: perplexity, each word predicted after the
 * true ones before it and then after those that the model would have written, BLEU, exact matches.
 *
 * <p>The known translations are compared as the model would write them: in small letters if it knows no others, words
 * joined as it joins them. BLEU splits both sides as {@code mteval-v13a} does.
 *
 * @since 0.1.0
 */
public final class TranslationScores {
    private TranslationScores() {}

    /**
     * Measures a model.
     *
     * @param model the model
     * @param text sentences and known translations, at least one
     * @param decoding how to search; a beam is measured beside the most likely words
     * @return the figures by their labels
     */
    public static Map<String, String> of(Seq2Seq model, ParallelText text, DecodingFlags decoding) {
        Map<String, String> figures = new LinkedHashMap<>();
        List<Pair> pairs = text.encode(model.source(), model.target());
        String unit = PairCorpus.unit(model.target());
        figures.put("test", Results.describe(model.evaluate(pairs), unit));
        figures.put(
                "own words",
                Results.describe(model.evaluateFreeRunning(pairs), unit) + ", each after the model's own ones");
        List<String> known = text.targets().stream()
                .map(target -> model.target()
                        .tokenizer()
                        .join(model.target().tokenizer().tokenize(target)))
                .toList();
        Translator translator = new Translator(model, decoding.copyUnknown());
        figures.put("greedy", describe(translator, text.sources(), known, decoding.greedy()));
        Decoding beam = decoding.beam();
        if (beam.beams() > 1) {
            figures.put("beam of " + beam.beams(), describe(translator, text.sources(), known, beam));
        }
        return figures;
    }

    /**
     * What the figures leave out or count as unknown.
     *
     * @param model the model
     * @param text sentences and known translations
     * @return a remark by its label for each that there is
     */
    public static Map<String, String> remarks(Seq2Seq model, ParallelText text) {
        Map<String, String> remarks = new LinkedHashMap<>();
        if (text.skipped() > 0) {
            remarks.put(
                    "left out",
                    text.skipped() + " of " + (text.size() + text.skipped()) + " pairs because one side is empty");
        }
        List<Pair> pairs = text.encode(model.source(), model.target());
        long sources = unknown(pairs, Pair::source);
        long targets = unknown(pairs, Pair::target);
        if (sources + targets > 0) {
            remarks.put(
                    WordVocabulary.UNK,
                    sources + " of " + count(pairs, Pair::source) + " source " + PairCorpus.unit(model.source())
                            + "s, " + targets + " of " + count(pairs, Pair::target) + " target "
                            + PairCorpus.unit(model.target()) + "s are not in the vocabulary");
        }
        return remarks;
    }

    private static long unknown(List<Pair> pairs, Function<Pair, int[]> side) {
        return pairs.stream()
                .map(side)
                .flatMapToInt(Arrays::stream)
                .filter(id -> id == WordVocabulary.UNK_ID)
                .count();
    }

    private static long count(List<Pair> pairs, Function<Pair, int[]> side) {
        return pairs.stream().map(side).mapToLong(ids -> ids.length).sum();
    }

    private static String describe(Translator translator, List<String> sources, List<String> known, Decoding how) {
        List<String> found = translator.translate(sources, how).stream()
                .map(Translation::text)
                .toList();
        return String.format(
                Locale.ROOT, "%s, %.2f %% exact", Bleu.ofTexts(found, known), 100 * ExactMatch.share(found, known));
    }
}
