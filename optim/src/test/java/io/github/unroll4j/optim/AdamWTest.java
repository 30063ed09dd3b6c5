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

class AdamWTest {
    private final Parameters parameters = Fixtures.of(Dtype.DOUBLE, 2);

    @Test
    void decaysByRateTimesLambdaAndIsAdamOtherwise() {
        AdamW adamW = new AdamW(parameters, 0.9, 0.999, 1e-8, 0.5);

        Fixtures.step(adamW, parameters, 0.1, 0);
        assertThat(parameters.values().get(0)).isCloseTo(2 * (1 - 0.1 * 0.5), within(1e-15));

        // second step with g = 1: m̂ = 0.1/0.19, v̂ = 0.001/0.001999
        Fixtures.step(adamW, parameters, 0.1, 1);
        double expected = 1.9 * 0.95 - 0.1 * (0.1 / 0.19) / (Math.sqrt(0.001 / 0.001999) + 1e-8);
        assertThat(parameters.values().get(0)).isCloseTo(expected, within(1e-14));
    }

    @Property(tries = 100)
    void agreesWithTheTextbook(@ForAll long seed) {
        Reference.verify(AdamW::new, () -> new AdamTest.Textbook(0.9, 0.999, 1e-8, 0.01), seed);
    }

    @Test
    void refusesANegativeDecay() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AdamW(parameters, 0.9, 0.999, 1e-8, -0.1))
                .withMessage("AdamW: weightDecay is -0.1, expected finite, 0 or more.");
    }
}
