// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests what every optimiser promises. */
class OptimizerTest {
    private static final int N = 19; // more than one vector of lanes, and a tail

    static Stream<Arguments> optimizers() {
        Map<String, Function<Parameters, Optimizer>> makers = new LinkedHashMap<>();
        makers.put("sgd", Sgd::new);
        makers.put("sgd momentum", p -> new Sgd(p, 0.9, false, 0));
        makers.put("sgd nesterov", p -> new Sgd(p, 0.9, true, 0));
        makers.put("adam", Adam::new);
        makers.put("adamw without decay", p -> new AdamW(p, 0.9, 0.999, 1e-8, 0));
        makers.put("lazyadam", LazyAdam::new);
        makers.put("rmsprop", RmsProp::new);
        makers.put("adagrad", Adagrad::new);
        makers.put("adadelta", Adadelta::new);
        return makers.entrySet().stream()
                .flatMap(e -> Stream.of(Dtype.values()).map(d -> Arguments.of(e.getKey(), e.getValue(), d)));
    }

    private static Parameters random(Dtype dtype, long seed) {
        return Fixtures.of(dtype, Fixtures.normal(new Random(seed), N));
    }

    private static void walk(Optimizer optimizer, Parameters parameters, Random random, int steps) {
        for (int s = 0; s < steps; s++) {
            Fixtures.step(optimizer, parameters, 0.01, Fixtures.normal(random, N));
        }
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("optimizers")
    void aZeroGradientChangesNothing(String name, Function<Parameters, Optimizer> make, Dtype dtype) {
        Parameters parameters = random(dtype, 1);
        double[] before = parameters.values().toDoubles();
        Optimizer optimizer = make.apply(parameters);
        for (int s = 0; s < 5; s++) {
            Fixtures.step(optimizer, parameters, 0.1, new double[N]);
        }

        assertThat(parameters.values().toDoubles()).containsExactly(before);
    }

    /** A token that is hardly ever seen: subnormal numbers would make every later step several times as long. */
    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("optimizers")
    void whatDecaysBecomesNoSubnormalNumber(String name, Function<Parameters, Optimizer> make, Dtype dtype) {
        Parameters parameters = random(dtype, 1);
        Optimizer optimizer = make.apply(parameters);
        walk(optimizer, parameters, new Random(2), 1);
        Fixtures.write(parameters.gradients(), new double[N]);
        for (int s = 0; s < 100_000; s++) { // 0.999 to this power is below the normal numbers of float
            optimizer.step(0.01);
        }

        double smallest = dtype == Dtype.FLOAT ? Float.MIN_NORMAL : Double.MIN_NORMAL;
        optimizer
                .state()
                .forEach((key, tensor) -> assertThat(Arrays.stream(tensor.data().toDoubles())
                                .filter(x -> x != 0 && Math.abs(x) < smallest)
                                .toArray())
                        .as(key)
                        .isEmpty());
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("optimizers")
    void aRateOfZeroChangesNothing(String name, Function<Parameters, Optimizer> make, Dtype dtype) {
        Parameters parameters = random(dtype, 1);
        double[] before = parameters.values().toDoubles();
        Fixtures.step(make.apply(parameters), parameters, 0, Fixtures.normal(new Random(2), N));

        assertThat(parameters.values().toDoubles()).containsExactly(before);
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("optimizers")
    void goesAgainstTheGradientTellsTheParametersAndLeavesTheGradient(
            String name, Function<Parameters, Optimizer> make, Dtype dtype) {
        Parameters parameters = random(dtype, 1);
        double[] before = parameters.values().toDoubles();
        long version = parameters.version();
        Optimizer optimizer = make.apply(parameters);
        Fixtures.step(optimizer, parameters, 0.01, Fixtures.normal(new Random(2), N));

        double[] gradient = parameters.gradients().toDoubles();
        assertThat(gradient)
                .containsExactly(
                        Vec.of(dtype, Fixtures.normal(new Random(2), N)).toDoubles());
        for (int i = 0; i < N; i++) {
            assertThat(Math.signum(parameters.values().get(i) - before[i])).isEqualTo(-Math.signum(gradient[i]));
        }
        assertThat(parameters.version()).isGreaterThan(version);
        assertThat(optimizer.steps()).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("optimizers")
    void goesOnWithTheSameBitsAfterRestore(String name, Function<Parameters, Optimizer> make, Dtype dtype) {
        Parameters whole = random(dtype, 1);
        Optimizer through = make.apply(whole);
        Random gradients = new Random(3);
        walk(through, whole, gradients, 4);
        Map<String, Tensor> saved = new LinkedHashMap<>();
        through.state().forEach((key, tensor) -> saved.put(key, tensor.copy()));
        Parameters later = Fixtures.of(dtype, whole.values().toDoubles());
        long seed = gradients.nextLong();
        walk(through, whole, new Random(seed), 4);

        Optimizer resumed = make.apply(later);
        resumed.restore(saved);
        assertThat(resumed.steps()).isEqualTo(4);
        walk(resumed, later, new Random(seed), 4);

        assertThat(later.values().toDoubles()).containsExactly(whole.values().toDoubles());
        assertThat(saved).containsOnlyKeys(resumed.state().keySet().toArray(String[]::new));
        assertThat(saved.keySet()).allMatch(key -> key.startsWith(resumed.name() + "."));
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("optimizers")
    void copiesWhatItRestores(String name, Function<Parameters, Optimizer> make, Dtype dtype) {
        Parameters parameters = random(dtype, 1);
        Optimizer optimizer = make.apply(parameters);
        walk(optimizer, parameters, new Random(3), 2);
        Map<String, Tensor> saved = new LinkedHashMap<>();
        optimizer.state().forEach((key, tensor) -> saved.put(key, tensor.copy()));
        Map<String, double[]> before = new LinkedHashMap<>();
        saved.forEach((key, tensor) -> before.put(key, tensor.data().toDoubles()));
        optimizer.restore(saved);
        walk(optimizer, parameters, new Random(4), 2);

        saved.forEach((key, tensor) -> assertThat(tensor.data().toDoubles()).containsExactly(before.get(key)));
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("optimizers")
    void refusesALearningRateThatIsNone(String name, Function<Parameters, Optimizer> make, Dtype dtype) {
        Parameters parameters = random(dtype, 1);
        Optimizer optimizer = make.apply(parameters);
        for (double rate : new double[] {Double.NaN, -0.1, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> optimizer.step(rate))
                    .withMessageEndingWith(": learningRate is " + rate + ", expected finite, 0 or more.");
        }
        assertThat(optimizer.steps()).isZero();
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("optimizers")
    void refusesTheStateOfAnother(String name, Function<Parameters, Optimizer> make, Dtype dtype) {
        Optimizer optimizer = make.apply(random(dtype, 1));
        Map<String, Tensor> foreign = Map.of("other.step", Tensor.zeros(Dtype.DOUBLE, 1));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> optimizer.restore(foreign))
                .withMessage(optimizer.name() + ".restore: the state holds [other.step], expected "
                        + optimizer.state().keySet() + "; likely cause: it was saved by another optimiser.");
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("optimizers")
    void refusesStateOfAnotherSizeOrType(String name, Function<Parameters, Optimizer> make, Dtype dtype) {
        Parameters parameters = random(dtype, 1);
        Optimizer optimizer = make.apply(parameters);
        walk(optimizer, parameters, new Random(3), 2);
        Dtype other = dtype == Dtype.FLOAT ? Dtype.DOUBLE : Dtype.FLOAT;
        for (String key : optimizer.state().keySet()) {
            boolean counter = key.endsWith(".step");
            Map<String, Tensor> broken = new LinkedHashMap<>(optimizer.state());
            broken.put(key, Tensor.zeros(counter ? Dtype.FLOAT : other, counter ? 1 : N));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> optimizer.restore(broken))
                    .withMessageStartingWith(optimizer.name() + ".restore: " + key + " is ");
            broken.put(key, Tensor.zeros(counter ? Dtype.DOUBLE : dtype, counter ? 2 : N + 1));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> optimizer.restore(broken))
                    .withMessageContaining("likely cause: it was saved for another model");
        }
        assertThat(optimizer.steps()).isEqualTo(2);
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("optimizers")
    void refusesWhatNoStepCanHaveMade(String name, Function<Parameters, Optimizer> make, Dtype dtype) {
        Parameters parameters = random(dtype, 1);
        Optimizer optimizer = make.apply(parameters);
        walk(optimizer, parameters, new Random(3), 2);
        String step = optimizer.name() + ".step";
        for (double steps : new double[] {-1, 0.5, Double.NaN, Double.POSITIVE_INFINITY, 1e300}) {
            assertImpossible(optimizer, step, Tensor.of(Vec.of(Dtype.DOUBLE, steps), 1));
        }
        for (String key : optimizer.state().keySet()) {
            if (key.endsWith(".v") || key.endsWith(".u") || key.endsWith(".sum")) {
                for (double square : new double[] {-1e-30, Double.NaN, Double.NEGATIVE_INFINITY}) {
                    Tensor squares =
                            Objects.requireNonNull(optimizer.state().get(key)).copy();
                    squares.data().set(N - 1, square);
                    assertImpossible(optimizer, key, squares);
                }
            }
        }
        if (optimizer.state().size() > 1) { // moments, but no step that made them
            assertImpossible(optimizer, step, Tensor.zeros(Dtype.DOUBLE, 1));
        }
    }

    private static void assertImpossible(Optimizer optimizer, String key, Tensor value) {
        Map<String, double[]> before = new LinkedHashMap<>();
        optimizer
                .state()
                .forEach((name, tensor) -> before.put(name, tensor.data().toDoubles()));
        Map<String, Tensor> broken = new LinkedHashMap<>(optimizer.state());
        broken.put(key, value);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> optimizer.restore(broken))
                .withMessageStartingWith(optimizer.name() + ".restore: " + optimizer.name() + ".")
                .withMessageEndingWith("; likely cause: the state was edited or damaged.");
        optimizer
                .state()
                .forEach((name, tensor) -> assertThat(tensor.data().toDoubles()).isEqualTo(before.get(name)));
    }
}
