// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.cli.flags.ParallelFlags;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.ParallelText;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.Vocabulary;
import io.github.unroll4j.text.WordVocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Sentences and their translations as ids: pairs to train on, pairs to see how well the model does on what it has not
 * read, and pairs that are kept for the very end.
 *
 * @param name where the pairs are from
 * @param source words of the sentences
 * @param target words of the translations
 * @param train pairs to train on
 * @param validation pairs to measure on while training; none if there are not any
 * @param test pairs to measure the best model on at the end; none if there are not any
 * @since 0.1.0
 */
public record PairCorpus(
        String name, WordVocabulary source, WordVocabulary target, Part train, Part validation, Part test) {
    /**
     * Some of the pairs.
     *
     * @param text as text
     * @param pairs as ids
     */
    public record Part(ParallelText text, List<Pair> pairs) {
        static Part of(ParallelText text, Vocabulary source, Vocabulary target) {
            ParallelText kept = text.withTokens(source, target);
            return new Part(kept, kept.encode(source, target));
        }

        boolean isEmpty() {
            return pairs.isEmpty();
        }

        /** A hash of the pairs, to know them again. */
        String hash() {
            return TextHash.of(pairs.stream()
                    .flatMapToInt(pair -> IntStream.concat(
                            IntStream.concat(Arrays.stream(pair.source()), IntStream.of(-1)),
                            IntStream.concat(Arrays.stream(pair.target()), IntStream.of(-2))))
                    .toArray());
        }
    }

    /**
     * The pairs that flags name.
     *
     * @param flags which, and how to split them
     * @param oneVocabulary whether both sides have the words of both; else each has those of its own
     * @return their ids
     */
    public static PairCorpus of(ParallelFlags flags, boolean oneVocabulary) {
        ParallelText train = flags.train();
        ParallelText validation = flags.valid();
        ParallelText test = flags.test();
        List<String> both = Stream.concat(train.sources().stream(), train.targets().stream())
                .toList();
        WordVocabulary source = vocabulary(flags, oneVocabulary ? both : train.sources());
        WordVocabulary target = oneVocabulary ? source : vocabulary(flags, train.targets());
        return new PairCorpus(
                flags.name(),
                source,
                target,
                Part.of(train, source, target),
                Part.of(validation, source, target),
                Part.of(test, source, target));
    }

    private static WordVocabulary vocabulary(ParallelFlags flags, List<String> lines) {
        return WordVocabulary.of(flags.tokenizer(), lines, flags.minCount(), WordVocabulary.UNLIMITED);
    }

    /** What a token is, in words. */
    static String unit(WordVocabulary tokens) {
        return tokens.tokenizer().equals(Tokenizers.CODE_POINTS) ? "character" : "word";
    }

    String describe() {
        return name + ", " + describe("source", source, Pair::source) + ", " + describe("target", target, Pair::target);
    }

    private String describe(String side, WordVocabulary words, Function<Pair, int[]> ids) {
        double share = train.pairs.stream()
                .map(ids)
                .flatMapToInt(Arrays::stream)
                .map(id -> id == WordVocabulary.UNK_ID ? 1 : 0)
                .average()
                .orElse(0);
        String unknown =
                share > 0 ? String.format(Locale.ROOT, " (%s is %.1f %%)", WordVocabulary.UNK, 100 * share) : "";
        return words.size() + " different " + side + " " + unit(words) + "s" + unknown;
    }

    String describeSplit() {
        int skipped = IntStream.of(train.text.skipped(), validation.text.skipped(), test.text.skipped())
                .sum();
        return train.pairs.size() + " pairs to train on, "
                + (validation.isEmpty() ? "none held out" : validation.pairs.size() + " held out for validation")
                + (test.isEmpty() ? "" : ", " + test.pairs.size() + " kept for the test")
                + (skipped > 0 ? "; " + skipped + " left out because one side is empty" : "");
    }

    /** A hash of the pairs to train on, to know them again. */
    String hash() {
        return train.hash();
    }
}
