// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.seq2seq.Combination.Factor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The combinations that tests run over.
 *
 * <p>The levels of what the decoder looks at, of the bridge, its directions, and the directions and sizes of the sides are crossed in
 * full: these meet in one equation or forbid each other. The levels of the other factors are added so that every two levels of
 * any two factors meet in a combination that the options allow: each row takes, of some random proposals, the one with most
 * pairs that have not met.
 */
final class Combinations {
    static final List<Factor> FACTORS = List.of(Factor.values());
    private static final Factor LAST_CROSSED = Factor.WIDE;
    private static final int PROPOSALS = 40;
    /** More than any factor has levels. */
    private static final int LEVELS = 32;

    private Combinations() {}

    /** The whole product, those that are refused included. */
    static List<Combination> all() {
        Rng rng = Rng.seeded(3);
        BitSet met = new BitSet();
        List<Combination> all = new ArrayList<>();
        int count = 1;
        for (Factor factor : FACTORS) {
            count *= factor.compareTo(LAST_CROSSED) <= 0 ? factor.count : 1;
        }
        for (int row = 0;
                row < 2 * count;
                row++) { // the second time for pairs that have not met: there are more cells than rows
            Combination best = proposal(row % count, rng);
            if (!best.exists()) {
                continue;
            }
            for (int i = 1; i < PROPOSALS && best.refusal().isEmpty(); i++) {
                Combination other = proposal(row, rng);
                best = unmet(other, met) > unmet(best, met) ? other : best;
            }
            if (row >= count && (best.refusal().isPresent() || unmet(best, met) == 0)) {
                continue;
            }
            if (best.refusal().isEmpty()) {
                met.or(pairs(best));
            }
            all.add(best);
        }
        return all;
    }

    private static Combination proposal(int row, Rng rng) {
        List<Integer> levels = new ArrayList<>();
        int rest = row;
        for (Factor factor : FACTORS) {
            levels.add(factor.compareTo(LAST_CROSSED) <= 0 ? rest % factor.count : rng.nextInt(factor.count));
            rest /= factor.count;
        }
        return new Combination(List.copyOf(levels));
    }

    /** Few rows of a list in which all pairs of levels meet that meet in the list: the one with most new pairs, again and again. */
    static List<Combination> covering(List<Combination> rows) {
        BitSet met = new BitSet();
        List<Combination> few = new ArrayList<>();
        while (met.cardinality() < met(rows)) {
            Combination best = rows.get(0);
            for (Combination row : rows) {
                best = unmet(row, met) > unmet(best, met) ? row : best;
            }
            met.or(pairs(best));
            few.add(best);
        }
        return few;
    }

    /** How many pairs of levels meet in a row of a list. */
    static int met(List<Combination> rows) {
        BitSet met = new BitSet();
        rows.forEach(row -> met.or(pairs(row)));
        return met.cardinality();
    }

    private static int unmet(Combination row, BitSet met) {
        BitSet news = pairs(row);
        news.andNot(met);
        return news.cardinality();
    }

    private static BitSet pairs(Combination row) {
        BitSet pairs = new BitSet();
        int n = row.levels().size();
        for (int one = 0; one < n; one++) {
            for (int other = 0; other < one; other++) {
                int levels = row.levels().get(one) * LEVELS + row.levels().get(other);
                pairs.set((one * n + other) * LEVELS * LEVELS + levels);
            }
        }
        return pairs;
    }
}
