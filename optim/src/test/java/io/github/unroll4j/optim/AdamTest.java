// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AdamTest {
    private final Parameters parameters = Fixtures.of(Dtype.DOUBLE, 1);

    @Test
    void twoStepsByHand() {
        Adam adam = new Adam(parameters);

        // m̂ = 0.5, v̂ = 0.25
        Fixtures.step(adam, parameters, 0.1, 0.5);
        double first = 1 - 0.1 * 0.5 / (0.5 + 1e-8);
        assertThat(parameters.values().get(0)).isCloseTo(first, within(1e-15));

        // m = 0.9·0.05 - 0.1·0.5 = -0.005, m̂ = -0.005/0.19; v = 0.999·0.00025 + 0.001·0.25, v̂ = v/0.001999 = 0.25
        Fixtures.step(adam, parameters, 0.1, -0.5);
        double second = first + 0.1 * (0.005 / 0.19) / (0.5 + 1e-8);
        assertThat(parameters.values().get(0)).isCloseTo(second, within(1e-14));
    }

    @Test
    void epsilonStandsOutsideTheCorrectedRoot() {
        Fixtures.step(new Adam(parameters, 0.9, 0.999, 3), parameters, 0.1, 1);

        assertThat(parameters.values().get(0)).isCloseTo(1 - 0.1 / (1 + 3), within(1e-15));
    }

    @Test
    void aZeroGradientStillFollowsItsMomentum() {
        Adam adam = new Adam(parameters);
        Fixtures.step(adam, parameters, 0.1, 1);
        double before = parameters.values().get(0);
        Fixtures.step(adam, parameters, 0.1, 0);

        assertThat(parameters.values().get(0)).isLessThan(before);
    }

    @Property(tries = 100)
    void agreesWithTheTextbook(@ForAll long seed) {
        Reference.verify(Adam::new, () -> new Textbook(0.9, 0.999, 1e-8, 0), seed);
        Reference.verify(p -> new Adam(p, 0.5, 0.9, 1e-3), () -> new Textbook(0.5, 0.9, 1e-3, 0), seed);
    }

    /** The paper's algorithm 1, line by line, with the decay of AdamW. */
    static final class Textbook implements Reference {
        private final double beta1;
        private final double beta2;
        private final double epsilon;
        private final double decay;
        private double m;
        private double v;
        private int t;

        Textbook(double beta1, double beta2, double epsilon, double decay) {
            this.beta1 = beta1;
            this.beta2 = beta2;
            this.epsilon = epsilon;
            this.decay = decay;
        }

        @Override
        public double step(double w, double g, double rate) {
            t++;
            m = beta1 * m + (1 - beta1) * g;
            v = beta2 * v + (1 - beta2) * (g * g);
            double mHat = m / (1 - Math.pow(beta1, t));
            double vHat = v / (1 - Math.pow(beta2, t));
            return w - rate * decay * w - rate * mHat / (Math.sqrt(vHat) + epsilon);
        }
    }

    @Test
    void refusesSettingsThatCannotWork() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Adam(parameters, 1, 0.999, 1e-8))
                .withMessage("Adam: beta1 is 1.0, expected 0 or more and below 1.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Adam(parameters, 0.9, Double.NaN, 1e-8))
                .withMessage("Adam: beta2 is NaN, expected 0 or more and below 1.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Adam(parameters, 0.9, 0.999, 0))
                .withMessage("Adam: epsilon is 0.0, expected finite and above 0.");
    }
}
