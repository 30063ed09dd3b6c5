// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.models.attention.Pairs;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.attention.ScoreLayout;

/**
 * A score that writes to its inputs or overwrites sums, kept from both, so that what else is wrong with it shows: its
 * inputs are put back after every call, and what backward makes of zeros is added.
 */
record RepairedScore(Score wrong) implements Score {
    @Override
    public ScoreLayout layout() {
        return wrong.layout();
    }

    @Override
    public void forward(Pairs p) {
        ScoreArrays inputs = ScoreArrays.inputsOfForward(layout(), p);
        ScoreArrays before = inputs.copy();
        wrong.forward(p);
        inputs.set(before);
    }

    @Override
    public void backward(Pairs p) {
        ScoreArrays inputs = ScoreArrays.inputsOfBackward(layout(), p);
        ScoreArrays before = inputs.copy();
        ScoreArrays sums = ScoreArrays.sums(layout(), p);
        ScoreArrays already = sums.copy();
        sums.clear();
        wrong.backward(p);
        inputs.set(before);
        sums.add(already);
    }
}
