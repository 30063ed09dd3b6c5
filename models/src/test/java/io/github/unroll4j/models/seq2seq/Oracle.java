// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What decoding should find, from nothing but {@link Seq2Seq#score}: every prefix is scored from its beginning, one at
 * a time.
 */
final class Oracle {
    private final Seq2Seq model;
    private final int[] source;
    private final Map<List<Integer>, double[]> known = new HashMap<>();

    Oracle(Seq2Seq model, int... source) {
        this.model = model;
        this.source = source;
    }

    /** A target, its log-probability, and whether that holds its end. */
    record Scored(List<Integer> ids, double logProbability, boolean finished) {
        double score(double lengthPenalty) {
            return logProbability / Math.pow(Math.max(1, ids.size() + (finished ? 1 : 0)), lengthPenalty);
        }
    }

    /** ln p of each token after a prefix; -∞ for the one that is never chosen. */
    double[] next(List<Integer> prefix) {
        return known.computeIfAbsent(prefix, this::ask);
    }

    private double[] ask(List<Integer> prefix) {
        double[] next = new double[model.target().size()];
        for (int id = 0; id < next.length; id++) {
            int[] target = prefix.stream().mapToInt(n -> n).toArray();
            if (id != WordVocabulary.EOS_ID) {
                target = Arrays.copyOf(target, target.length + 1);
                target[target.length - 1] = id;
            }
            next[id] = model.score(PairBatch.of(List.of(new Pair(source, target))))[prefix.size()];
        }
        next[WordVocabulary.SOS_ID] = Double.NEGATIVE_INFINITY;
        return next;
    }

    private static List<Integer> extended(List<Integer> prefix, int id) {
        List<Integer> longer = new ArrayList<>(prefix);
        longer.add(id);
        return longer;
    }

    /** Every target that ends and has at most so many tokens. */
    List<Scored> all(int maxLength) {
        List<Scored> all = new ArrayList<>();
        collect(List.of(), 0, maxLength, all);
        return all;
    }

    private void collect(List<Integer> prefix, double before, int maxLength, List<Scored> all) {
        double[] next = next(prefix);
        all.add(new Scored(prefix, before + next[WordVocabulary.EOS_ID], true));
        for (int id = WordVocabulary.UNK_ID; prefix.size() < maxLength && id < next.length; id++) {
            collect(extended(prefix, id), before + next[id], maxLength, all);
        }
    }

    /** -ln p of a target and its end, each token after the ones that are the most likely before it. */
    double freeRunning(int... target) {
        double nats = 0;
        List<Integer> read = List.of();
        for (int t = 0; t <= target.length; t++) {
            double[] next = next(read);
            nats -= next[t < target.length ? target[t] : WordVocabulary.EOS_ID];
            int best = IntStream.range(0, next.length)
                    .reduce((i, j) -> next[j] > next[i] ? j : i)
                    .orElseThrow();
            read = extended(read, best);
        }
        return nats;
    }

    /** The token with the largest probability, step by step. */
    Scored greedy(int maxLength) {
        List<Integer> prefix = List.of();
        double sum = 0;
        while (true) {
            double[] next = next(prefix);
            int best = IntStream.range(0, next.length)
                    .boxed()
                    .max(Comparator.comparingDouble(id -> next[id]))
                    .orElseThrow();
            if (best == WordVocabulary.EOS_ID || prefix.size() == maxLength) {
                boolean finished = best == WordVocabulary.EOS_ID;
                return new Scored(prefix, sum + (finished ? next[best] : 0), finished);
            }
            sum += next[best];
            prefix = extended(prefix, best);
        }
    }

    /** Beam search as the Javadoc of {@link Decoding} tells it. */
    List<Scored> beam(Decoding how) {
        List<Scored> live = List.of(new Scored(List.of(), 0, false));
        List<Scored> ended = new ArrayList<>();
        while (!live.isEmpty() && ended.size() < how.beams()) {
            List<Scored> steps = new ArrayList<>();
            for (Scored hypothesis : live) {
                double[] next = next(hypothesis.ids());
                for (int id = WordVocabulary.EOS_ID; id < next.length; id++) {
                    steps.add(
                            id == WordVocabulary.EOS_ID
                                    ? new Scored(hypothesis.ids(), hypothesis.logProbability() + next[id], true)
                                    : new Scored(
                                            extended(hypothesis.ids(), id),
                                            hypothesis.logProbability() + next[id],
                                            false));
                }
            }
            steps.sort(Comparator.comparingDouble(s -> -s.logProbability()));
            List<Scored> alive = new ArrayList<>();
            for (Scored step : steps) {
                if (alive.size() < how.beams()) {
                    (step.finished() ? ended : alive).add(step);
                }
            }
            if (live.get(0).ids().size() == how.maxLength()) {
                live.stream()
                        .filter(h -> ended.stream().noneMatch(e -> e.ids().equals(h.ids())))
                        .forEach(ended::add);
                break;
            }
            live = alive;
        }
        return ranked(ended, how);
    }

    static List<Scored> ranked(List<Scored> found, Decoding how) {
        return found.stream()
                .sorted(Comparator.<Scored, Boolean>comparing(s -> !s.finished())
                        .thenComparingDouble(s -> -s.score(how.lengthPenalty())))
                .limit(how.best())
                .toList();
    }
}
