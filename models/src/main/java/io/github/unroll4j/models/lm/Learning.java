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

/** Forward and backward: the gradients of a window. */
final class Learning {
    private final Recurrent layers;
    private final Linear head;
    /**
     * The gradient of the last state, after which nothing follows: zeros that no layer writes, kept from window to
     * window.
     */
    private State nothing;

    Learning(Recurrent layers, Linear head) {
        this.layers = layers;
        this.head = head;
        nothing = layers.zeroState(1);
    }

    LearnResult learn(Window ids, State s0, SoftmaxCrossEntropy loss, Pass pass) {
        Run run = layers.forward(Sequence.ids(ids.inputs(), ids.steps(), ids.batch()), s0, pass);
        Vec logits = head.forward(run.H(), pass.lengths().longest());
        Loss value = loss.lossAndGradient(logits, Targets.of(ids.targets(), ids.lengths()));
        if (nothing.h().size(0) != ids.batch()) {
            nothing = layers.zeroState(ids.batch());
        }
        layers.backward(run, head.backward(logits), nothing);
        return new LearnResult(value, run);
    }
}
