// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;

/** An update rule as in a textbook: one weight, all in double, nothing merged or reordered. */
interface Reference {
    /**
     * One step of one weight.
     *
     * @param w the weight
     * @param g its gradient
     * @param rate the learning rate
     * @return the new weight
     */
    double step(double w, double g, double rate);

    /** Creates a rule with its own state for each weight. */
    @FunctionalInterface
    interface Factory {
        Reference fresh();
    }

    /**
     * Runs an optimiser and the rule side by side.
     *
     * <p>Errors are relative to the largest value that the weight had so far, at least 1. Double: 1e-12, because the
     * two round differently a few times in each of up to 20 steps. Float: 2e-5, some 100 units in the last place, for
     * the same reason.
     */
    static void verify(Function<Parameters, Optimizer> make, Factory rule, long seed) {
        Random random = new Random(seed);
        int n = 1 + random.nextInt(40);
        double[] start = new double[n];
        for (int i = 0; i < n; i++) {
            start[i] = random.nextGaussian();
        }
        Parameters doubles = Fixtures.of(Dtype.DOUBLE, start);
        Parameters floats = Fixtures.of(Dtype.FLOAT, start);
        Optimizer ours = make.apply(doubles);
        Optimizer narrow = make.apply(floats);
        double[] expected = start.clone();
        double[] largest = new double[n];
        Arrays.fill(largest, 1);
        Reference[] rules = new Reference[n];
        for (int i = 0; i < n; i++) {
            rules[i] = rule.fresh();
        }
        int steps = 1 + random.nextInt(20);
        for (int s = 0; s < steps; s++) {
            double rate = random.nextDouble() * 0.01;
            double[] gradient = Fixtures.normal(random, n);
            for (int i = 0; i < n; i++) {
                expected[i] = rules[i].step(expected[i], gradient[i], rate);
                largest[i] = Math.max(largest[i], Math.abs(expected[i]));
            }
            Fixtures.step(ours, doubles, rate, gradient);
            Fixtures.step(narrow, floats, rate, gradient);
        }
        for (int i = 0; i < n; i++) {
            assertThat(doubles.values().get(i)).isCloseTo(expected[i], within(1e-12 * largest[i]));
            assertThat(floats.values().get(i)).isCloseTo(expected[i], within(2e-5 * largest[i]));
        }
    }
}
