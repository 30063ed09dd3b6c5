// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GradientClipTest {
    /** Two parameters with gradients of norm 5 and 12, together 13. */
    private static Parameters gradients(Dtype dtype) {
        Parameters parameters = Fixtures.parameters(dtype, 2, 3);
        Fixtures.write(parameters.gradients(), 3, -4, 0, 12, 0);
        return parameters;
    }

    static Stream<GradientClip> policies() {
        return Stream.of(
                GradientClip.none(),
                GradientClip.byValue(1),
                GradientClip.byParameterNorm(1),
                GradientClip.byGlobalNorm(1));
    }

    @ParameterizedTest
    @EnumSource
    void noneOnlyMeasures(Dtype dtype) {
        Parameters parameters = gradients(dtype);

        assertThat(GradientClip.none().apply(parameters)).isEqualTo(13);
        assertThat(parameters.gradients().toDoubles()).containsExactly(3, -4, 0, 12, 0);
    }

    @ParameterizedTest
    @EnumSource
    void byValueLimitsEachElement(Dtype dtype) {
        Parameters parameters = gradients(dtype);

        assertThat(GradientClip.byValue(3.5).apply(parameters)).isEqualTo(13);
        assertThat(parameters.gradients().toDoubles()).containsExactly(3, -3.5, 0, 3.5, 0);
    }

    @ParameterizedTest
    @EnumSource
    void byParameterNormLimitsEachParameterAlone(Dtype dtype) {
        Parameters parameters = gradients(dtype);

        assertThat(GradientClip.byParameterNorm(6).apply(parameters)).isCloseTo(13, within(1e-14));
        // the first is inside the limit; the second is scaled by 6 / (12 + 1e-6)
        double large = 12 * 6 / (12 + 1e-6);
        assertThat(parameters.gradients().toDoubles())
                .usingComparatorWithPrecision(1e-6 * (dtype == Dtype.FLOAT ? 1 : 1e-8))
                .containsExactly(3, -4, 0, large, 0);
    }

    @ParameterizedTest
    @EnumSource
    void byGlobalNormKeepsTheDirection(Dtype dtype) {
        Parameters parameters = gradients(dtype);

        assertThat(GradientClip.byGlobalNorm(6.5).apply(parameters)).isEqualTo(13);
        double factor = 6.5 / (13 + 1e-6);
        assertThat(parameters.gradients().toDoubles())
                .usingComparatorWithPrecision(1e-6 * (dtype == Dtype.FLOAT ? 1 : 1e-8))
                .containsExactly(3 * factor, -4 * factor, 0, 12 * factor, 0);
    }

    @Property(tries = 200)
    void whatIsClippedIsInsideTheLimitAndNeverGrows(@ForAll long seed) {
        Random random = new Random(seed);
        int first = 1 + random.nextInt(20);
        int second = 1 + random.nextInt(20);
        double limit = Math.pow(10, random.nextInt(5) - 2);
        double[] raw = Fixtures.normal(random, first + second);
        for (GradientClip clip : new GradientClip[] {
            GradientClip.byValue(limit), GradientClip.byParameterNorm(limit), GradientClip.byGlobalNorm(limit)
        }) {
            Parameters parameters = Fixtures.parameters(Dtype.DOUBLE, first, second);
            Fixtures.write(parameters.gradients(), raw);
            double before = clip.apply(parameters);

            assertThat(before).isCloseTo(norm(raw), within(1e-12 * norm(raw)));
            double[] clipped = parameters.gradients().toDoubles();
            for (int i = 0; i < raw.length; i++) {
                assertThat(Math.abs(clipped[i])).isLessThanOrEqualTo(Math.abs(raw[i]));
                assertThat(clipped[i] * raw[i]).isNotNegative();
            }
            assertThat(size(clip, parameters)).isLessThanOrEqualTo(limit);
        }
    }

    private static double size(GradientClip clip, Parameters parameters) {
        double[] all = parameters.gradients().toDoubles();
        if (clip instanceof GradientClip.ByGlobalNorm) {
            return norm(all);
        }
        if (clip instanceof GradientClip.ByParameterNorm) {
            return parameters.list().stream()
                    .map(Parameter::gradientCopy)
                    .mapToDouble(GradientClipTest::norm)
                    .max()
                    .orElseThrow();
        }
        return Arrays.stream(all).map(Math::abs).max().orElseThrow();
    }

    private static double norm(double[] numbers) {
        double squares = 0;
        for (double number : numbers) {
            squares += number * number;
        }
        return Math.sqrt(squares);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void aZeroGradientStaysZero(GradientClip clip) {
        Parameters parameters = Fixtures.parameters(Dtype.FLOAT, 2, 3);

        assertThat(clip.apply(parameters)).isZero();
        assertThat(parameters.gradients().toDoubles()).containsOnly(0);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void leavesGradientsThatAreNotFiniteAndSaysSo(GradientClip clip) {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            Parameters parameters = Fixtures.parameters(Dtype.FLOAT, 3);
            Fixtures.write(parameters.gradients(), 7, bad, -9);

            assertThat(clip.apply(parameters)).isEqualTo(Double.valueOf(bad)); // boxed: NaN equals NaN
            assertThat(parameters.gradients().toDoubles()).containsExactly(7, bad, -9);
        }
    }

    @Test
    void aFloatGradientWhoseSquareWouldOverflowIsStillClipped() {
        Parameters parameters = Fixtures.parameters(Dtype.FLOAT, 2);
        Fixtures.write(parameters.gradients(), 3e30, 4e30);

        assertThat(GradientClip.byGlobalNorm(5).apply(parameters)).isCloseTo(5e30, within(1e24));
        assertThat(parameters.gradients().get(0)).isCloseTo(3, within(1e-6));
        assertThat(parameters.gradients().get(1)).isCloseTo(4, within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesALimitThatIsNone(double limit) {
        String rest = ": the limit is " + limit + ", expected a finite number above 0.";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GradientClip.byValue(limit))
                .withMessage("GradientClip.byValue" + rest);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GradientClip.byParameterNorm(limit))
                .withMessage("GradientClip.byParameterNorm" + rest);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GradientClip.byGlobalNorm(limit))
                .withMessage("GradientClip.byGlobalNorm" + rest);
    }
}
