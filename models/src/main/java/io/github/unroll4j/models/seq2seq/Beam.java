// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The search for the target of one source: its live hypotheses, which are rows of the batch, and those that have ended. */
final class Beam {
    private final Decoding how;
    private final int firstRow;
    private final int positions;
    private final boolean reversed;
    private final List<Hypothesis> ended = new ArrayList<>();
    private Node[] live;

    /** One token of a hypothesis, and the tokens before it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Node(@Nullable Node before, int id, int length, double logProbability, double[] weights) {}

    private record Candidate(int parent, int id, double logProbability) {}

    Beam(Decoding how, int firstRow, int positions, boolean reversed) {
        this.how = how;
        this.firstRow = firstRow;
        this.positions = positions;
        this.reversed = reversed;
        live = new Node[how.beams()];
        for (int k = 0; k < live.length; k++) { // only one start, or all hypotheses would be the same
            double logProbability = k == 0 ? 0 : Double.NEGATIVE_INFINITY;
            live[k] = new Node(null, WordVocabulary.SOS_ID, 0, logProbability, new double[0]);
        }
    }

    boolean done() {
        return live.length == 0;
    }

    /** The token that a row reads next. */
    int input(int k) {
        return done() ? WordVocabulary.EOS_ID : live[k].id();
    }

    /**
     * Takes a step.
     *
     * @param logProbabilities (Input) for each token, rows of all beams
     * @param alpha weights of all rows, [rows][positions], or rows of none
     * @param parents (Output) which row each row goes on from
     */
    void step(double[][] logProbabilities, double[][] alpha, int[] parents) {
        if (done()) {
            return;
        }
        List<Node> next = new ArrayList<>();
        for (Candidate c : best(logProbabilities)) {
            Node parent = live[c.parent()];
            if (next.size() == how.beams()) {
                break;
            }
            if (c.id() == WordVocabulary.EOS_ID) {
                end(parent, c.logProbability(), true);
                continue;
            }
            parents[firstRow + next.size()] = firstRow + c.parent();
            double[] weights = inOrder(alpha[firstRow + c.parent()], positions, reversed);
            next.add(new Node(parent, c.id(), parent.length() + 1, c.logProbability(), weights));
        }
        boolean full = !next.isEmpty() && next.get(0).length() == how.maxLength();
        if (full) {
            next.forEach(n -> end(n, n.logProbability(), false));
        }
        boolean enough = ended.stream().filter(Hypothesis::finished).count() >= how.beams();
        live = full || enough ? new Node[0] : next.toArray(Node[]::new);
    }

    /** The 2K most likely continuations: at most K of them end. */
    private List<Candidate> best(double[][] logProbabilities) {
        int wanted = 2 * how.beams();
        List<Candidate> best = new ArrayList<>();
        double worst = Double.NEGATIVE_INFINITY;
        Comparator<Candidate> order = Comparator.comparingDouble(c -> -c.logProbability());
        for (int k = 0; k < live.length; k++) {
            double[] row = logProbabilities[firstRow + k];
            double before = live[k].logProbability();
            if (before == Double.NEGATIVE_INFINITY) {
                continue;
            }
            for (int id = 0; id < row.length; id++) {
                double logProbability = before + row[id];
                if (best.size() < wanted || logProbability > worst) {
                    best.add(new Candidate(k, id, logProbability));
                    if (best.size() > 4 * wanted) {
                        best.sort(order);
                        best.subList(wanted, best.size()).clear();
                        worst = best.get(wanted - 1).logProbability();
                    }
                }
            }
        }
        best.sort(order);
        return best.size() > wanted ? best.subList(0, wanted) : best;
    }

    /** Weights over the real positions, in the order of the source as given. */
    static double[] inOrder(double[] alpha, int positions, boolean reversed) {
        if (alpha.length == 0) {
            return alpha;
        }
        double[] weights = new double[positions];
        for (int s = 0; s < positions; s++) {
            weights[s] = alpha[reversed ? positions - 1 - s : s];
        }
        return weights;
    }

    private void end(Node last, double logProbability, boolean finished) {
        int[] ids = new int[last.length()];
        double[][] weights = new double[last.length()][];
        Node node = last;
        for (int i = ids.length - 1; i >= 0 && node != null; i--) {
            ids[i] = node.id();
            weights[i] = node.weights();
            node = node.before();
        }
        int length = ids.length + (finished ? 1 : 0);
        ended.add(new Hypothesis(ids, logProbability, how.score(logProbability, length), finished, weights));
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
