// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.models.cell.State;
import java.util.ArrayList;
import java.util.List;

/** Writes texts token by token, side by side: each chosen token is the next input of its text. */
final class Sampler {
    private final Steps steps;
    private final double[] logits;

    Sampler(Steps steps, int tokens) {
        this.steps = steps;
        logits = new double[tokens];
    }

    /**
     * Writes texts to their ends. One that has ended takes part in no further step.
     *
     * @param drafts the texts
     */
    void write(List<Draft> drafts) {
        steps.read(
                drafts.stream().map(Draft::state).toList(),
                drafts.stream().map(Draft::before).toList());
        List<Draft> open = new ArrayList<>(drafts);
        open.removeIf(Draft::done);
        while (!open.isEmpty()) {
            untilOneEnds(open);
            open.removeIf(Draft::done);
        }
    }

    private void untilOneEnds(List<Draft> open) {
        List<State> states = open.stream().map(Draft::state).toList();
        int[] inputs = new int[open.size()];
        boolean[] ended = {false};
        while (!ended[0]) {
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = open.get(i).next();
            }
            steps.step(states, inputs, (i, rows, at) -> {
                rows.widen(logits, at);
                open.get(i).choose(logits);
                ended[0] |= open.get(i).done();
            });
        }
    }
}
