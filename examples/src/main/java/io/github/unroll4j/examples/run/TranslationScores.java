// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.run;

import io.github.unroll4j.examples.flags.DecodingFlags;
import io.github.unroll4j.models.seq2seq.Decoding;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Translation;
import io.github.unroll4j.models.seq2seq.Translator;
import io.github.unroll4j.text.Bleu;
import io.github.unroll4j.text.ExactMatch;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.ParallelText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How well a model translates, beside translations that are known to be good: perplexity, each word predicted after the true ones
 * before it and then after those that the model would have written, BLEU, exact matches.
 *
 * <p>The known translations are compared as the model would write them: in small letters if it knows no others, words joined as
 * it joins them. BLEU splits both sides as {@code mteval-v13a} does.
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
        figures.put("own words", Results.describe(model.evaluateFreeRunning(pairs), unit));
        List<String> known = text.targets().stream()
                .map(target -> model.target()
                        .tokenizer()
                        .join(model.target().tokenizer().tokenize(target)))
                .toList();
        try (Translator translator = new Translator(model, decoding.copyUnknown())) {
            figures.put("greedy", describe(translator, text.sources(), known, decoding.greedy()));
            Decoding beam = decoding.beam();
            if (beam.beams() > 1) {
                figures.put("beam of " + beam.beams(), describe(translator, text.sources(), known, beam));
            }
        }
        return figures;
    }

    private static String describe(Translator translator, List<String> sources, List<String> known, Decoding how) {
        List<String> found = translator.translate(sources, how).stream()
                .map(Translation::text)
                .toList();
        return String.format(
                Locale.ROOT, "%s, %.2f %% exact", Bleu.ofTexts(found, known), 100 * ExactMatch.share(found, known));
    }
}
