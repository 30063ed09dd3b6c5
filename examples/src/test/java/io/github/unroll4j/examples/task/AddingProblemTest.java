// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.layer.Linear;
import org.junit.jupiter.api.Test;

class AddingProblemTest {
    private static final int SEED = 3;

    private static AddingProblem problem(int steps, int batch) {
        Parameters.Builder p = Parameters.builder();
        HoistedLayer layer = new HoistedLayer(new LstmCell(3), AddingProblem.INPUTS, p);
        Linear head = new Linear("head", 3, 1, p);
        return new AddingProblem(layer, head, p.build(Dtype.DOUBLE, Rng.seeded(1)), steps, batch, Rng.seeded(SEED));
    }

    @Test
    void alwaysAnsweringOneGivesTheVarianceOfTheSum() {
        AddingProblem problem = problem(11, 100);
        Parameters parameters = problem.parameters();
        parameters.values().clear();
        parameters.get("head.b").set(1);
        // 10,000 sums; the square of a centred sum has the deviation √(1/15 - 1/36) = 0.2, its mean 0.002: five of
        // these
        assertThat(problem.test(7, 100)).isCloseTo(AddingProblem.BASELINE, within(0.01));
        // of two numbers that are 0 to 1, never one of them twice: then the variance would be 4/12
        parameters.get("head.b").set(0);
        assertThat(problem.test(7, 100))
                .as("the mean square of the sum, 1/6 + 1")
                .isCloseTo(7.0 / 6, within(0.05));
    }

    @Test
    void gradientIsTheSlopeOfTheError() {
        AddingProblem problem = problem(6, 4);
        Parameters parameters = problem.parameters();
        double loss = problem.gradients(0).value();
        assertThat(problem.test(SEED, 1)).as("the same sequences").isEqualTo(loss);
        double h = 1e-5; // truncation h² = 1e-10, rounding 1e-16/h = 1e-11
        for (int k = 0; k < parameters.count(); k++) {
            double value = parameters.values().get(k);
            double above = lossAt(problem, k, value + h);
            double below = lossAt(problem, k, value - h);
            lossAt(problem, k, value);
            assertThat(parameters.gradients().get(k)).as("%d", k).isCloseTo((above - below) / (2 * h), within(1e-8));
        }
    }

    private static double lossAt(AddingProblem problem, int k, double value) {
        problem.parameters().values().set(k, value);
        problem.parameters().changed();
        return problem.test(SEED, 1);
    }

    @Test
    void aRestoredProblemGoesOnWithTheSequencesThatWouldHaveFollowed() {
        AddingProblem alone = problem(6, 4);
        alone.gradients(0);
        Checkpoint.Builder checkpoint = Checkpoint.builder();
        alone.writeTo(checkpoint);
        AddingProblem resumed = problem(6, 4);
        resumed.restore(checkpoint.build());
        assertThat(resumed.gradients(1)).isEqualTo(alone.gradients(1)).isNotEqualTo(alone.gradients(2));
    }
}
