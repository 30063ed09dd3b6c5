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

class SgdTest {
    private final Parameters parameters = Fixtures.of(Dtype.DOUBLE, 1, -2);

    @Test
    void plainStepIsRateTimesGradient() {
        Fixtures.step(new Sgd(parameters), parameters, 0.5, 4, -1);

        assertThat(parameters.values().toDoubles()).containsExactly(1 - 0.5 * 4, -2 + 0.5 * 1);
    }

    @Test
    void momentumCarriesTheLastStep() {
        Sgd sgd = new Sgd(parameters, 0.5, false, 0);
        Fixtures.step(sgd, parameters, 0.25, 4, 0);
        assertThat(parameters.values().get(0)).isEqualTo(0); // u = 4
        Fixtures.step(sgd, parameters, 0.25, 2, 0);
        assertThat(parameters.values().get(0)).isEqualTo(-1); // u = 2 + 2
        Fixtures.step(sgd, parameters, 0.5, 0, 0);
        assertThat(parameters.values().get(0)).isEqualTo(-2); // u = 2, and the new rate acts on all of it
    }

    @Test
    void nesterovLooksAhead() {
        Sgd sgd = new Sgd(parameters, 0.5, true, 0);
        Fixtures.step(sgd, parameters, 0.25, 4, 0);
        assertThat(parameters.values().get(0)).isEqualTo(1 - 0.25 * (4 + 0.5 * 4)); // u = 4
        Fixtures.step(sgd, parameters, 0.25, 2, 0);
        assertThat(parameters.values().get(0)).isEqualTo(-0.5 - 0.25 * (2 + 0.5 * 4)); // u = 2 + 2
    }

    @Test
    void weightDecayPullsTowardsZero() {
        Fixtures.step(new Sgd(parameters, 0, false, 0.1), parameters, 0.5, 0, 0);

        assertThat(parameters.values().get(0)).isCloseTo(0.95, within(1e-15));
        assertThat(parameters.values().get(1)).isCloseTo(-1.9, within(1e-15));
    }

    @Property(tries = 100)
    void agreesWithTheTextbook(@ForAll long seed) {
        Reference.verify(Sgd::new, () -> (w, g, rate) -> w - rate * g, seed);
        Reference.verify(p -> new Sgd(p, 0.9, false, 0.01), () -> new Textbook(false), seed);
        Reference.verify(p -> new Sgd(p, 0.9, true, 0.01), () -> new Textbook(true), seed);
    }

    private static final class Textbook implements Reference {
        private final boolean nesterov;
        private double velocity;

        Textbook(boolean nesterov) {
            this.nesterov = nesterov;
        }

        @Override
        public double step(double w, double g, double rate) {
            double decayed = g + 0.01 * w;
            velocity = 0.9 * velocity + decayed;
            double direction = nesterov ? decayed + 0.9 * velocity : velocity;
            return w - rate * direction;
        }
    }

    @Test
    void onlyMomentumNeedsMemory() {
        assertThat(new Sgd(parameters).state()).containsOnlyKeys("sgd.step");
        assertThat(new Sgd(parameters, 0.9, false, 0).state()).containsOnlyKeys("sgd.step", "sgd.velocity");
    }

    @Test
    void refusesSettingsThatCannotWork() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Sgd(parameters, 1, false, 0))
                .withMessage("Sgd: momentum is 1.0, expected 0 or more and below 1.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Sgd(parameters, 0, true, 0))
                .withMessage("Sgd: momentum is 0.0, expected above 0 for Nesterov's form.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Sgd(parameters, 0, false, -1))
                .withMessage("Sgd: weightDecay is -1.0, expected finite, 0 or more.");
    }
}
