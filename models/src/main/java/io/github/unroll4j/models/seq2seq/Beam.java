// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The search for the target of one source: its live hypotheses, which are rows of the batch, and those that have ended.
 */
final class Beam {
    private final Decoding how;
    private final StepScores scores;
    private int firstRow;
    /** The row that each hypothesis goes on from. */
    private int[] parents = {};

    private final List<Hypothesis> ended = new ArrayList<>();
    /** Ends that found no place among the best, of a search that has cut nothing so far. */
    private final List<Hypothesis> late = new ArrayList<>();
    /** Whether the beam still holds every target that can be written. */
    private boolean whole = true;

    private Node[] live;

    /** One token of a hypothesis, and the tokens before it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Node(@Nullable Node before, int id, int length, double logProbability, double[] weights) {}

    private record Candidate(int parent, int id, double logProbability) {}

    /**
     * A beam with one hypothesis, of which nothing is written.
     *
     * @param how the search
     * @param scores of the step at hand
     * @param row where it is
     */
    Beam(Decoding how, StepScores scores, int row) {
        this.how = how;
        this.scores = scores;
        firstRow = row;
        live = new Node[] {new Node(null, WordVocabulary.SOS_ID, 0, 0, new double[0])};
    }

    boolean done() {
        return live.length == 0;
    }

    int firstRow() {
        return firstRow;
    }

    /** Writes the token that each of its rows reads next. */
    void putInputs(int[] inputs) {
        for (int k = 0; k < live.length; k++) {
            inputs[firstRow + k] = live[k].id();
        }
    }

    /**
     * Takes other rows, as many as the beam is wide, and writes what each goes on from; those beyond its hypotheses
     * from the first, and nobody looks at them.
     *
     * @param rows (Output) a row of before for each of now
     * @param first the first of them
     */
    void move(int[] rows, int first) {
        for (int k = 0; k < how.beams(); k++) {
            rows[first + k] = parents[k < live.length ? k : 0];
        }
        firstRow = first;
    }

    /**
     * Takes a step.
     *
     * @param alpha weights of a row over the positions, or none
     */
    void step(IntFunction<double[]> alpha) {
        Node[] next;
        if (live[0].length() < how.maxLength()) {
            next = grow(best(), alpha);
        } else {
            next = whole ? finishAll(alpha) : finish(best(), alpha);
        }
        boolean enough = !whole && ended.stream().filter(Hypothesis::finished).count() >= how.beams();
        live = enough ? new Node[0] : next;
    }

    private Node[] grow(List<Candidate> best, IntFunction<double[]> alpha) {
        parents = new int[how.beams()];
        long going = best.stream().filter(c -> c.id() != WordVocabulary.EOS_ID).count();
        whole &= going <= how.beams() && best.size() < 2 * how.beams();
        List<Node> next = new ArrayList<>();
        for (Candidate c : best) {
            boolean full = next.size() == how.beams();
            if (full && !whole) {
                break;
            }
            if (c.id() == WordVocabulary.EOS_ID) {
                (full ? late : ended).add(finished(c, alpha));
                continue;
            }
            parents[next.size()] = firstRow + c.parent();
            next.add(node(c, alpha));
        }
        return next.toArray(Node[]::new);
    }

    /** The step at the longest length of a search that has cut nothing: what can end does, and the best is known. */
    private Node[] finishAll(IntFunction<double[]> alpha) {
        ended.addAll(late);
        for (int k = 0; k < live.length; k++) {
            double before = live[k].logProbability();
            double end = before + scores.read(firstRow + k).logProbability(WordVocabulary.EOS_ID);
            boolean finishes = end > Double.NEGATIVE_INFINITY;
            ended.add(
                    finishes
                            ? finished(new Candidate(k, WordVocabulary.EOS_ID, end), alpha)
                            : hypothesis(live[k], false));
        }
        return new Node[0];
    }

    /** The same step of one that has: what its hypotheses would go on with is cut, and competes with their ends. */
    private Node[] finish(List<Candidate> best, IntFunction<double[]> alpha) {
        Set<Integer> finished = new HashSet<>();
        int cut = 0;
        for (Candidate c : best) {
            if (cut == how.beams()) {
                break;
            }
            if (c.id() == WordVocabulary.EOS_ID) {
                ended.add(finished(c, alpha));
                finished.add(c.parent());
            } else {
                cut++;
            }
        }
        for (int k = 0; k < live.length; k++) {
            if (!finished.contains(k)) {
                ended.add(hypothesis(live[k], false));
            }
        }
        return new Node[0];
    }

    /** The 2K most likely continuations, of which at most K end; the first beam and the lowest id of equals. */
    private List<Candidate> best() {
        int wanted = 2 * how.beams();
        List<Candidate> best = new ArrayList<>();
        double worst = Double.NEGATIVE_INFINITY; // of as many as are wanted
        for (int k = 0; k < live.length; k++) {
            double before = live[k].logProbability();
            if (before <= worst) { // ln p is at most 0
                continue;
            }
            scores.read(firstRow + k);
            for (int id = scores.nextAbove(0, worst - before);
                    id < scores.tokens();
                    id = scores.nextAbove(id + 1, worst - before)) {
                double logProbability = before + scores.logProbability(id);
                if (logProbability > worst) {
                    insert(new Candidate(k, id, logProbability), best);
                    if (best.size() > wanted) {
                        best.remove(wanted);
                    }
                    worst = best.size() < wanted ? worst : best.get(wanted - 1).logProbability();
                }
            }
        }
        return best;
    }

    /** Puts a candidate behind those that are at least as likely. */
    private static void insert(Candidate candidate, List<Candidate> best) {
        int at = best.size();
        while (at > 0 && best.get(at - 1).logProbability() < candidate.logProbability()) {
            at--;
        }
        best.add(at, candidate);
    }

    private Node node(Candidate c, IntFunction<double[]> alpha) {
        Node parent = live[c.parent()];
        double[] weights = alpha.apply(firstRow + c.parent());
        return new Node(parent, c.id(), parent.length() + 1, c.logProbability(), weights);
    }

    private Hypothesis finished(Candidate end, IntFunction<double[]> alpha) {
        return hypothesis(node(end, alpha), true);
    }

    /** What ends with a node: with that of {@code <EOS>} where it is finished. */
    private Hypothesis hypothesis(Node last, boolean finished) {
        int[] ids = new int[last.length()];
        double[][] weights = new double[last.length()][];
        Node node = last;
        for (int i = ids.length - 1; i >= 0 && node != null; i--) {
            ids[i] = node.id();
            weights[i] = node.weights();
            node = node.before();
        }
        return new Hypothesis(
                finished ? Arrays.copyOf(ids, ids.length - 1) : ids,
                last.logProbability(),
                last.logProbability() / Math.pow(Math.max(1, ids.length), how.lengthPenalty()),
                finished,
                weights);
    }

    /** The best hypotheses, best first: finished ones before the others. */
    List<Hypothesis> result() {
        return ended.stream()
                .sorted(Comparator.<Hypothesis, Boolean>comparing(h -> !h.finished())
                        .thenComparingDouble(h -> -h.score()))
                .limit(how.best())
                .toList();
    }
}
