// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.Targets;
import io.github.unroll4j.text.Window;
import org.jspecify.annotations.Nullable;

/** Forward and backward: the gradients of a window. */
final class Learning {
    private final Recurrent layers;
    private final Linear head;
    /**
     * The gradient of the last state, after which nothing follows: zeros that no layer writes, kept from window to
     * window.
     */
    private @Nullable State nothing;

    Learning(Recurrent layers, Linear head) {
        this.layers = layers;
        this.head = head;
    }

    /** Learns a window, or a part of one whose targets are {@code whole}. */
    LearnResult learn(Window ids, State s0, SoftmaxCrossEntropy loss, Pass pass, Targets whole) {
        Run run = layers.forward(Sequence.ids(ids.inputs(), ids.steps(), ids.batch()), s0, pass);
        Vec logits = head.forward(run.H(), pass.lengths().longest());
        Loss value = loss.lossAndGradient(logits, targets(ids).partOf(whole));
        State dLast = nothing;
        if (dLast == null || dLast.h().size(0) != ids.batch()) {
            dLast = layers.zeroState(ids.batch());
            nothing = dLast;
        }
        layers.backward(run, head.backward(logits), dLast);
        return new LearnResult(value, run);
    }

    /** What a window is to predict. */
    static Targets targets(Window ids) {
        return Targets.of(ids.targets(), ids.lengths());
    }
}
