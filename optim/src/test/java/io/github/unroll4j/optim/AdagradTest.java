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

class AdagradTest {
    private final Parameters parameters = Fixtures.of(Dtype.DOUBLE, 1);

    @Test
    void twoStepsByHandWithEpsilonOutsideTheRoot() {
        Adagrad adagrad = new Adagrad(parameters, 1);

        Fixtures.step(adagrad, parameters, 0.1, 3); // sum = 9
        assertThat(parameters.values().get(0)).isCloseTo(1 - 0.1 * 3 / (3 + 1), within(1e-15));

        Fixtures.step(adagrad, parameters, 0.1, -4); // sum = 25
        assertThat(parameters.values().get(0)).isCloseTo(1 - 0.075 + 0.1 * 4 / (5 + 1), within(1e-15));
    }

    @Property(tries = 100)
    void agreesWithTheTextbook(@ForAll long seed) {
        Reference.verify(Adagrad::new, Textbook::new, seed);
    }

    private static final class Textbook implements Reference {
        private double sum;

        @Override
        public double step(double w, double g, double rate) {
            sum += g * g;
            return w - rate * g / (Math.sqrt(sum) + 1e-10);
        }
    }

    @Test
    void refusesAnEpsilonOfZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Adagrad(parameters, 0))
                .withMessage("Adagrad: epsilon is 0.0, expected finite and above 0.");
    }
}
