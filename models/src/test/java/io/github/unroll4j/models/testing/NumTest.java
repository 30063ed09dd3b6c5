// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NumTest {
    static Stream<Arguments> operations() {
        return Stream.of(
                operation("a + b", Num::plus),
                operation("a - b", Num::minus),
                operation("a b", Num::times),
                operation("a / b", Num::over),
                operation("tanh(a) + σ(b)", (a, b) -> a.tanh().plus(b.sigmoid())),
                operation("√b · a", (a, b) -> b.sqrt().times(a)),
                operation("a b + b a + a a", (a, b) -> Num.dot(new Num[] {a, b, a}, new Num[] {b, a, a})),
                operation(
                        "a used twice, one path after the other",
                        (a, b) -> a.times(b).plus(a).times(a)));
    }

    private static Arguments operation(String name, BinaryOperator<Num> f) {
        return Arguments.of(name, f);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void everyDerivativeIsThatOfFiniteDifferences(String name, BinaryOperator<Num> f) {
        double a = -0.7;
        double b = 1.3;
        Num x = Num.of(a);
        Num y = Num.of(b);
        f.apply(x, y).backward();

        double step = 1e-6;
        double dx = (value(f, a + step, b) - value(f, a - step, b)) / (2 * step);
        double dy = (value(f, a, b + step) - value(f, a, b - step)) / (2 * step);
        // central differences of numbers of order one
        assertThat(x.gradient()).as(name).isCloseTo(dx, within(1e-9));
        assertThat(y.gradient()).as(name).isCloseTo(dy, within(1e-9));
    }

    private static double value(BinaryOperator<Num> f, double a, double b) {
        return f.apply(Num.of(a), Num.of(b)).value;
    }

    @Test
    void theGradientIsThatOfTheLatestResult() {
        Num a = Num.of(3);
        a.times(a).backward();
        a.plus(Num.of(1)).backward();

        assertThat(a.gradient()).isEqualTo(1);
    }
}
