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

class AdadeltaTest {
    private final Parameters parameters = Fixtures.of(Dtype.DOUBLE, 1);

    @Test
    void twoStepsByHand() {
        Adadelta adadelta = new Adadelta(parameters, 0.75, 3);

        Fixtures.step(adadelta, parameters, 0.1, 2); // v = 0.25·4 = 1, d = √3/√4·2 = √3, u = 0.25·3
        double first = 1 - 0.1 * Math.sqrt(3);
        assertThat(parameters.values().get(0)).isCloseTo(first, within(1e-15));

        Fixtures.step(adadelta, parameters, 0.1, -1); // v = 0.75·1 + 0.25·1 = 1, d = -√3.75/√4
        assertThat(parameters.values().get(0)).isCloseTo(first + 0.1 * Math.sqrt(3.75) / 2, within(1e-15));
    }

    @Property(tries = 100)
    void agreesWithTheTextbook(@ForAll long seed) {
        Reference.verify(Adadelta::new, () -> new Textbook(0.95, 1e-6), seed);
        Reference.verify(p -> new Adadelta(p, 0.8, 1e-3), () -> new Textbook(0.8, 1e-3), seed);
    }

    private static final class Textbook implements Reference {
        private final double decay;
        private final double epsilon;
        private double square;
        private double steps;

        Textbook(double decay, double epsilon) {
            this.decay = decay;
            this.epsilon = epsilon;
        }

        @Override
        public double step(double w, double g, double rate) {
            square = decay * square + (1 - decay) * (g * g);
            double step = Math.sqrt(steps + epsilon) * g / Math.sqrt(square + epsilon);
            steps = decay * steps + (1 - decay) * (step * step);
            return w - rate * step;
        }
    }

    @Test
    void theFirstStepKnowsTheSignOfALargeGradientOnly() {
        // √ε / √((1 - ρ) g² + ε) · g is √(ε / (1 - ρ)) to the share ε / ((1 - ρ) g²) / 2 = 1e-9, with g = 100
        Fixtures.step(new Adadelta(parameters), parameters, Adadelta.LEARNING_RATE, 100);

        double length = Math.sqrt(Adadelta.EPSILON / (1 - Adadelta.DECAY));
        assertThat(1 - parameters.values().get(0)).isCloseTo(length, within(2e-9 * length));
    }

    @Test
    void refusesSettingsThatCannotWork() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Adadelta(parameters, 1, 1e-6))
                .withMessage("Adadelta: decay is 1.0, expected 0 or more and below 1.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Adadelta(parameters, 0.95, 0))
                .withMessage("Adadelta: epsilon is 0.0, expected finite and above 0.");
    }
}
