// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.decoding.Evaluation;
import io.github.unroll4j.models.internal.Diverged;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.Targets;
import io.github.unroll4j.text.Window;
import io.github.unroll4j.text.Windows;

/** Forward only: the log-probability of every target of some windows, read in turn from a fresh state. */
final class Scoring {
    /** Steps a window: long enough that the hoisted products are large, short enough to stay in the cache. */
    static final int STEPS = 256;

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
        return Windows.of(ids, Math.min(STEPS, Math.max(1, ids.length - 1)));
    }

    /** The cross-entropy of all targets. */
    Evaluation evaluate(Windows windows) {
        State state = layers.zeroState(windows.batch());
        double nats = 0;
        long tokens = 0;
        for (Window window : windows) {
            state = state.withRowsReset(window.resets());
            Run run = run(window, state);
            Loss loss = score("LanguageModel.evaluate", window, run);
            nats += loss.nats();
            tokens += loss.tokens();
            state = run.last();
        }
        return new Evaluation(nats, tokens);
    }

    /** The log-probability of every token of a text. */
    Scores score(int[] ids) {
        double[] all = new double[ids.length];
        int at = 1;
        State state = layers.zeroState(1);
        for (Window window : windows(ids)) {
            Run run = run(window, state);
            score("LanguageModel.score", window, run);
            System.arraycopy(logProbabilities, 0, all, at, window.steps());
            at += window.steps();
            state = run.last();
        }
        return new Scores(ids.clone(), all);
    }

    private Run run(Window window, State s0) {
        int rows = window.steps() * window.batch();
        if (logProbabilities.length < rows) {
            logProbabilities = new double[rows];
        }
        Sequence ids = Sequence.ids(window.inputs(), window.steps(), window.batch());
        return layers.forward(ids, s0, LanguageModel.pass(window));
    }

    /** The log-probabilities of a window's targets. All of them count: none may be {@link Targets#IGNORED}. */
    private Loss score(String where, Window window, Run run) {
        Sequence.ids(window.targets(), window.steps(), window.batch())
                .requireBelow(
                        where + ", targets",
                        softmax.classes(),
                        LanguageModel.pass(window).lengths());
        Targets targets = Targets.of(window.targets(), window.lengths());
        Loss loss = softmax.scoreInto(logProbabilities, head.forward(run.H()), targets);
        Diverged.requireFinite(where, "the loss", loss.nats());
        return loss;
    }
}
