// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.decoding.Evaluation;
import io.github.unroll4j.models.internal.Diverged;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.Targets;
import io.github.unroll4j.text.Window;
import io.github.unroll4j.text.Windows;
import java.util.Arrays;

/**
 * Forward only: the log-probability of every target of some windows, read in turn from a fresh state.
 *
 * <p>A window is read in pieces of a few steps, the state carried, so that what a pass keeps for a way back
 * does not grow with the window. Each piece is one product for all its rows.
 */
final class Scoring {
    private final Recurrent layers;
    private final Linear head;
    private final SoftmaxCrossEntropy softmax;
    private double[] logProbabilities = {};

    Scoring(Recurrent layers, Linear head, SoftmaxCrossEntropy softmax) {
        this.layers = layers;
        this.head = head;
        this.softmax = softmax;
    }

    /** Windows for a text in one row, of which every target is scored. */
    static Windows windows(int[] ids) {
        return Windows.of(ids, Math.min(Steps.PIECE, Math.max(1, ids.length - 1)));
    }

    /** The cross-entropy of all targets of some rows of each window. */
    Evaluation evaluate(Windows windows, int from, int to) {
        Total total = new Total();
        State state = layers.zeroState(to - from);
        for (Window whole : windows) {
            Window window = to - from == whole.batch() ? whole : whole.rows(from, to);
            state = read("LanguageModel.evaluate", window, state.withRowsReset(window.resets()), total);
        }
        return new Evaluation(total.nats, total.tokens);
    }

    /** The log-probability of every token of a text. */
    Scores score(int[] ids) {
        double[] all = new double[ids.length];
        int at = 1;
        State state = layers.zeroState(1);
        for (Window window : windows(ids)) { // each of one piece
            state = read("LanguageModel.score", window, state, new Total());
            System.arraycopy(logProbabilities, 0, all, at, window.steps());
            at += window.steps();
        }
        return new Scores(ids.clone(), all);
    }

    private static final class Total {
        private double nats;
        private long tokens;
    }

    /** Reads a window from a state and gives the state after it; the log-probabilities are those of the last piece. */
    private State read(String where, Window window, State s0, Total total) {
        int B = window.batch();
        int longest = Arrays.stream(window.lengths()).max().orElse(0);
        int piece = Math.max(1, Steps.PIECE / B);
        if (logProbabilities.length < Math.min(piece, window.steps()) * B) {
            logProbabilities = new double[Math.min(piece, window.steps()) * B];
        }
        State state = s0;
        for (int from = 0; from < longest; from += piece) {
            int T = Math.min(piece, longest - from);
            int first = from;
            int[] lengths = Arrays.stream(window.lengths())
                    .map(length -> Math.max(0, Math.min(T, length - first)))
                    .toArray();
            int[] inputs = Arrays.copyOfRange(window.inputs(), from * B, (from + T) * B);
            int[] targets = Arrays.copyOfRange(window.targets(), from * B, (from + T) * B);
            Run run = layers.forward(Sequence.ids(inputs, T, B), state, Pass.of(Lengths.of(T, lengths)));
            requireTargets(where, targets, Lengths.of(T, lengths));
            Loss loss = softmax.scoreInto(logProbabilities, head.forward(run.H()), Targets.of(targets, lengths));
            Diverged.requireFinite(where, "the loss", loss.nats());
            total.nats += loss.nats();
            total.tokens += loss.tokens();
            state = run.last();
        }
        return state;
    }

    /** All targets of real steps count: none may be {@link Targets#IGNORED}. */
    private void requireTargets(String where, int[] targets, Lengths lengths) {
        Sequence.ids(targets, lengths.steps(), lengths.batch())
                .requireBelow(where + ", targets", softmax.classes(), lengths);
    }
}
