// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.layer.Linear;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CopyProblemTest {
    private static final int SEED = 3;

    private static CopyProblem problem(int delay, int batch) {
        Parameters.Builder p = Parameters.builder();
        HoistedLayer layer = new HoistedLayer(new GruCell(3), CopyProblem.TOKENS, p);
        Linear head = new Linear("head", 3, CopyProblem.TOKENS, p);
        return new CopyProblem(layer, head, p.build(Dtype.DOUBLE, Rng.seeded(1)), delay, batch, Rng.seeded(SEED));
    }

    @Test
    void theBaselineOfArjovskyEtAl() {
        // "10 log(8) / (T + 20)": 0.0204 at T = 1000 in Bai et al. (2018)
        assertThat(CopyProblem.baseline(1000)).isCloseTo(0.0204, within(5e-5));
    }

    @Test
    void tenOfTheAnswersAreSymbolsAndAllOthersBlanks() {
        CopyProblem problem = problem(4, 50);
        Parameters parameters = problem.parameters();
        parameters.values().clear();
        double[] scores = new double[CopyProblem.TOKENS];
        Arrays.fill(scores, 0, CopyProblem.KINDS, Math.log(0.3 / 8)); // any symbol with 0.3/8, the blank with 0.7
        scores[CopyProblem.KINDS] = Math.log(0.7);
        scores[CopyProblem.KINDS + 1] = Math.log(1e-9);
        parameters.get("head.b").set(scores);
        double expected = (10 * -Math.log(0.3 / 8) + 14 * -Math.log(0.7)) / 24;
        assertThat(problem.test(7, 2)).isCloseTo(expected, within(1e-6)); // the marker's 1e-9 is left out of the sum
    }

    @Test
    void gradientIsTheSlopeOfTheLoss() {
        CopyProblem problem = problem(2, 3);
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

    private static double lossAt(CopyProblem problem, int k, double value) {
        problem.parameters().values().set(k, value);
        problem.parameters().changed();
        return problem.test(SEED, 1);
    }

    @Test
    void aRestoredProblemGoesOnWithTheSequencesThatWouldHaveFollowed() {
        CopyProblem alone = problem(2, 4);
        alone.gradients(0);
        Checkpoint.Builder checkpoint = Checkpoint.builder();
        alone.writeTo(checkpoint);
        CopyProblem resumed = problem(2, 4);
        resumed.restore(checkpoint.build());
        assertThat(resumed.gradients(1)).isEqualTo(alone.gradients(1)).isNotEqualTo(alone.gradients(2));
    }
}
