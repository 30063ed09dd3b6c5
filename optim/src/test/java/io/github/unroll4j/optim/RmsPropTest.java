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

class RmsPropTest {
    private final Parameters parameters = Fixtures.of(Dtype.DOUBLE, 1);

    @Test
    void twoStepsByHandWithEpsilonOutsideTheRoot() {
        RmsProp rmsProp = new RmsProp(parameters, 0.75, 0.5);

        Fixtures.step(rmsProp, parameters, 0.1, 2); // v = 0.25·4 = 1
        double first = 1 - 0.1 * 2 / (1 + 0.5);
        assertThat(parameters.values().get(0)).isCloseTo(first, within(1e-15));

        Fixtures.step(rmsProp, parameters, 0.1, -1); // v = 0.75·1 + 0.25·1 = 1
        assertThat(parameters.values().get(0)).isCloseTo(first + 0.1 / 1.5, within(1e-15));
    }

    @Property(tries = 100)
    void agreesWithTheTextbook(@ForAll long seed) {
        Reference.verify(RmsProp::new, () -> new Textbook(0.99, 1e-8), seed);
        Reference.verify(p -> new RmsProp(p, 0.95, 1e-4), () -> new Textbook(0.95, 1e-4), seed);
    }

    private static final class Textbook implements Reference {
        private final double decay;
        private final double epsilon;
        private double square;

        Textbook(double decay, double epsilon) {
            this.decay = decay;
            this.epsilon = epsilon;
        }

        @Override
        public double step(double w, double g, double rate) {
            square = decay * square + (1 - decay) * (g * g);
            return w - rate * g / (Math.sqrt(square) + epsilon);
        }
    }

    @Test
    void refusesSettingsThatCannotWork() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RmsProp(parameters, -0.1, 1e-8))
                .withMessage("RmsProp: decay is -0.1, expected 0 or more and below 1.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RmsProp(parameters, 0.9, -1))
                .withMessage("RmsProp: epsilon is -1.0, expected finite and above 0.");
    }
}
