// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Agreement with PyTorch in double, to 1e-12 relative. Both sides round a few times in each step, in different orders,
 * with an error of 1e-16 each.
 */
class OptimGoldenTest {
    private static final int[] SIZES = {4, 3};
    private static final int N = 7;
    private static final Golden GOLDEN = new Golden();

    private static Parameters start() {
        Parameters parameters = Fixtures.parameters(Dtype.DOUBLE, SIZES);
        Fixtures.write(parameters.values(), GOLDEN.get("start"));
        return parameters;
    }

    private static void assertClose(double[] found, double[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).as("[%d]", i).isCloseTo(expected[i], within(1e-12 * Math.abs(expected[i])));
        }
    }

    static Stream<Arguments> walks() {
        return Stream.of(
                walk("sgd", Sgd::new),
                walk("sgd.decay", p -> new Sgd(p, 0, false, 0.1)),
                walk("sgd.momentum", p -> new Sgd(p, 0.9, false, 0.01)),
                walk("sgd.nesterov", p -> new Sgd(p, 0.9, true, 0.01)),
                walk("adam", Adam::new),
                walk("adam.set", p -> new Adam(p, 0.8, 0.95, 1e-4)),
                walk("adamw", AdamW::new),
                walk("adamw.set", p -> new AdamW(p, 0.8, 0.95, 1e-4, 0.3)),
                walk("rmsprop", RmsProp::new),
                walk("rmsprop.set", p -> new RmsProp(p, 0.95, 1e-4)),
                walk("adagrad", Adagrad::new),
                walk("adagrad.set", p -> new Adagrad(p, 1e-4)),
                walk("adadelta", p -> new Adadelta(p, 0.9, 1e-6)), // PyTorch's defaults
                walk("adadelta.paper", Adadelta::new),
                Arguments.of("adam.globalNorm", make(Adam::new), GradientClip.byGlobalNorm(0.5)),
                Arguments.of("adam.parameterNorm", make(Adam::new), GradientClip.byParameterNorm(0.5)),
                Arguments.of("adam.value", make(Adam::new), GradientClip.byValue(0.5)));
    }

    private static Arguments walk(String name, Function<Parameters, Optimizer> make) {
        return Arguments.of(name, make, GradientClip.none());
    }

    private static Function<Parameters, Optimizer> make(Function<Parameters, Optimizer> make) {
        return make;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("walks")
    void tenSteps(String name, Function<Parameters, Optimizer> make, GradientClip clip) {
        Parameters parameters = start();
        Optimizer optimizer = make.apply(parameters);
        double[] rates = GOLDEN.get("rates");
        for (int s = 0; s < rates.length; s++) {
            Fixtures.write(parameters.gradients(), GOLDEN.row("gradients", s, N));
            clip.apply(parameters);
            optimizer.step(rates[s]);
            assertClose(parameters.values().toDoubles(), GOLDEN.row(name, s, N));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"lazyadam, 0.9, 0.999, 1e-8", "lazyadam.set, 0.8, 0.95, 1e-4"})
    void tenStepsThatTouchSomeRows(String name, double beta1, double beta2, double epsilon) {
        Parameters.Builder p = Parameters.builder();
        Parameter table = p.addRowSparse("table", "V,E", Init.zeros(), 5, 3);
        Parameter vector = p.add("vector", "N", Init.zeros(), 4);
        Parameters parameters = p.build(Dtype.DOUBLE, Rng.seeded(1));
        Fixtures.write(parameters.values(), GOLDEN.get("lazy.start"));
        Optimizer optimizer = new LazyAdam(parameters, beta1, beta2, epsilon);
        double[] counts = GOLDEN.get("lazy.counts");
        Vec gradients = Vec.of(Dtype.DOUBLE, GOLDEN.get("lazy.rowGradients"));
        Vec vectorGradients = Vec.of(Dtype.DOUBLE, GOLDEN.get("lazy.vectorGradients"));
        for (int s = 0, next = 0; s < counts.length; s++) {
            parameters.zeroGradients();
            for (int k = 0; k < counts[s]; k++, next++) {
                int row = (int) GOLDEN.get("lazy.rows")[next];
                table.rows().add(row);
                parameters.gradients().add(table.offset() + 3 * row, gradients, 3 * next, 3);
            }
            parameters.gradients().copy(vector.offset(), vectorGradients, 4 * s, 4);
            optimizer.step(GOLDEN.get("rates")[s]);
            assertClose(parameters.values().toDoubles(), GOLDEN.row(name, s, 19));
        }
    }

    static Stream<Arguments> clips() {
        return Stream.of(
                Arguments.of("globalNorm", GradientClip.byGlobalNorm(2.5)),
                Arguments.of("globalNorm.wide", GradientClip.byGlobalNorm(1e3)),
                Arguments.of("parameterNorm", GradientClip.byParameterNorm(0.05)),
                Arguments.of("value", GradientClip.byValue(0.3)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clips")
    void clipping(String name, GradientClip clip) {
        Parameters parameters = start();
        Fixtures.write(parameters.gradients(), GOLDEN.row("gradients", 0, N));

        double norm = clip.apply(parameters);

        assertClose(parameters.gradients().toDoubles(), GOLDEN.get("clip." + name));
        assertClose(new double[] {norm}, GOLDEN.get("clip.norm"));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"SUM, 0.0", "SUM, 0.1", "MEAN, 0.0", "MEAN, 0.1"})
    void lossAndGradient(Reduction reduction, double smoothing) {
        Vec logits = Vec.of(Dtype.DOUBLE, GOLDEN.get("loss.logits"));
        int[] ids = Arrays.stream(GOLDEN.get("loss.targets"))
                .mapToInt(id -> (int) id)
                .toArray();
        SoftmaxCrossEntropy entropy = new SoftmaxCrossEntropy(5, reduction, smoothing);

        Loss scored = entropy.scoreInto(new double[6], logits, Targets.of(ids, 2));
        Loss loss = entropy.lossAndGradient(logits, Targets.of(ids, 2));

        double[] expected = GOLDEN.get("loss." + reduction.name().toLowerCase(java.util.Locale.ROOT) + "." + smoothing);
        assertClose(new double[] {loss.value()}, new double[] {expected[0]});
        assertClose(new double[] {scored.value()}, new double[] {expected[0]});
        double[] gradient = logits.toDoubles();
        for (int i = 0; i < gradient.length; i++) { // p - 1 loses digits that p has: absolute, to gradients up to 1
            assertThat(gradient[i]).as("[%d]", i).isCloseTo(expected[1 + i], within(1e-15));
        }
    }

    @Test
    void theFileHoldsAFullWalkOfEachOptimiser() {
        walks().forEach(walk -> assertThat(GOLDEN.get((String) walk.get()[0])).hasSize(10 * N));
    }
}
