// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.Targets;
import io.github.unroll4j.text.Window;

/** Forward only: the log-probability of every target of a window. */
final class Scoring {
    /** Steps a window: long enough that the hoisted products are large, short enough to stay in the cache. */
    static final int STEPS = 256;

    private final Recurrent layers;
    private final Linear head;
    private final SoftmaxCrossEntropy softmax;
    private double[] logProbabilities = {};
    private Loss loss = new Loss(0, 0, 0);

    Scoring(Recurrent layers, Linear head, SoftmaxCrossEntropy softmax) {
        this.layers = layers;
        this.head = head;
        this.softmax = softmax;
    }

    Run score(Window window, State s0) {
        int rows = window.steps() * window.batch();
        if (logProbabilities.length < rows) {
            logProbabilities = new double[rows];
        }
        Sequence ids = Sequence.ids(window.inputs(), window.steps(), window.batch());
        Run run = layers.forward(ids, s0, LanguageModel.pass(window));
        Vec logits = head.forward(run.H());
        loss = softmax.scoreInto(logProbabilities, logits, Targets.of(window.targets(), window.lengths()));
        return run;
    }

    /** The loss of the latest window. */
    Loss loss() {
        return loss;
    }
}
