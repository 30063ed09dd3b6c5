// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * BLEU of a whole corpus, as Papineni, Roukos, Ward and Zhu (2002) define it.
 *
 * <pre>
 * (1) p_n  = Σ_sentences Σ_n-grams min(count in the hypothesis, highest count in any one reference)
 *            / number of n-grams of the hypotheses
 * (2) BP   = 1 if c ≥ r, e^(1 - r/c) otherwise     c: tokens of the hypotheses, r: of the references closest in length
 * (3) BLEU = 100 · BP · exp(¼ Σ_{n=1..4} ln p_n)
 * </pre>
 *
 * <p>If two references are equally close in length, the shorter one counts. Nothing is smoothed: the score is 0 if a
 * corpus has no matching n-gram of some order.
 *
 * <p>Scores can be compared only if the texts were split in the same way. {@link #ofTexts} splits as the script
 * {@code mteval-v13a} does, in the case of the text. The scores are those of sacrebleu 2.6 with the signature
 * {@code case:mixed|eff:no|tok:13a|smooth:none}, and of its default {@code smooth:exp} wherever there is a match of
 * every order. {@link #of} takes tokens as they are.
 *
 * @param matches numerators of p_1 to p_4
 * @param totals denominators of p_1 to p_4
 * @param length c
 * @param referenceLength r
 * @since 0.1.0
 */
public record Bleu(List<Long> matches, List<Long> totals, long length, long referenceLength) {
    /** Length of the longest n-grams that are counted: {@value}. */
    public static final int ORDER = 4;

    /**
     * Copies the lists and checks their lengths.
     *
     * @param matches {@link #matches()}
     * @param totals {@link #totals()}
     * @param length {@link #length()}
     * @param referenceLength {@link #referenceLength()}
     */
    public Bleu {
        Objects.requireNonNull(matches, "matches");
        Objects.requireNonNull(totals, "totals");
        matches = List.copyOf(matches);
        totals = List.copyOf(totals);
        if (matches.size() != ORDER || totals.size() != ORDER) {
            throw new IllegalArgumentException("Bleu: " + matches.size() + " numerators and " + totals.size()
                    + " denominators, expected " + ORDER + " of each");
        }
    }

    /**
     * Computes BLEU of sentences that are given as tokens.
     *
     * @param hypotheses tokens of each sentence to judge
     * @param references one or more sets of references. A set has the tokens of one reference for each hypothesis, in
     *     the same order
     * @return the figures
     * @throws IllegalArgumentException if there is no set of references, or a set has more or fewer sentences than the
     *     hypotheses
     */
    @SafeVarargs
    public static Bleu of(List<List<String>> hypotheses, List<List<String>>... references) {
        if (references.length == 0) {
            throw new IllegalArgumentException("Bleu.of: there are no references, expected at least one set");
        }
        long[] matches = new long[ORDER];
        long[] totals = new long[ORDER];
        long c = 0;
        long r = 0;
        for (List<List<String>> set : references) {
            requireSameSize("Bleu", hypotheses.size(), set.size());
        }
        for (int i = 0; i < hypotheses.size(); i++) {
            List<String> hypothesis = hypotheses.get(i);
            List<List<String>> known = new ArrayList<>();
            for (List<List<String>> set : references) {
                known.add(set.get(i));
            }
            for (int n = 1; n <= ORDER; n++) { // (1)
                matches[n - 1] += matches(hypothesis, known, n);
                totals[n - 1] += Math.max(0, hypothesis.size() - n + 1);
            }
            c += hypothesis.size();
            r += closest(hypothesis.size(), known);
        }
        return new Bleu(boxed(matches), boxed(totals), c, r);
    }

    /**
     * Computes BLEU of texts, which are split as {@code mteval-v13a} does.
     *
     * <p>Every ASCII punctuation mark is a token of its own, except apostrophe, hyphen, comma and full stop. A comma or
     * full stop is one unless it is between digits. A hyphen is one after a digit. Markup is undone first: the XML
     * entities of quotation mark, ampersand and angle brackets are decoded, and the word {@code <skipped>} and a hyphen
     * at the end of a line are dropped.
     *
     * @param hypotheses sentences to judge
     * @param references one or more sets of references. A set has one reference for each hypothesis, in the same order
     * @return the figures
     * @throws IllegalArgumentException if there is no set of references, or a set has more or fewer sentences than the
     *     hypotheses
     */
    @SafeVarargs
    @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of lists can be created only as raw types
    public static Bleu ofTexts(List<String> hypotheses, List<String>... references) {
        Objects.requireNonNull(hypotheses, "hypotheses");
        List<List<String>>[] sets = new List[references.length];
        for (int i = 0; i < sets.length; i++) {
            sets[i] = split(references[i]);
        }
        return of(split(hypotheses), sets);
    }

    private static List<List<String>> split(List<String> texts) {
        return texts.stream().map(Mteval13a::tokenize).toList();
    }

    static void requireSameSize(String where, int found, int expected) {
        if (found != expected) {
            throw new IllegalArgumentException(where + ": there are " + found + " hypotheses and " + expected
                    + " references, expected one for each; likely cause: a line is missing in one of the two files");
        }
    }

    private static long matches(List<String> hypothesis, List<List<String>> references, int n) {
        Map<List<String>, Integer> allowed = new HashMap<>();
        for (List<String> reference : references) {
            counts(reference, n).forEach((gram, count) -> allowed.merge(gram, count, Math::max));
        }
        long matches = 0;
        for (Map.Entry<List<String>, Integer> gram : counts(hypothesis, n).entrySet()) {
            matches += Math.min(gram.getValue(), allowed.getOrDefault(gram.getKey(), 0));
        }
        return matches;
    }

    private static Map<List<String>, Integer> counts(List<String> tokens, int n) {
        Map<List<String>, Integer> counts = new HashMap<>();
        for (int i = 0; i + n <= tokens.size(); i++) {
            counts.merge(tokens.subList(i, i + n), 1, Integer::sum);
        }
        return counts;
    }

    private static int closest(int length, List<List<String>> references) {
        int best = references.get(0).size();
        for (List<String> reference : references) {
            int distance = Math.abs(reference.size() - length) - Math.abs(best - length);
            if (distance < 0 || (distance == 0 && reference.size() < best)) {
                best = reference.size();
            }
        }
        return best;
    }

    private static List<Long> boxed(long[] numbers) {
        List<Long> boxed = new ArrayList<>();
        for (long number : numbers) {
            boxed.add(number);
        }
        return boxed;
    }

    /**
     * Returns the share of the hypotheses' n-grams that the references also have.
     *
     * @param n 1 to {@value #ORDER}
     * @return p_n, in [0, 1]; 0 if there is no n-gram at all
     */
    public double precision(int n) {
        if (n < 1 || n > ORDER) {
            throw new IllegalArgumentException("Bleu.precision: n is " + n + ", expected 1 to " + ORDER);
        }
        long total = totals.get(n - 1);
        return total == 0 ? 0 : (double) matches.get(n - 1) / total;
    }

    /** {@return BP, in [0, 1]} It is 0 if the hypotheses have no token and the references have one. */
    public double brevityPenalty() {
        if (length >= referenceLength) { // (2)
            return 1;
        }
        return Math.exp(1 - (double) referenceLength / length);
    }

    /** {@return BLEU, 0 to 100} */
    public double score() {
        double logs = 0; // (3)
        for (int n = 1; n <= ORDER; n++) {
            logs += Math.log(precision(n));
        }
        return 100 * brevityPenalty() * Math.exp(logs / ORDER);
    }

    /** Returns one line in the form that sacrebleu prints. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "BLEU = %.2f %.1f/%.1f/%.1f/%.1f (BP = %.3f ratio = %.3f hyp_len = %d ref_len = %d)",
                score(),
                100 * precision(1),
                100 * precision(2),
                100 * precision(3),
                100 * precision(4),
                brevityPenalty(),
                referenceLength == 0 ? 0 : (double) length / referenceLength,
                length,
                referenceLength);
    }
}
