// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A beam that is as wide as there are targets of the longest length finds what an exhaustive search finds, in every
 * case: sizes of vocabularies, lengths, penalties and widths, each with several models.
 */
class ExhaustiveSearchTest {
    /** Sums of at most five numbers of some tens, in another order. */
    private static final double ROUNDING = 1e-12;

    private static final int MODELS = 40;

    /** A model whose logits are drawn anew for each source and each prefix. */
    private static final class DrawnModel implements TokenSteps {
        private final int tokens;
        private final long seed;
        private final double likelyEnd;
        private final Map<List<Integer>, double[]> drawn = new HashMap<>();
        private List<List<Integer>> rows = List.of();

        DrawnModel(int tokens, long seed, double likelyEnd) {
            this.tokens = tokens;
            this.seed = seed;
            this.likelyEnd = likelyEnd;
        }

        /** The logits after a prefix, whose first number is that of the source. */
        double[] logits(List<Integer> prefix) {
            return drawn.computeIfAbsent(prefix, key -> {
                Random random = new Random(seed * 31 + key.hashCode());
                double[] logits = random.doubles(tokens, -3, 3).toArray();
                logits[WordVocabulary.EOS_ID] += likelyEnd;
                return logits;
            });
        }

        @Override
        public void begin(List<int[]> sources) {
            rows = new ArrayList<>();
            for (int[] source : sources) {
                rows.add(List.of(source[0]));
            }
        }

        @Override
        public Vec step(int[] inputs, int position) {
            double[] all = new double[inputs.length * tokens];
            for (int row = 0; row < inputs.length; row++) {
                rows.set(row, extended(rows.get(row), inputs[row]));
                System.arraycopy(logits(rows.get(row)), 0, all, row * tokens, tokens);
            }
            return Vec.of(Dtype.DOUBLE, all);
        }

        @Override
        public void select(int[] parents) {
            List<List<Integer>> before = rows;
            rows = new ArrayList<>();
            for (int parent : parents) {
                rows.add(before.get(parent));
            }
        }

        @Override
        public double[] weights(int row) {
            return new double[0];
        }

        @Override
        public int tokens() {
            return tokens;
        }
    }

    private static List<Integer> extended(List<Integer> prefix, int id) {
        List<Integer> longer = new ArrayList<>(prefix);
        longer.add(id);
        return longer;
    }

    private record Target(List<Integer> ids, double logProbability, double score) {}

    /** Every target that ends, best first. */
    private static List<Target> all(DrawnModel model, int source, Decoding how) {
        List<Target> all = new ArrayList<>();
        collect(model, List.of(source, WordVocabulary.SOS_ID), 0, how, all);
        all.sort(Comparator.comparingDouble(target -> -target.score()));
        return all;
    }

    private static void collect(DrawnModel model, List<Integer> prefix, double before, Decoding how, List<Target> all) {
        double[] logits = model.logits(prefix);
        double logSum = Math.log(Arrays.stream(logits).map(Math::exp).sum());
        List<Integer> ids = prefix.subList(2, prefix.size());
        double end = before + logits[WordVocabulary.EOS_ID] - logSum;
        all.add(new Target(ids, end, end / Math.pow(ids.size() + 1, how.lengthPenalty())));
        for (int id = WordVocabulary.UNK_ID; ids.size() < how.maxLength() && id < model.tokens(); id++) {
            collect(model, extended(prefix, id), before + logits[id] - logSum, how, all);
        }
    }

    @Test
    void aBeamThatHoldsAllTargetsFindsTheBestOfAll() {
        int searches = 0;
        for (int tokens = 3; tokens <= 5; tokens++) {
            for (int maxLength = 1; maxLength <= 4; maxLength++) {
                int width = Math.max(2, (int) Math.pow(tokens - 2, maxLength)); // one beam is a greedy search
                for (int beams : new int[] {width, width + 1, 2 * width}) {
                    for (double lengthPenalty : new double[] {0, 0.5, 1, 2}) {
                        for (int seed = 0; seed < MODELS; seed++) {
                            DrawnModel model = new DrawnModel(tokens, seed, seed % 4 * 2 - 4);
                            Decoding how = new Decoding(beams, beams, lengthPenalty, maxLength);
                            searches += assertExhaustive(model, how);
                        }
                    }
                }
            }
        }
        assertThat(searches).isGreaterThan(10_000);
    }

    private static int assertExhaustive(DrawnModel model, Decoding how) {
        List<int[]> sources = List.of(new int[] {7}, new int[] {8});
        List<List<Hypothesis>> found = new Search(model).search(sources, how);
        for (int b = 0; b < sources.size(); b++) {
            List<Target> expected = all(model, sources.get(b)[0], how);
            List<Hypothesis> best = found.get(b);
            assertThat(best).as("%s", how).hasSize(Math.min(how.best(), expected.size()));
            for (int i = 0; i < best.size(); i++) {
                Target right = expected.get(i);
                assertThat(Arrays.stream(best.get(i).ids()).boxed().toList())
                        .as("hypothesis %d of %s", i, how)
                        .isEqualTo(right.ids());
                assertThat(best.get(i).finished()).isTrue();
                assertThat(best.get(i).logProbability()).isCloseTo(right.logProbability(), within(ROUNDING));
                assertThat(best.get(i).score()).isCloseTo(right.score(), within(ROUNDING));
            }
        }
        return sources.size();
    }
}
